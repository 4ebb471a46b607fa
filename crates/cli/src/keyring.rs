//! Key files and passphrases: where they come from, and how they are asked for.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::{KeyFileError, PublicKeyLine, SecretKey, Signer};
use zeroize::Zeroizing;

use crate::agent::Agent;
use crate::context::{cannot, default_key};
use crate::error::{Error, Result};

/// The most bytes of a file that holds a key or a passphrase.
const KEY_FILE_MAX: u64 = 64 << 10;

/// Which key signs.
#[derive(Debug, Clone, Args)]
pub struct KeyArgs {
    /// Private key file (OpenSSH, Ed25519); a .pub file or agent:SHA256:… for a key that an ssh-agent holds
    /// [default: ~/.config/seaproof/key]
    #[arg(long, value_name = "FILE", env = "SEAPROOF_KEY")]
    pub key: Option<PathBuf>,
    /// File whose first line is the passphrase; else SEAPROOF_PASSPHRASE, else asked for
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The key file's path.
    pub fn path(&self) -> Result<PathBuf> {
        self.key.clone().or_else(default_key).ok_or_else(|| {
            Error::usage("no key was named, and there is no HOME to look for one in")
                .remedy("Name one with --key FILE or SEAPROOF_KEY.")
        })
    }

    /// Whether the key was named on the command line, and not by the environment.
    pub fn named(&self) -> bool {
        let told = std::env::var_os("SEAPROOF_KEY").map(PathBuf::from);
        self.key.is_some() && self.key != told
    }

    /// The key that signs: read from its file, asking for its passphrase if it has one, or held by an agent.
    pub fn open(&self) -> Result<Box<dyn Signer>> {
        Ok(match self.holder()? {
            Holder::File(_) => Box::new(self.open_file()?),
            Holder::Agent(wanted) => Box::new(Agent::connect()?.signer(&wanted)?),
            // As ssh does: the secret half is in the agent.
            Holder::AgentOf(path) => {
                let key = public_key(&path.to_string_lossy())?.key;
                Box::new(Agent::connect()?.signer_for(key)?)
            }
        })
    }

    /// Who has the secret half of the key that signs.
    fn holder(&self) -> Result<Holder> {
        let path = self.path()?;
        let name = path.to_string_lossy();
        Ok(match name.strip_prefix("agent:") {
            Some(wanted) => Holder::Agent(wanted.to_owned()),
            None if is_public(&path) => Holder::AgentOf(path),
            None => Holder::File(path),
        })
    }

    /// Reads the key from its file.
    fn open_file(&self) -> Result<SecretKey> {
        let path = self.path()?;
        let bytes = read_private(&path)?;
        let refuse = |error: KeyFileError| Error::key(format!("{}: {error}", path.display()));
        match SecretKey::from_openssh(&bytes, None) {
            Err(KeyFileError::PassphraseNeeded) => {}
            other => return other.map_err(refuse),
        }
        let given = self.given_passphrase()?;
        if given.as_ref().is_some_and(|given| given.is_empty()) {
            return Err(Error::key(format!(
                "{} is protected by a passphrase, and the one given is empty",
                path.display()
            ))
            .remedy(
                "Nothing was signed or written. Look at --passphrase-file or SEAPROOF_PASSPHRASE.",
            ));
        }
        let passphrase = match given {
            Some(given) => given,
            None => ask(&format!("Passphrase for {}: ", path.display()))?.ok_or_else(|| {
                Error::key(format!(
                    "{} is protected by a passphrase, and there is no terminal to ask on",
                    path.display()
                ))
                .remedy("Give it with --passphrase-file FILE or in SEAPROOF_PASSPHRASE.")
            })?,
        };
        SecretKey::from_openssh(&bytes, Some(passphrase.as_bytes())).map_err(|error| match error {
            KeyFileError::WrongPassphrase => refuse(error)
                .remedy("Nothing was signed or written. Try again with the right passphrase."),
            other => refuse(other),
        })
    }

    /// The public half of the key that signs, if it can be had without a passphrase.
    pub fn public(&self) -> Option<AuthorKey> {
        let path = match self.holder().ok()? {
            Holder::File(path) => path,
            Holder::Agent(wanted) => {
                let signer = Agent::connect().ok()?.signer(&wanted).ok()?;
                return Some(signer.public());
            }
            Holder::AgentOf(path) => {
                return Some(public_key(&path.to_string_lossy()).ok()?.key);
            }
        };
        match SecretKey::from_openssh(&read_private(&path).ok()?, None) {
            Ok(key) => Some(key.public()),
            Err(_) => Some(public_key(&public_path(&path).to_string_lossy()).ok()?.key),
        }
    }

    /// A passphrase from a file or the environment.
    pub fn given_passphrase(&self) -> Result<Option<Zeroizing<String>>> {
        if let Some(path) = &self.passphrase_file {
            let text = Zeroizing::new(read_small(path)?);
            let text = std::str::from_utf8(&text).map_err(|_| {
                Error::key(format!("the passphrase in {} is not UTF-8", path.display()))
            })?;
            let line = text.lines().next().unwrap_or_default();
            return Ok(Some(Zeroizing::new(line.to_owned())));
        }
        match std::env::var("SEAPROOF_PASSPHRASE") {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::key(
                "the passphrase in SEAPROOF_PASSPHRASE is not UTF-8",
            )),
        }
    }
}

/// Who has a secret key.
enum Holder {
    /// A file of its own.
    File(PathBuf),
    /// An agent: the key with this fingerprint, or its beginning.
    Agent(String),
    /// An agent: the key whose public half is in this file.
    AgentOf(PathBuf),
}

/// Whether a path is that of a public key.
pub fn is_public(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "pub")
}

/// Asks on the terminal, unseen; `None` without a terminal.
pub fn ask(prompt: &str) -> Result<Option<Zeroizing<String>>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    rpassword::prompt_password(prompt)
        .map(|typed| Some(Zeroizing::new(typed)))
        .map_err(|error| Error::storage("cannot ask for the passphrase", &error))
}

/// Asks twice for a new passphrase; `None` without a terminal.
pub fn ask_new() -> Result<Option<Zeroizing<String>>> {
    let Some(first) = ask("New passphrase: ")? else {
        return Ok(None);
    };
    let again = ask("The same again: ")?;
    if again.as_deref() != Some(&*first) {
        return Err(Error::key(
            "the two passphrases differ: nothing was written",
        ));
    }
    Ok(Some(first))
}

/// Reads a private key's file, if nobody else can.
pub fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = Zeroizing::new(read_small(path).map_err(|error| {
        error.remedy("Make a key with `seaproof key new`, or name another with --key FILE.")
    })?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let found = fs::metadata(path).map_err(|e| cannot("read", path, &e))?;
        let mode = found.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Error::key(format!(
                "{} can be read by others (mode {mode:04o})",
                path.display()
            ))
            .remedy(format!(
                "If nobody has: chmod 600 {}. If somebody may have, make a new key.",
                path.display()
            )));
        }
    }
    Ok(bytes)
}

/// Reads a small regular file.
fn read_small(path: &Path) -> Result<Vec<u8>> {
    let found = fs::metadata(path)
        .map_err(|error| Error::key(format!("cannot read {}: {error}", path.display())))?;
    if !found.is_file() || found.len() > KEY_FILE_MAX {
        return Err(Error::key(format!(
            "{} is not a key file: a regular file of at most 64 KiB is expected",
            path.display()
        )));
    }
    fs::read(path).map_err(|error| Error::key(format!("cannot read {}: {error}", path.display())))
}

/// Writes a new key and its public half beside it; never over an existing file.
pub fn write_new(path: &Path, secret: &str, public: &str) -> Result<PathBuf> {
    let public_path = public_path(path);
    for path in [path, &public_path] {
        if fs::symlink_metadata(path).is_ok() {
            return Err(Error::usage(format!("{} is there already", path.display()))
                .remedy("Keys are never overwritten: name another file with --out FILE."));
        }
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|e| cannot("make", folder, &e))?;
    }
    let write = |path: &Path, text: &str, mode: u32| -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        let mut file = options.open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write(path, secret, 0o600).map_err(|e| cannot("write", path, &e))?;
    write(&public_path, public, 0o644).map_err(|e| cannot("write", &public_path, &e))?;
    Ok(public_path)
}

/// The path of the public half.
pub fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// Reads a public key: a line, or a file that holds one.
pub fn public_key(text: &str) -> Result<PublicKeyLine> {
    let path = Path::new(text);
    let line = if text.starts_with("ssh-") {
        text.to_owned()
    } else {
        let bytes = read_small(path).map_err(|error| {
            error.remedy(
                "Give a file such as key.pub, or the line in it: \"ssh-ed25519 AAAA… name\".",
            )
        })?;
        String::from_utf8(bytes)
            .map_err(|_| Error::key(format!("{} is not a public key file", path.display())))?
    };
    line.parse()
        .map_err(|error| Error::key(format!("{}: {error}", crate::output::short(text, 60))))
}
