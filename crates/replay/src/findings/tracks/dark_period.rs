//! dark-period: a silence of a vessel in the tracks that are held. A fact of reception, not of intent.

use super::{
    OF_RADIO, OF_RECEPTION, around, clocks, draft, of_one_mmsi, reception_of, sides, stretch,
};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;

pub(super) const RULE: &str = "dark-period";

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let Some(analysis) = tracks.analysis(RULE) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for (vessel, radio) in tracks.vessels(analysis, parameters) {
        for gap in vessel
            .gaps
            .iter()
            .filter(|gap| tracks.begun(gap.start.time))
        {
            let radio = &radio.near(gap.start.time, gap.until);
            let shown = reception_of(ground, radio, &gap.coverage);
            let sentence = format!(
                "{shown}. Of {} nothing was received {}; {}.",
                radio.name(ground.settled),
                stretch(ground, gap),
                around(gap, analysis.thresholds.gap_before())
            );
            let mut one = draft(ground, sentence, &[radio], &sides(gap), [])
                .covered(ground, &shown)
                .with_around(ground, gap)
                .caveat(OF_RECEPTION)
                .caveat("Wrong if another receiver heard it in that time, or the file is not all that was received.")
                .caveat(OF_RADIO);
            if !vessel.mmsi.is_of_ships_form() {
                one = one.caveat(
                    "Its MMSI is none of a ship's: stations ashore, aids to navigation and aircraft have such.",
                );
            }
            for words in of_one_mmsi(ground, radio)
                .into_iter()
                .chain(clocks(vessel, gap))
            {
                one = one.caveat(words);
            }
            if gap.end.is_none() {
                one = one.caveat("The silence is open: the data ends before it is heard again.");
                if gap.until_at.source != gap.start.at.source {
                    one = one.caveat(format!(
                        "It was last heard in one file ({}), and the data ends in another ({}): the one does not show \
                         how long the receivers of the other listened.",
                        tracks.line_words(gap.start.at),
                        tracks.line_words(gap.until_at)
                    ));
                }
            }
            drafts.push(one);
        }
    }
    drafts
}
