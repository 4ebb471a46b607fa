//! A case, and how it is tried: by the real command, with little memory and little time, on a folder that
//! must stay as it is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::forge::{Key, Log, Note};

/// Answers, as the tables of cases write them.
pub const P: &str = "pass";
pub const F: &str = "fail";
pub const N: &str = "not checked";
pub const PARTLY: &str = "partly";
pub const W: &str = "withheld";
/// The command refused its arguments and reported nothing.
pub const NONE: &str = "no answer";

/// An attack, and what it must get.
#[derive(Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    /// What it is.
    pub attack: &'static str,
    /// Who could do it.
    pub by: &'static str,
    /// Makes the folder `case` in the scene, and whatever else the arguments name.
    pub make: fn(&Scene),
    /// The command's arguments, run in the scene.
    pub args: &'static [&'static str],
    /// The exit code; intact, complete, attributable, authorised; exactly these problems.
    pub gets: (i32, [&'static str; 4], &'static [&'static str]),
    /// Further verdicts.
    pub also: &'static [(&'static str, &'static str)],
}

/// The four verdicts in the order of `gets`.
pub const VERDICTS: [&str; 4] = ["intact", "complete", "attributable", "authorised"];

/// `verify` on the folder, with nothing from outside.
pub const VERIFY: &[&str] = &["verify", "case"];

impl Case {
    /// What a case that says nothing else of it has.
    pub const PLAIN: Self = Self {
        name: "",
        attack: "",
        by: FOLDER,
        make: |_| (),
        args: VERIFY,
        gets: (0, [P; 4], &[]),
        also: &[],
    };

    /// Nothing is given but the folder.
    pub fn is_of_the_folder_alone(&self) -> bool {
        self.args == VERIFY
    }
}

pub const FOLDER: &str = "whoever holds the folder";
pub const AUTHOR: &str = "an author";
pub const CUSTODIAN: &str = "a custodian";
pub const STORAGE: &str = "the storage";
pub const SENDER: &str = "whoever sends a ledger";

/// Where a case is played: a scratch folder with a home of its own.
pub struct Scene {
    pub dir: PathBuf,
}

impl Scene {
    pub fn ledger(&self) -> PathBuf {
        self.path("case")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Changes the bytes of a file.
    pub fn edit(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.get(name);
        change(&mut bytes);
        self.put(name, bytes);
    }

    /// The ledger as an honest custodian leaves it, under a checkpoint that covers all of it.
    pub fn whole(&self, log: &Log) {
        log.write(&self.ledger(), &field());
    }

    /// The ledger with another file for a checkpoint.
    pub fn under(&self, log: &Log, note: &Note) {
        self.whole(log);
        self.put("case/checkpoint", note.bytes());
    }
}

/// The first custodian.
pub fn field() -> Key {
    Key::new(1)
}

/// An investigator.
pub fn desk() -> Key {
    Key::new(2)
}

/// A second custodian, where there is one.
pub fn second() -> Key {
    Key::new(3)
}

/// A witness, where there is one.
pub fn watch() -> Key {
    Key::new(4)
}

/// A key that nobody admitted.
pub fn stranger() -> Key {
    Key::new(9)
}

/// A small honest ledger of six entries: genesis, Desk admitted as investigator, Desk's exhibit, Desk's
/// statement, Field's statement, and Desk's retraction of #3.
pub fn base() -> Log {
    let mut log = Log::begin(&field(), "Trial");
    log.admit(&field(), &desk(), 1);
    log.exhibit(&desk(), "names an exhibit", b"hello");
    log.tell(&desk(), "seen");
    log.tell(&field(), "also seen");
    let target = log.id_of(3);
    log.add(&desk(), 3, &crate::forge::Facts::amends(1, &[target]));
    log
}

/// What a run left behind.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or(Value::Null)
    }
}

/// Address space of the command, in KiB: a clean run needs a small part of it.
const MEMORY: u64 = 256 * 1024;
const TIME: Duration = Duration::from_secs(60);

/// Runs the command in this scene, under the limits. Panics, signals and overstayed time are errors.
pub fn run(scene: &Scene, args: &[&str]) -> Result<Ran, String> {
    // The limit is the shell's to set; it then becomes the command.
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -v {MEMORY} 2>/dev/null; exec \"$0\" \"$@\""),
        ])
        .arg(env!("CARGO_BIN_EXE_seaproof"))
        .args(args)
        .current_dir(&scene.dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", scene.path("home"))
        .env("SEAPROOF_STATE", scene.path("state"))
        // What a machine with many cores would reserve per thread is no use of memory.
        .env("RAYON_NUM_THREADS", "2")
        .env("MALLOC_ARENA_MAX", "2")
        .stdin(Stdio::null())
        .stdout(fs::File::create(scene.path("stdout")).unwrap())
        .stderr(fs::File::create(scene.path("stderr")).unwrap());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("still running after {TIME:?}"));
        }
        thread::sleep(Duration::from_millis(1));
    };
    let text = |name| String::from_utf8_lossy(&scene.get(name)).into_owned();
    let ran = Ran {
        code: status.code(),
        stdout: text("stdout"),
        stderr: text("stderr"),
    };
    if ran.code.is_none_or(|code| code > 2) || ran.stderr.contains("panicked") {
        return Err(format!("{status}, where it must answer: {}", ran.stderr));
    }
    Ok(ran)
}

/// Plays one case and says what was not as it must be.
pub fn play(case: &Case, scene: &Scene) -> Result<(), String> {
    (case.make)(scene);
    let before = listing(&scene.dir);
    // The key that the reader trusts is not known before the ledger is.
    let key = fs::read_to_string(scene.path("vkey")).unwrap_or_default();
    let args: Vec<&str> = case
        .args
        .iter()
        .map(|arg| if *arg == "VKEY" { key.as_str() } else { arg })
        .chain(["--json"])
        .collect();
    let ran = run(scene, &args)?;
    let (code, answers, problems) = case.gets;
    let report = ran.json();
    let found = codes(&report);
    let expected: BTreeSet<&str> = problems.iter().copied().collect();
    let mut wrong = Vec::new();
    if ran.code != Some(code) {
        wrong.push(format!("exit code {:?}, expected {code}", ran.code));
    }
    if found
        .iter()
        .map(String::as_str)
        .ne(expected.iter().copied())
    {
        wrong.push(format!("problems {found:?}, expected {expected:?}"));
    }
    for (verdict, expected) in VERDICTS
        .into_iter()
        .zip(answers)
        .chain(case.also.iter().copied())
    {
        let found = report["verdicts"][verdict].as_str().unwrap_or("no answer");
        if found != expected {
            wrong.push(format!("{verdict} {found}, expected {expected}"));
        }
    }
    if listing(&scene.dir) != before {
        wrong.push("something was written".to_owned());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.push(ran.stderr);
    if let Some(problems) = report["problems"].as_array() {
        wrong.extend(problems.iter().map(|problem| format!("  {problem}")));
    }
    Err(wrong.join("\n    "))
}

/// The codes of the problems in a report.
pub fn codes(report: &Value) -> BTreeSet<String> {
    report["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|problem| problem["code"].as_str().map(str::to_owned))
        .collect()
}

/// Plays all cases and fails with everything that was not as it must be.
pub fn play_all(cases: &[Case]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let dir = tempfile::tempdir().unwrap();
            let scene = Scene {
                dir: dir.path().to_owned(),
            };
            play(case, &scene)
                .err()
                .map(|wrong| format!("{}: {wrong}", case.name))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// Every path below, with what is there; the output of the run left aside.
fn listing(dir: &Path) -> Vec<(PathBuf, u64, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                folders.push(path.clone());
            }
            if path.parent() == Some(dir)
                && ["stdout", "stderr"].contains(&entry.file_name().to_str().unwrap_or(""))
            {
                continue;
            }
            let length = if kind.is_file() {
                entry.metadata().unwrap().len()
            } else {
                0
            };
            // Large files are told by their length: none of ours is written to.
            let content = if kind.is_file() && length < 1 << 20 {
                fs::read(&path).unwrap()
            } else {
                Vec::new()
            };
            found.push((path, length, content));
        }
    }
    found.sort();
    found
}
