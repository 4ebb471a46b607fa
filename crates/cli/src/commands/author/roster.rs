//! `seaproof author roster`: all that the entries say of the keys, in one entry that can travel
//! with a proof.

use seaproof_ledger::governance::{Authority, ROSTER_MAX, Roster};

use super::{governance, may_sign};
use crate::commands::record::hand::Asking;
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::recording::{self, with_session};
use crate::summary;

pub fn run(ctx: &mut Context, asking: &Asking) -> Result<()> {
    let now = ctx.now();
    let draft = |roster: &Roster| governance("roster", roster.encode(), None, now);
    let shown = {
        let store = ctx.store()?;
        let reader = context::reader_for_writing(&store, None)?;
        let roster = of(reader.authority())?;
        if asking.looks_first(ctx) {
            may_sign(&reader, &asking.options.key, &[draft(&roster)?])?;
        }
        roster
    };
    if !asking.go_on(ctx, &summary::roster(&shown))? {
        return Ok(());
    }
    let recorded = with_session(ctx, &asking.options.key, |session| {
        let roster = of(session.writer.authority())?;
        if roster != shown {
            return Err(Error::new(
                Kind::Ledger,
                "the authors changed meanwhile: nothing was recorded",
            )
            .remedy("Look at `seaproof author list` and run the command again."));
        }
        session.govern(&[draft(&roster)?])
    })?;
    recording::report(ctx, &recorded)
}

/// The roster that a ledger would get now.
fn of(authority: &Authority) -> Result<Roster> {
    if let Some(at) = authority.unread_at() {
        return Err(Error::new(
            Kind::Ledger,
            format!("{at} governs in a way that this program does not know, so it cannot sum up who may write here"),
        )
        .remedy("Nothing was recorded. Use a newer seaproof."));
    }
    authority.roster().ok_or_else(|| {
        Error::new(
            Kind::Ledger,
            format!("this ledger has more than {ROSTER_MAX} keys, and a roster holds no more"),
        )
        .remedy("Nothing was recorded.")
    })
}
