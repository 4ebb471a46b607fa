//! Ledgers of entries by anybody about anything, the same in every run.

use seaproof_ledger::facts::Relation;
use seaproof_ledger::ids::Role;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::statement::Head;

use crate::common::forge::{Files, Forge, Making};
use crate::common::*;
use crate::damage::Numbers;
use crate::ledgers::*;

/// A ledger of entries by anybody about anything.
pub fn chance(numbers: &mut Numbers) -> Files {
    let mut forge = if numbers.below(2) == 0 {
        Forge::new()
    } else {
        staffed()
    };
    let exhibit = forge.exhibit(b"an image");
    let signed_after = numbers.below(14);
    for round in 0..14 {
        let by = key(1 + [0, 0, 0, 1, 1, 2, 3, 4][numbers.below(8)]);
        let whom = key(1 + numbers.below(6) as u8).public();
        let role = [Role::Custodian, Role::Investigator, Role::Witness][numbers.below(3)];
        let target = forge.ids[numbers.below(forge.ids.len())];
        let suspect_from = [None, Some(numbers.below(20) as u64)][numbers.below(2)];
        let draft = match numbers.below(16) {
            0..3 => evidence("by chance"),
            3..5 => naming(exhibit),
            5..8 => admitting(whom, role),
            8..10 => revoking(whom, suspect_from),
            10..13 => redacting(numbers.below(3) > 0, true, target),
            13 => amending(Relation::Disputes, &[target]),
            14 => governing("rule-set", b""),
            _ => match numbers.below(5) {
                0 => closing(),
                4 => rostering(&staff()),
                1 => governing("quorum", b"2"),
                _ => evidence("by chance"),
            },
        };
        let change: fn(&mut Making) = match numbers.below(24) {
            0 | 1 => without_facts,
            2..5 => without_source,
            5 => |made| (made.show_facts, made.show_source) = (false, false),
            6 => version_2,
            7 => |made| made.source.push(0),
            8 => |made| made.facts.push(0),
            9 => |made| made.statement.seq.0 += 1,
            10 => |made| made.statement.seq.0 = made.statement.seq.0.saturating_sub(1),
            11 => |made| made.statement.prev.0[0] ^= 1,
            12 => |made| made.statement.observed = Head::empty(),
            13 => |made| made.statement.ledger.0[0] ^= 1,
            _ => |_| {},
        };
        let flipped = (numbers.below(6) == 0).then(|| (numbers.below(2), numbers.below(1 << 20)));
        if numbers.below(8) == 0 {
            forge.roll();
        }
        forge.add_with(&by, draft, |made| {
            change(made);
            // Before it is committed to: what is decoded then is what was signed.
            let Some((part, bit)) = flipped else { return };
            let bytes = match part {
                0 => &mut made.facts,
                _ => &mut made.source,
            };
            let bits = 8 * bytes.len();
            bytes[bit % bits / 8] ^= 1 << (bit % 8);
        });
        if round == signed_after {
            forge.checkpoint(&by);
        }
    }
    forge.files()
}
