//! Whom the user trusts for timestamps, and what the tokens kept in a ledger tell of its entries.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use seaproof_ledger::anchors::{self, AnchorKind, AnchorName};
use seaproof_ledger::entry::Entry;
use seaproof_ledger::ids::{EntryIndex, Timestamp, TreeSize};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::Store;
use seaproof_ledger::timestamp::{
    Bound, Bounds, Dated, KeptToken, ROOTS_BYTES_MAX, Roots, Timeline, Worth,
};
use serde_json::{Value, json};

use crate::context::{Context, cannot};
use crate::error::{Error, Result};
use crate::output::{clean, rfc3339, short};

/// The most tokens that are looked at, those of the largest heads.
const TOKENS_MAX: usize = 1_024;

/// Whom to trust for timestamps.
#[derive(Debug, Clone, Default, Args)]
pub struct TrustRoots {
    /// Certificates (PEM) of timestamping services, or of authorities above them, whom you trust
    #[arg(long, value_name = "FILE", env = "SEAPROOF_TSA_ROOTS")]
    tsa_roots: Option<PathBuf>,
}

impl TrustRoots {
    /// Reads them; `None` if none were given.
    pub fn read(&self, ctx: &Context) -> Result<Option<Roots>> {
        let Some(path) = &self.tsa_roots else {
            return Ok(None);
        };
        if path.as_os_str().is_empty() {
            return Ok(None);
        }
        let unread = |e| cannot("read the trust roots", path, &e);
        let found = fs::metadata(path).map_err(unread)?;
        if !found.is_file() || found.len() > ROOTS_BYTES_MAX as u64 {
            return Err(Error::usage(format!(
                "{} is not a file of at most {ROOTS_BYTES_MAX} bytes",
                path.display()
            ))
            .remedy("Trust roots are certificates in PEM, one after the other in a file."));
        }
        let bytes = fs::read(path).map_err(unread)?;
        let roots = Roots::from_pem(&bytes).map_err(|error| {
            Error::usage(format!("the trust roots {}: {error}", path.display()))
                .remedy("Trust roots are certificates in PEM, one after the other in a file.")
        })?;
        if roots.unreadable() > 0 {
            ctx.note(&format!(
                "{} of the certificates in {} cannot be read and are trusted in nothing",
                roots.unreadable(),
                path.display()
            ));
        }
        Ok(Some(roots))
    }
}

/// The tokens that are kept in a ledger, held against its log.
pub struct Tokens {
    pub kept: Vec<KeptToken>,
    /// Whether there were roots to check them under.
    pub checked: bool,
    /// Files that are no anchors, or not what their names say.
    pub unread: Vec<String>,
    line: Timeline,
}

impl Tokens {
    /// Reads and judges them. Reads the log once if there are any, for its roots.
    pub fn read(store: &dyn Store, reader: &Reader<'_>, roots: Option<&Roots>) -> Result<Self> {
        let listing = anchors::list(store).map_err(|e| Error::storage("anchors", &e))?;
        let named: Vec<AnchorName> = listing
            .anchors
            .into_iter()
            .filter(|name| name.kind == AnchorKind::Token)
            .take(TOKENS_MAX)
            .collect();
        let mut tokens = Self {
            kept: Vec::new(),
            checked: roots.is_some(),
            unread: Vec::new(),
            line: Timeline::default(),
        };
        let none = Roots::none();
        for name in named {
            match anchors::read(store, &name) {
                Ok(bytes) => {
                    let token = KeptToken::read(name, &bytes, roots.unwrap_or(&none));
                    tokens.kept.push(token);
                }
                Err(error) => tokens.unread.push(format!("{}: {error}", name.path())),
            }
        }
        if let (false, Some(ledger)) = (tokens.kept.is_empty(), reader.ledger()) {
            let sizes: Vec<TreeSize> = tokens.kept.iter().map(|t| t.name.size).collect();
            let found = reader.roots_at(&sizes)?;
            for token in &mut tokens.kept {
                if let Some(root) = found.get(&token.name.size) {
                    token.meet(&ledger, *root);
                }
            }
        }
        Ok(tokens)
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Takes in what an entry names as exhibits.
    pub fn heed(&mut self, entry: &Entry) {
        let exhibits = entry.facts.known().map_or(&[][..], |facts| &facts.exhibits);
        for exhibit in exhibits {
            for token in &mut self.kept {
                if token.name.digest == exhibit.hash.0 && token.recorded_at.is_none() {
                    token.recorded_at = Some(entry.index);
                }
            }
        }
    }

    /// When all entries were heeded: what the tokens tell, those that are trusted, or without roots all that are sound.
    pub fn settle(&mut self) {
        let told: Vec<Dated> = self
            .kept
            .iter()
            .filter_map(|token| match self.checked {
                true => token.dated(),
                false => token.claims(),
            })
            .collect();
        self.line = Timeline::new(&told);
    }

    /// What is told of an entry.
    pub fn of(&self, index: EntryIndex, observed: TreeSize) -> Bounds {
        self.line.of(index, observed)
    }

    /// A bound in words: the moment, the token, and whose it is.
    pub fn words(&self, bound: &Bound) -> String {
        let authority = self.kept.iter().find(|t| t.name == bound.token);
        let by = match authority.map(KeptToken::worth) {
            Some(Worth::Trusted(authority)) => format!(" by {}", short(&authority.name, 60)),
            _ => String::new(),
        };
        format!(
            "{}, says the token {}{by}",
            rfc3339(bound.time),
            token_name(&bound.token)
        )
    }

    /// What is told of an entry, as JSON.
    pub fn json(&self, bounds: &Bounds, recorded_at: Timestamp) -> Value {
        let bound = |bound: Option<Bound>| {
            bound
                .map(|bound| json!({"time": rfc3339(bound.time), "token": bound.token.to_string()}))
        };
        let contradicts = bounds.contradicts(recorded_at);
        json!({
            "checked": self.checked, "after": bound(bounds.after), "before": bound(bounds.before),
            "contradicts_recorded_at": contradicts.map(|(before, _)| if before { "before" } else { "after" }),
        })
    }
}

/// A token's name, short enough for a line and long enough to find its file.
pub fn token_name(name: &AnchorName) -> String {
    let text = name.to_string();
    match text.split_once('-') {
        Some((size, digest)) => format!("{size}-{}….tsr", &digest[..12]),
        None => text,
    }
}

/// That an author's clock and a token contradict each other, in words.
pub fn contradiction(recorded_at: Timestamp, before: bool, bound: &Bound) -> String {
    let came = if before {
        "existed before"
    } else {
        "was made after"
    };
    format!(
        "recorded {} by its author's own clock, but the token {} says that it {came} {}",
        rfc3339(recorded_at),
        token_name(&bound.token),
        rfc3339(bound.time)
    )
}

/// One token as JSON.
pub fn token_json(token: &KeptToken) -> Value {
    let stamp = token.stamp();
    let worth = token.worth();
    let (authority, why) = match &worth {
        Worth::Trusted(authority) => (Some(authority), None),
        Worth::Untrusted(why) | Worth::Malformed(why) | Worth::Invalid(why) => {
            (None, Some(why.clone()))
        }
        Worth::Other => (
            None,
            Some("it is over something else than this ledger's head of that size".into()),
        ),
        Worth::Beyond => (None, Some("the log does not reach its head".into())),
    };
    let hex = |bytes: &[u8; 32]| seaproof_ledger::ids::to_hex(bytes);
    json!({
        "file": token.name.path(), "covers": token.name.size.0,
        "root": token.root.map(|root| root.to_string()),
        "time": stamp.map(|s| rfc3339(s.gen_time)),
        "accuracy_micros": stamp.and_then(|s| s.accuracy_micros),
        "policy": stamp.map(|s| s.policy.clone()), "serial": stamp.map(|s| s.serial.clone()),
        "digest": stamp.and_then(|s| s.hash_name().ok()),
        "calls_itself": stamp.and_then(|s| s.authority.clone()),
        "worth": worth.name(), "why_not": why,
        "authority": authority.map(|a| a.name.clone()),
        "certificate_sha256": authority.map(|a| hex(&a.certificate)),
        "trust_root": authority.map(|a| a.root.clone()),
        "trust_root_sha256": authority.map(|a| hex(&a.root_certificate)),
        "recorded_at": token.recorded_at.map(|i| i.0),
    })
}

/// What a token is worth, in words for a person.
pub fn worth_words(token: &KeptToken, checked: bool) -> String {
    match token.worth() {
        Worth::Trusted(authority) => format!(
            "by {}, under the root {}",
            clean(&authority.name),
            clean(&authority.root)
        ),
        Worth::Untrusted(_) if !checked => "not checked: give --tsa-roots FILE".into(),
        Worth::Untrusted(why) => format!("not trusted: {}", clean(&why)),
        Worth::Malformed(why) => format!("no token: {}", clean(&why)),
        Worth::Invalid(why) => format!("proves nothing: {}", clean(&why)),
        Worth::Other => "over something else than this ledger's head of that size".into(),
        Worth::Beyond => "over a head that this log does not reach".into(),
    }
}
