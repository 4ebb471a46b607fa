//! Exhibits (§13): the files that entries name.

use std::{fs, os::unix::fs::symlink, process::Command};

use crate::{case::*, forge::*};

#[test]
fn exhibits() {
    play_all(CASES);
}

/// The base, in which `hello` is the exhibit of #2, with its file changed.
fn with_file(scene: &Scene, change: impl FnOnce(&std::path::Path)) {
    scene.whole(&base());
    change(&exhibit_file(&scene.ledger(), b"hello"));
}

const DIGEST: (i32, [&str; 4], &[&str]) = (1, [F, P, P, P], &["exhibit-digest"]);
const NOT_A_FILE: (i32, [&str; 4], &[&str]) = (1, [F, P, P, P], &["exhibit-not-a-file"]);

pub const CASES: &[Case] = &[
    Case {
        name: "exhibit-swapped",
        attack: "another file of the same length in an exhibit's place",
        make: |scene| with_file(scene, |file| fs::write(file, b"hallo").unwrap()),
        gets: DIGEST,
        ..Case::PLAIN
    },
    Case {
        name: "exhibits-exchanged",
        attack: "two exhibits change names",
        make: |scene| {
            let mut log = base();
            log.exhibit(&desk(), "names another", b"world");
            scene.whole(&log);
            fs::write(exhibit_file(&scene.ledger(), b"hello"), b"world").unwrap();
            fs::write(exhibit_file(&scene.ledger(), b"world"), b"hello").unwrap();
        },
        gets: DIGEST,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-shortened",
        attack: "an exhibit is cut",
        make: |scene| with_file(scene, |file| fs::write(file, b"hell").unwrap()),
        gets: DIGEST,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-emptied",
        attack: "an exhibit has no bytes left",
        by: STORAGE,
        make: |scene| with_file(scene, |file| fs::write(file, b"").unwrap()),
        gets: DIGEST,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-extended",
        attack: "bytes are added to an exhibit",
        make: |scene| with_file(scene, |file| fs::write(file, b"hello world").unwrap()),
        gets: DIGEST,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-larger-than-memory",
        attack: "an exhibit is replaced by a file that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            with_file(scene, |file| {
                fs::OpenOptions::new()
                    .write(true)
                    .open(file)
                    .unwrap()
                    .set_len(512 << 20)
                    .unwrap();
            })
        },
        gets: DIGEST,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-missing",
        attack: "an exhibit is taken away",
        make: |scene| with_file(scene, |file| fs::remove_file(file).unwrap()),
        gets: (1, [P, F, P, P], &["exhibit-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibits-missing",
        attack: "the folder of the exhibits is taken away",
        make: |scene| {
            scene.whole(&base());
            fs::remove_dir_all(scene.path("case/exhibits")).unwrap();
        },
        gets: (1, [P, F, P, P], &["exhibit-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-in-upper-case",
        attack: "an exhibit under its name in upper case",
        make: |scene| {
            with_file(scene, |file| {
                let name = file.file_name().unwrap().to_str().unwrap().to_uppercase();
                fs::rename(file, file.with_file_name(name)).unwrap();
            })
        },
        gets: (1, [P, F, P, P], &["exhibit-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-is-a-link",
        attack: "an exhibit is a link to a file with the right content, which can change any time",
        make: |scene| {
            with_file(scene, |file| {
                let elsewhere = scene.path("elsewhere");
                fs::rename(file, &elsewhere).unwrap();
                symlink(elsewhere, file).unwrap();
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-is-a-dangling-link",
        attack: "an exhibit is a link to nothing",
        make: |scene| {
            with_file(scene, |file| {
                fs::remove_file(file).unwrap();
                symlink("nowhere", file).unwrap();
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-links-to-itself",
        attack: "an exhibit is a link to itself",
        make: |scene| {
            with_file(scene, |file| {
                fs::remove_file(file).unwrap();
                symlink(file, file).unwrap();
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-is-endless",
        attack: "an exhibit is a link to a device that never ends",
        by: SENDER,
        make: |scene| {
            with_file(scene, |file| {
                fs::remove_file(file).unwrap();
                symlink("/dev/zero", file).unwrap();
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-is-a-pipe",
        attack: "an exhibit is a pipe that nobody writes to, so that a reader waits for ever",
        by: SENDER,
        make: |scene| {
            with_file(scene, |file| {
                fs::remove_file(file).unwrap();
                assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-is-a-folder",
        attack: "an exhibit is a folder",
        make: |scene| {
            with_file(scene, |file| {
                fs::remove_file(file).unwrap();
                fs::create_dir(file).unwrap();
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-behind-a-link",
        attack: "the folder of two digits is a link to one elsewhere",
        make: |scene| {
            with_file(scene, |file| {
                let folder = file.parent().unwrap();
                fs::rename(folder, scene.path("elsewhere")).unwrap();
                symlink(scene.path("elsewhere"), folder).unwrap();
            })
        },
        gets: NOT_A_FILE,
        ..Case::PLAIN
    },
    Case {
        name: "exhibits-behind-a-link",
        attack: "the folder of all exhibits is a link to one elsewhere",
        make: |scene| {
            scene.whole(&base());
            fs::rename(scene.path("case/exhibits"), scene.path("elsewhere")).unwrap();
            symlink(scene.path("elsewhere"), scene.path("case/exhibits")).unwrap();
        },
        gets: (2, [N, N, P, P], &["unreadable"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-length",
        attack: "an author states a wrong length for a right digest",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let mut facts = Facts::trial("names it again");
            facts.exhibits.push((sha256(&[b"hello"]), 6));
            log.add(&desk(), 2, &facts);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["exhibit-length"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-length-bomb",
        attack: "an exhibit that is said to have 2^64 - 1 bytes",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let mut facts = Facts::trial("names it again");
            facts.exhibits.push((sha256(&[b"hello"]), u64::MAX));
            log.add(&desk(), 2, &facts);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["exhibit-length"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-never-there",
        attack: "an author names an exhibit that they never gave",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.add(&desk(), 2, &Facts::trial("trust me").naming(b"secret"));
            scene.whole(&log);
        },
        gets: (1, [P, F, P, P], &["exhibit-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-of-nobody",
        attack: "a file among the exhibits that no entry names: not part of the ledger",
        make: |scene| {
            scene.whole(&base());
            scene.put("case/exhibits/ab/.incoming-1", b"half");
            scene.put("case/exhibits/readme", b"hello");
        },
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-empty",
        attack: "none: an exhibit of no bytes",
        by: "nobody",
        make: |scene| {
            let mut log = base();
            log.exhibit(&desk(), "an empty file", b"");
            scene.whole(&log);
        },
        ..Case::PLAIN
    },
];
