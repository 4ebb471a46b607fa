//! What stands beside the log, or in its place: exhibits, checkpoints, links.

use std::path::Path;

use seaproof_ledger::anchors::{AnchorKind, AnchorName};
use seaproof_ledger::ids::{LedgerId, Role, TreeSize};
use seaproof_ledger::keys::Signer;

use crate::common::forge::{Files, Forge};
use crate::common::*;
use crate::ledgers::*;
use crate::{Case, INVESTIGATOR, STRANGER};

/// What stands beside the log, or in its place.
pub fn folders() -> Vec<Case> {
    let image = |bytes: &[u8]| {
        let mut forge = staffed();
        let exhibit = forge.exhibit(bytes);
        forge.add(&key(1), naming(exhibit));
        forge.add(&key(INVESTIGATOR), naming(exhibit));
        forge
    };
    let path = |files: &Files| {
        let path = files.keys().find(|path| path.starts_with("exhibits/"));
        path.unwrap().clone()
    };
    let with = |name: &str, change: &dyn Fn(&mut Files, &str)| {
        let mut files = image(b"an image").finish();
        let path = path(&files);
        change(&mut files, &path);
        Case::new(name, files)
    };
    let two_lengths = |name: &str, lengths: [u64; 2]| {
        forged(name, |f| {
            let mut exhibit = f.exhibit(b"an image");
            for length in lengths {
                exhibit.length = length;
                f.add(&key(1), naming(exhibit));
            }
        })
    };
    let checkpointed = |name: &str, head: &dyn Fn(&mut Forge)| {
        let mut forge = image(b"an image");
        head(&mut forge);
        Case::new(name, forge.files())
    };
    let note = |name: &str, change: fn(String) -> String| {
        with(name, &|files, _| {
            let text = String::from_utf8(files["checkpoint"].clone()).unwrap();
            files.insert("checkpoint".into(), change(text).into());
        })
    };
    let anchored = |name: &str, change: fn(&mut String)| {
        with(name, &|files, _| {
            let mut text = String::from_utf8(files["checkpoint"].clone()).unwrap();
            change(&mut text);
            let size = text.lines().nth(1).unwrap().parse().unwrap();
            let at = AnchorName::of(TreeSize(size), AnchorKind::Note, text.as_bytes());
            files.insert(at.path(), text.into());
        })
    };
    let mut cases = vec![
        Case::new("an empty exhibit", image(b"").finish()),
        two_lengths("an exhibit of another length, later", [8, 9]),
        forged("an exhibit that almost has the hash of another", |f| {
            let mut exhibit = f.exhibit(b"an image");
            f.add(&key(1), naming(exhibit));
            exhibit.hash.0[31] ^= 1;
            f.add(&key(1), naming(exhibit));
        }),
        two_lengths("an exhibit of another length, before", [9, 8]),
        two_lengths("an exhibit of another length, twice", [9, 9]),
        with("no exhibit", &|files, path| {
            files.remove(path);
        }),
        with("another exhibit", &|files, path| {
            files.insert(path.into(), b"an Image".to_vec());
        }),
        with("a longer exhibit", &|files, path| {
            files.insert(path.into(), b"an image of it".to_vec());
        }),
        with("an exhibit too many", &|files, _| {
            files.insert(format!("exhibits/ab/ab{}", "0".repeat(62)), b"x".to_vec());
        }),
        with("no checkpoint", &|files, _| {
            files.remove("checkpoint");
        }),
        with("no checkpoint and no exhibit", &|files, path| {
            files.remove("checkpoint");
            files.remove(path);
        }),
        with("an empty checkpoint", &|files, _| {
            files.insert("checkpoint".into(), Vec::new());
        }),
        with("a large checkpoint", &|files, _| {
            files.insert("checkpoint".into(), vec![b'\n'; 8_193]);
        }),
        with("no log", &|files, _| {
            files.retain(|path, _| !path.starts_with("log/"))
        }),
        with("nothing", &|files, _| files.clear()),
        with("files that are not the ledger's", &|files, _| {
            files.insert("log/1.seg".into(), b"x".to_vec());
            files.insert("log/00000001.seg.old".into(), b"x".to_vec());
            files.insert("notes.txt".into(), b"x".to_vec());
            files.insert("cache/tree".into(), b"x".to_vec());
        }),
        anchored("an anchor", |_| {}),
        anchored("an anchor with a cosignature", |text| {
            text.push_str("— example.org/witness AAAAAQAAAABlAAAAAAAA\n");
        }),
        anchored("an anchor with a line that is none", |text| {
            text.push_str("— example.org/witness AAAA\n");
        }),
        anchored("an anchor of a larger log", |text| {
            *text = text.replace("\n6\n", "\n7\n");
        }),
        anchored("an anchor of a smaller log", |text| {
            *text = text.replace("\n6\n", "\n5\n");
        }),
        anchored("an anchor with an extension line", |text| {
            *text = text.replace("\n\n", "\nmore\n\n");
        }),
        anchored("an anchor signed by one key twice", |text| {
            let line = text.lines().last().unwrap().to_owned();
            text.push_str(&line);
            text.push('\n');
        }),
        with("an anchor of other bytes", &|files, _| {
            files.insert(format!("anchors/6-{}.tsr", "0".repeat(64)), b"x".to_vec());
            files.insert("anchors/notes.txt".into(), b"x".to_vec());
        }),
        note("a checkpoint of size 0", |text| {
            text.replace("\n6\n", "\n0\n")
        }),
        note("a checkpoint with a zero in front", |text| {
            text.replace("\n6\n", "\n06\n")
        }),
        note("a checkpoint with an extension line", |text| {
            text.replace("\n\n", "\nmore\n\n")
        }),
        note("a checkpoint signed twice", |text| {
            let line = text.lines().last().unwrap();
            format!("{text}{line}\n")
        }),
        note("a checkpoint without an end", |text| {
            text.trim_end().to_owned()
        }),
        note("a checkpoint of a line too many", |text| {
            format!("{text}\n")
        }),
        note("a checkpoint with carriage returns", |text| {
            text.replace('\n', "\r\n")
        }),
        note("a checkpoint of a size beyond counting", |text| {
            text.replace("\n6\n", "\n18446744073709551616\n")
        }),
        note("an unsigned claim of a larger log", |text| {
            text.replace("\n6\n", "\n7\n")
        }),
        note("an unsigned claim of a smaller log", |text| {
            text.replace("\n6\n", "\n5\n")
        }),
        checkpointed("a checkpoint by an investigator", &|f| {
            f.checkpoint(&key(INVESTIGATOR));
        }),
        checkpointed("a checkpoint by a stranger", &|f| {
            f.checkpoint(&key(STRANGER))
        }),
        checkpointed("a checkpoint of a larger log by a stranger", &|f| {
            let mut head = f.head();
            head.size.0 += 1;
            f.checkpoint_of(&key(STRANGER), f.ledger, head);
        }),
        checkpointed("a checkpoint of another root", &|f| {
            let mut head = f.head();
            head.root.0[0] ^= 1;
            f.checkpoint_of(&key(1), f.ledger, head);
        }),
        checkpointed("a checkpoint of another root by a stranger", &|f| {
            let mut head = f.head();
            head.root.0[0] ^= 1;
            f.checkpoint_of(&key(STRANGER), f.ledger, head);
        }),
        checkpointed("a checkpoint of another ledger", &|f| {
            f.checkpoint_of(&key(1), LedgerId([7; 32]), f.head());
        }),
        checkpointed("a checkpoint of a larger log of another ledger", &|f| {
            let mut head = f.head();
            head.size.0 += 1;
            f.checkpoint_of(&key(1), LedgerId([7; 32]), head);
        }),
        checkpointed("an older checkpoint", &|f| {
            f.checkpoint(&key(4));
            signs(f, 1);
        }),
        checkpointed("an older checkpoint by who was revoked then", &|f| {
            f.checkpoint(&key(4));
            f.add(&key(1), revoking(key(4).public(), Some(0)));
            signs(f, 1);
        }),
        checkpointed("a checkpoint by who was revoked before", &|f| {
            f.add(&key(1), revoking(key(4).public(), None));
            f.checkpoint(&key(4));
            signs(f, 1);
        }),
        checkpointed("a checkpoint by who is admitted next", &|f| {
            f.checkpoint(&key(5));
            f.add(&key(1), admitting(key(5).public(), Role::Custodian));
        }),
        checkpointed("a checkpoint by who was just admitted", &|f| {
            f.add(&key(1), admitting(key(5).public(), Role::Custodian));
            f.checkpoint(&key(5));
        }),
        checkpointed("a checkpoint by a custodian behind an unknown kind", &|f| {
            f.add(&key(1), governing("quorum", b"2"));
            f.checkpoint(&key(1));
        }),
        checkpointed("a checkpoint by a stranger behind an unknown kind", &|f| {
            f.add(&key(1), governing("quorum", b"2"));
            f.checkpoint(&key(STRANGER));
        }),
        checkpointed(
            "a checkpoint by who was admitted behind an unknown kind",
            &|f| {
                f.add(&key(1), governing("quorum", b"2"));
                f.add(&key(1), admitting(key(5).public(), Role::Custodian));
                f.checkpoint(&key(5));
            },
        ),
        checkpointed(
            "a checkpoint by who was revoked behind an unknown kind",
            &|f| {
                f.add(&key(1), governing("quorum", b"2"));
                f.add(&key(1), revoking(key(4).public(), None));
                f.checkpoint(&key(4));
            },
        ),
        checkpointed("another root by a stranger behind an unknown kind", &|f| {
            f.add(&key(1), governing("quorum", b"2"));
            let mut head = f.head();
            head.root.0[0] ^= 1;
            f.checkpoint_of(&key(STRANGER), f.ledger, head);
        }),
        checkpointed("a checkpoint by a stranger before an unknown kind", &|f| {
            f.checkpoint(&key(STRANGER));
            f.add(&key(1), governing("quorum", b"2"));
        }),
    ];
    #[cfg(unix)]
    cases.extend(special());
    cases
}

/// Links and folders in the places of files.
#[cfg(unix)]
fn special() -> Vec<Case> {
    use std::fs::{create_dir, read_dir, remove_file, rename};
    use std::os::unix::fs::symlink;

    fn linked(path: &Path) {
        let aside = path.with_extension("aside");
        rename(path, &aside).unwrap();
        symlink(&aside, path).unwrap();
    }
    fn folder(path: &Path) {
        remove_file(path).unwrap();
        create_dir(path).unwrap();
    }
    fn only(folder: &Path) -> std::path::PathBuf {
        read_dir(folder).unwrap().next().unwrap().unwrap().path()
    }
    type Change = fn(&Path);
    let cases: [(&str, Change); 15] = [
        ("a link for the checkpoint", |at| {
            linked(&at.join("checkpoint"))
        }),
        ("a folder for the checkpoint", |at| {
            folder(&at.join("checkpoint"))
        }),
        ("a link for an exhibit", |at| {
            linked(&only(&only(&at.join("exhibits"))))
        }),
        ("a dangling link for an exhibit", |at| {
            let path = only(&only(&at.join("exhibits")));
            remove_file(&path).unwrap();
            symlink("nowhere", path).unwrap();
        }),
        ("a folder for an exhibit", |at| {
            folder(&only(&only(&at.join("exhibits"))))
        }),
        ("a link for a folder of exhibits", |at| {
            linked(&only(&at.join("exhibits")))
        }),
        ("a link for the exhibits", |at| linked(&at.join("exhibits"))),
        ("a file for a folder of exhibits", |at| {
            let path = only(&at.join("exhibits"));
            std::fs::remove_dir_all(&path).unwrap();
            std::fs::write(path, b"x").unwrap();
        }),
        ("a file for the exhibits", |at| {
            std::fs::remove_dir_all(at.join("exhibits")).unwrap();
            std::fs::write(at.join("exhibits"), b"x").unwrap();
        }),
        ("a link for the first segment", |at| {
            linked(&at.join("log/00000000.seg"))
        }),
        ("a link for a segment", |at| {
            linked(&at.join("log/00000001.seg"))
        }),
        ("a link for the last segment", |at| {
            linked(&at.join("log/00000002.seg"))
        }),
        ("a folder for a segment", |at| {
            folder(&at.join("log/00000001.seg"))
        }),
        ("a link for the log", |at| linked(&at.join("log"))),
        ("a link for a segment behind the last", |at| {
            symlink("00000000.seg", at.join("log/00000003.seg")).unwrap();
        }),
    ];
    let mut forge = staffed();
    let exhibit = forge.exhibit(b"an image");
    for number in [1, INVESTIGATOR] {
        forge.roll();
        forge.add(&key(number), naming(exhibit));
    }
    let files = forge.finish();
    let case = |(name, then): (&str, Change)| Case {
        then,
        ..Case::new(name, files.clone())
    };
    cases.into_iter().map(case).collect()
}
