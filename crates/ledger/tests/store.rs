//! One set of promises that every store keeps: the folder and the memory are held to the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::ErrorKind;

use seaproof_ledger::store::{
    Crash, FolderStore, Found, FoundKind, MemoryStore, Store, read_small, replace,
};

/// Runs a check on an empty store of each kind.
fn on_each(check: impl Fn(&dyn Store)) {
    check(&MemoryStore::new());
    let folder = tempfile::tempdir().unwrap();
    check(&FolderStore::new(folder.path()));
}

fn bytes(store: &dyn Store, path: &str) -> Vec<u8> {
    read_small(store, path, u64::MAX).unwrap().unwrap()
}

fn found(name: &str, kind: FoundKind) -> Found {
    Found {
        name: name.into(),
        kind,
    }
}

#[test]
fn bytes_are_appended_only_where_the_file_ends() {
    on_each(|store| {
        store.append("a", 0, b"one").unwrap();
        store.append("a", 3, b"two").unwrap();
        for at in [0, 3, 5, 7, u64::MAX] {
            let error = store.append("a", at, b"x").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
        assert_eq!(bytes(store, "a"), b"onetwo");
        // A refused append is no obstacle to the right one.
        store.append("a", 6, b"!").unwrap();
        assert_eq!(bytes(store, "a"), b"onetwo!");
        // Nor are appends to another file in between.
        store.append("b", 0, b"").unwrap();
        store.append("a", 7, b"?").unwrap();
        assert_eq!(bytes(store, "a"), b"onetwo!?");
        assert_eq!(bytes(store, "b"), b"");
        assert!(store.append("new", 1, b"x").is_err());
        assert_eq!(read_small(store, "new", 9).unwrap(), None);
    });
}

#[test]
fn a_folder_lists_its_names_in_order_with_their_kinds() {
    on_each(|store| {
        assert_eq!(store.list("nowhere").unwrap(), []);
        store.make_folder("f/deep").unwrap();
        store.make_folder("f/deep").unwrap();
        for name in ["f/b", "f/a", "f/deep/inner", "f/.hidden", "top"] {
            store.append(name, 0, b"").unwrap();
        }
        assert_eq!(
            store.list("f").unwrap(),
            [
                found(".hidden", FoundKind::File),
                found("a", FoundKind::File),
                found("b", FoundKind::File),
                found("deep", FoundKind::Folder),
            ]
        );
        assert_eq!(
            store.list("").unwrap(),
            [found("f", FoundKind::Folder), found("top", FoundKind::File)]
        );
        assert_eq!(
            store.list("f/deep").unwrap(),
            [found("inner", FoundKind::File)]
        );
    });
}

#[test]
fn only_regular_files_are_opened() {
    on_each(|store| {
        store.make_folder("folder").unwrap();
        let kind = |path: &str| store.open(path).err().map(|e| e.kind());
        assert_eq!(kind("nothing"), Some(ErrorKind::NotFound));
        assert_eq!(kind("folder/nothing"), Some(ErrorKind::NotFound));
        assert_eq!(kind("folder"), Some(ErrorKind::InvalidInput));
        store.append("folder/file", 0, b"x").unwrap();
        assert_eq!(kind("folder/file"), None);
    });
}

#[test]
fn reading_ends_where_the_file_does() {
    on_each(|store| {
        store.append("a", 0, b"0123456789").unwrap();
        let blob = store.open("a").unwrap();
        assert_eq!((blob.len().unwrap(), blob.is_empty().unwrap()), (10, false));
        let mut four = [0; 4];
        assert_eq!(blob.read_full_at(3, &mut four).unwrap(), 4);
        assert_eq!(&four, b"3456");
        assert_eq!(blob.read_full_at(8, &mut four).unwrap(), 2);
        assert_eq!(&four[..2], b"89");
        for offset in [10, 11, 1 << 40] {
            assert_eq!(blob.read_full_at(offset, &mut four).unwrap(), 0);
        }
        assert_eq!(blob.read_at(0, &mut []).unwrap(), 0);
        // An open file sees what is appended to it.
        store.append("a", 10, b"ab").unwrap();
        assert_eq!(blob.len().unwrap(), 12);
        assert_eq!(blob.read_full_at(10, &mut four).unwrap(), 2);
    });
}

#[test]
fn a_cut_file_ends_at_the_cut_and_grows_from_there() {
    on_each(|store| {
        store.append("a", 0, b"0123456789").unwrap();
        store.truncate("a", 4).unwrap();
        assert_eq!(bytes(store, "a"), b"0123");
        store.append("a", 4, b"new").unwrap();
        store.sync("a").unwrap();
        assert_eq!(bytes(store, "a"), b"0123new");
        store.truncate("a", 0).unwrap();
        assert_eq!(bytes(store, "a"), b"");
        assert!(store.truncate("nothing", 0).is_err());
    });
}

#[test]
fn a_name_given_to_another_file_is_replaced() {
    on_each(|store| {
        store.append("old", 0, b"old").unwrap();
        store.append("new", 0, b"new!").unwrap();
        let before = store.open("old").unwrap();
        store.rename("new", "old").unwrap();
        store.sync_folder("").unwrap();
        assert_eq!(bytes(store, "old"), b"new!");
        assert!(store.open("new").is_err());
        // Who had it open still reads what was there.
        assert_eq!(before.len().unwrap(), 3);
        store.append("old", 4, b"?").unwrap();
        assert_eq!(bytes(store, "old"), b"new!?");
        assert_eq!(before.len().unwrap(), 3);
        assert!(store.rename("nothing", "old").is_err());
        assert_eq!(bytes(store, "old"), b"new!?");
    });
}

#[test]
fn a_removed_file_is_gone_and_may_begin_again() {
    on_each(|store| {
        store.append("a", 0, b"first").unwrap();
        store.remove("a").unwrap();
        store.remove("a").unwrap();
        assert!(store.open("a").is_err());
        store.append("a", 0, b"second").unwrap();
        assert_eq!(bytes(store, "a"), b"second");
    });
}

#[test]
fn replacing_a_file_leaves_no_trace_of_the_way() {
    on_each(|store| {
        // Left by somebody who died half-way.
        store.append("a.incoming", 0, b"half").unwrap();
        for (text, durable) in [("one", true), ("two", false), ("three", true)] {
            replace(store, "a", text.as_bytes(), durable).unwrap();
            assert_eq!(bytes(store, "a"), text.as_bytes());
            assert_eq!(store.list("").unwrap(), [found("a", FoundKind::File)]);
        }
    });
}

#[test]
fn a_small_file_is_read_only_up_to_its_limit() {
    on_each(|store| {
        store.append("a", 0, b"12345").unwrap();
        assert_eq!(read_small(store, "a", 5).unwrap().unwrap(), b"12345");
        let error = read_small(store, "a", 4).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(read_small(store, "nothing", 4).unwrap(), None);
    });
}

#[test]
fn one_writer_at_a_time() {
    on_each(|store| {
        assert!(!store.is_locked().unwrap());
        let lock = store.lock().unwrap().unwrap();
        assert!(store.is_locked().unwrap());
        assert!(store.lock().unwrap().is_none());
        // Asking takes nothing away.
        assert!(store.is_locked().unwrap());
        drop(lock);
        assert!(!store.is_locked().unwrap());
        assert!(store.lock().unwrap().is_some());
    });
}

#[test]
fn a_lock_binds_every_handle_to_the_same_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let memory = MemoryStore::new();
    let pairs: [(Box<dyn Store>, Box<dyn Store>); 2] = [
        (Box::new(memory.clone()), Box::new(memory)),
        (
            Box::new(FolderStore::new(folder.path())),
            Box::new(FolderStore::new(folder.path())),
        ),
    ];
    for (one, other) in &pairs {
        let lock = one.lock().unwrap();
        assert!(other.is_locked().unwrap() && other.lock().unwrap().is_none());
        drop(lock);
        assert!(!other.is_locked().unwrap() && other.lock().unwrap().is_some());
    }
}

#[test]
fn a_read_only_file_is_read_and_can_still_be_renamed_and_removed() {
    on_each(|store| {
        store.append("a", 0, b"fixed").unwrap();
        store.make_read_only("a").unwrap();
        store.rename("a", "b").unwrap();
        assert_eq!(bytes(store, "b"), b"fixed");
        store.sync("b").unwrap();
        store.remove("b").unwrap();
        assert!(store.make_read_only("b").is_err());
    });
}

#[cfg(unix)]
#[test]
fn a_read_only_file_in_a_folder_has_no_mode_to_write() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::new(folder.path());
    store.append("a", 0, b"fixed").unwrap();
    store.make_read_only("a").unwrap();
    let mode = std::fs::metadata(folder.path().join("a"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o444);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_folders_are_neither_opened_nor_waited_for() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::new(folder.path());
    store.append("file", 0, b"x").unwrap();
    store.make_folder("folder").unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink(at("file"), at("link")).unwrap();
    symlink(at("loop"), at("loop")).unwrap();
    symlink(at("gone"), at("dangling")).unwrap();
    symlink(at("folder"), at("link-to-folder")).unwrap();
    make_pipe(&at("pipe"));
    let others = ["dangling", "link", "link-to-folder", "loop", "pipe"];
    for name in others.iter().chain(&["folder"]) {
        let error = store.open(name).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}: {error}");
    }
    for found in store.list("").unwrap() {
        let expected = match found.name.as_str() {
            "file" => FoundKind::File,
            "folder" => FoundKind::Folder,
            name => {
                assert!(others.contains(&name), "{name}");
                FoundKind::Other
            }
        };
        assert_eq!(found.kind, expected, "{}", found.name);
    }
}

#[cfg(unix)]
/// The variable that makes this program hold the lock of the folder it names until its standard input ends.
const HOLDER: &str = "SEAPROOF_TEST_HOLDER";

#[cfg(unix)]
#[test]
fn deleting_the_lock_makes_no_room_for_a_second_process() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    if let Some(folder) = std::env::var_os(HOLDER) {
        let lock = FolderStore::new(std::path::PathBuf::from(folder))
            .lock()
            .unwrap();
        println!("\nheld {}", lock.is_some());
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let hold = || {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "deleting_the_lock_makes_no_room_for_a_second_process",
                "--nocapture",
            ])
            .env(HOLDER, folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let held = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("held ")?.to_owned()));
        (child, held.unwrap())
    };
    let (mut first, held) = hold();
    assert_eq!(held, "true");
    std::fs::remove_file(folder.path().join("lock")).unwrap();
    let store = FolderStore::new(folder.path());
    assert!(store.is_locked().unwrap());
    let (mut second, held) = hold();
    assert_eq!(held, "false");
    drop((first.stdin.take(), second.stdin.take()));
    // How they end is no matter: nobody reads what they print any more.
    for child in [&mut first, &mut second] {
        child.wait().unwrap();
    }
    assert!(!store.is_locked().unwrap());
    assert!(store.lock().unwrap().is_some());
}

#[test]
fn a_pipe_in_place_of_the_lock_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::new(folder.path());
    make_pipe(&folder.path().join("lock"));
    assert!(!store.is_locked().unwrap());
    let error = store.lock().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}

#[cfg(unix)]
fn make_pipe(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[test]
fn what_was_not_synced_may_be_lost_and_what_was_synced_may_not() {
    let store = MemoryStore::new();
    store.append("a", 0, b"durable").unwrap();
    store.sync("a").unwrap();
    store.sync_folder("").unwrap();
    store.append("a", 7, b" and not").unwrap();
    store.append("b", 0, b"no name yet").unwrap();
    store.sync("b").unwrap();
    let lost = store.after(Crash::LoseUnsynced);
    assert_eq!(lost.get("a").unwrap(), b"durable");
    assert_eq!(lost.get("b"), None);
    let kept = store.after(Crash::KeepAll);
    assert_eq!(kept.get("a").unwrap(), b"durable and not");
    assert_eq!(kept.get("b").unwrap(), b"no name yet");
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let mixed = store.after(Crash::Mixture(seed));
        let bytes = mixed.get("a").unwrap();
        assert!(bytes.starts_with(b"durable"));
        seen.insert((bytes, mixed.get("b").is_some()));
    }
    assert!(seen.len() > 10, "{}", seen.len());
    // A name that was changed is the old one or the new one.
    replace(&store, "a", b"new", false).unwrap();
    for seed in 0..50 {
        let bytes = store.after(Crash::Mixture(seed)).get("a").unwrap();
        assert!(bytes.starts_with(b"durable") || bytes.len() <= 3);
    }
    replace(&store, "a", b"newer", true).unwrap();
    assert_eq!(store.after(Crash::LoseUnsynced).get("a").unwrap(), b"newer");
}
