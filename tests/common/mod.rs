//! A scratch folder in which the command is run as a person or a script would run it.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A scratch folder with a home of its own.
pub struct Lab {
    dir: TempDir,
}

/// What a run left behind.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Lab {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// With an unprotected key `field` and a ledger `case` of which it is the custodian.
    pub fn with_ledger() -> Self {
        let lab = Self::new();
        lab.ok(&[
            "key",
            "new",
            "--out",
            "field",
            "--comment",
            "Field",
            "--no-passphrase",
        ]);
        lab.ok(&[
            "init", "case", "--title", "A case", "--name", "Field", "--key", "field",
        ]);
        lab
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The command in this folder, on the ledger `case` with the key `field`, without a terminal.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seaproof"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .env("HOME", self.path("home"))
            .env("SEAPROOF_STATE", self.path("state"))
            .env("SEAPROOF_LEDGER", self.path("case"))
            .env("SEAPROOF_KEY", self.path("field"));
        for name in [
            "SEAPROOF_PASSPHRASE",
            "SEAPROOF_AGENT_TIMEOUT",
            "SSH_AUTH_SOCK",
            "XDG_STATE_HOME",
            "XDG_CONFIG_HOME",
            "CLICOLOR_FORCE",
            "NO_COLOR",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Runs a line as a shell would, in the same folder and with the same variables.
    pub fn shell(&self, line: &str) -> Ran {
        let like = self.command(&[]);
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Ran::of(command.output().unwrap())
    }

    /// Runs it, expects success, and returns its standard output.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// The same with `--json`, parsed.
    pub fn json(&self, args: &[&str]) -> Value {
        let all: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.ok(&all)).unwrap()
    }

    /// Runs it, expects this exit code and an error that says all this.
    pub fn fails(&self, code: i32, args: &[&str], says: &[&str]) -> String {
        let ran = self.run(args);
        ran.failed(code, says, &format!("{args:?}"));
        ran.stderr
    }

    /// Expects that a command fails so and leaves the ledger `case` as it was.
    pub fn refused(&self, code: i32, args: &[&str], says: &[&str]) -> String {
        let before = self.snapshot("case");
        let stderr = self.fails(code, args, says);
        assert_eq!(self.snapshot("case"), before, "{args:?} changed the ledger");
        stderr
    }

    /// Records these lines and expects success.
    pub fn batch(&self, lines: &[&str]) -> String {
        self.write("batch.jsonl", lines.join("\n"));
        self.ok(&["record", "batch", "batch.jsonl"])
    }

    /// Everything in a folder but what is derived from the rest.
    pub fn snapshot(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.path(folder), "", &mut files);
        files
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn failed(&self, code: i32, says: &[&str], what: &str) {
        assert_eq!(
            self.code,
            Some(code),
            "{what}: {}{}",
            self.stdout,
            self.stderr
        );
        assert!(
            self.stderr.starts_with("error: "),
            "{what}: {}",
            self.stderr
        );
        for words in says {
            assert!(
                self.stderr.contains(words),
                "{what} does not say {words:?}: {}",
                self.stderr
            );
        }
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for found in fs::read_dir(folder).unwrap() {
        let found = found.unwrap();
        let name = format!("{prefix}{}", found.file_name().to_string_lossy());
        if ["cache", "index", "index.damaged", "lock"].contains(&name.as_str()) {
            continue;
        }
        match found.file_type().unwrap().is_dir() {
            true => collect(&found.path(), &format!("{name}/"), files),
            false => {
                files.insert(name, fs::read(found.path()).unwrap());
            }
        }
    }
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        let target = to.join(found.file_name());
        match found.file_type().unwrap().is_dir() {
            true => copy(&found.path(), &target),
            false => {
                fs::copy(found.path(), target).unwrap();
            }
        }
    }
}

/// Changes one byte of a file, whatever its mode.
pub fn flip(path: &Path, offset: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[offset] ^= 1;
    let found = fs::metadata(path).unwrap().permissions();
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, found).unwrap();
}

pub const GROUP: &str =
    r#"{"kind":"group","as":"five","members":"vessels","criterion":"Five tankers."}"#;
pub const SEEN: &str = r#"{"kind":"sighting","as":"seen","about":"five","place":{"locode":"RUVYP"},"mode":"observed"}"#;
