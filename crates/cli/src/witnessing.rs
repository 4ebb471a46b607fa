//! A witness at work on this computer: its key, its name, and the folder in which it remembers what it cosigned.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use seaproof_ledger::ids::Timestamp;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::note::{CosignerKey, KeyName, Note, PosixTime, SignatureLine, VerifierKey};
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::witness::{self, Refusal, SignedRequest, WitnessError};

use crate::context::{self, cannot};
use crate::error::{Error, Kind, Result};
use crate::keyring::KeyArgs;

/// How often another process that cosigns with the same memory is waited for, a tenth of a second each.
const TRIES: u32 = 100;

/// Who cosigns.
#[derive(Debug, Clone, Args)]
pub struct WitnessArgs {
    #[command(flatten)]
    pub key: KeyArgs,
    /// The witness's name, as policies write it: a host or address without https://, no spaces
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Where the witness remembers what it cosigned [default: witness/ in the state folder]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// A witness with its key and its memory.
pub struct Witness {
    memory: FolderStore,
    signer: Box<dyn Signer>,
    key: CosignerKey,
}

impl WitnessArgs {
    /// The key as policies write it. Needs no passphrase if the public half is at hand.
    pub fn vkey(&self) -> Result<CosignerKey> {
        let public = match self.key.public() {
            Some(public) => public,
            None => self.key.open()?.public(),
        };
        self.named(public)
    }

    fn named(&self, public: seaproof_ledger::ids::AuthorKey) -> Result<CosignerKey> {
        let name = KeyName::new(self.name.clone())
            .map_err(|error| Error::usage(format!("--name: {error}")))?;
        CosignerKey::new(name, public).map_err(|error| Error::key(error.to_string()))
    }

    /// Opens the key, and makes the folder if it is not there.
    pub fn open(&self) -> Result<Witness> {
        let folder = match &self.state {
            Some(folder) => folder.clone(),
            None => context::witness_folder().ok_or_else(|| {
                Error::usage("there is no place for the witness's memory: neither SEAPROOF_STATE nor XDG_STATE_HOME nor HOME is set")
                    .remedy("Name a folder of the witness's own with --state DIR.")
            })?,
        };
        let signer = self.key.open()?;
        make_durable(&folder).map_err(|e| cannot("make", &folder, &e))?;
        Ok(Witness {
            key: self.named(signer.public())?,
            memory: FolderStore::new(folder),
            signer,
        })
    }
}

impl Witness {
    /// The key as policies write it.
    pub fn key(&self) -> &CosignerKey {
        &self.key
    }

    /// What this key cosigned last for an origin.
    pub fn last(&self, origin: &str) -> Result<Option<Head>> {
        witness::last(&self.memory, &self.key.key(), origin).map_err(in_words)
    }

    /// Cosigns, after whoever is at it with the same memory.
    pub fn cosign(&self, request: &SignedRequest) -> Result<SignatureLine, WitnessError> {
        let now = || PosixTime::of(Timestamp(jiff::Timestamp::now().as_millisecond()));
        for _ in 0..TRIES {
            match witness::cosign(&self.memory, &self.signer, &self.key, request, now) {
                Err(WitnessError::Busy) => sleep(Duration::from_millis(100)),
                other => return other,
            }
        }
        Err(WitnessError::Busy)
    }
}

/// Why nothing was cosigned, as a person meets it.
pub fn in_words(error: WitnessError) -> Error {
    let kind = match &error {
        WitnessError::Refused(_) | WitnessError::Damaged { .. } => Kind::Ledger,
        WitnessError::Sign(_) => Kind::Key,
        WitnessError::Busy | WitnessError::Io(_) => Kind::Storage,
    };
    let remedy = match &error {
        WitnessError::Refused(Refusal::OtherSize { .. }) => {
            "Nothing was cosigned. Ask the custodian for `seaproof prove --since` that size."
        }
        WitnessError::Refused(Refusal::OtherRoot { .. } | Refusal::Proof(_)) => {
            "Nothing was cosigned. Keep this checkpoint and the one cosigned before: together they are evidence."
        }
        WitnessError::Refused(Refusal::LogKey) => {
            "Nothing was cosigned. Make another with `seaproof key new`."
        }
        WitnessError::Busy => "Nothing was cosigned. Try again.",
        _ => "Nothing was cosigned.",
    };
    Error::new(kind, error.to_string()).remedy(remedy)
}

/// A note with a cosignature under it.
pub fn cosigned(note: &Note, line: &SignatureLine) -> Result<Note> {
    note.with_lines([line])
        .map_err(|error| Error::input(format!("the checkpoint with its cosignature: {error}")))
}

/// Reads a log's key as policies write it.
pub fn log_key(text: &str) -> Result<VerifierKey> {
    text.parse()
        .map_err(|error| Error::usage(format!("the log's key {text:?}: {error}")))
}

/// Makes a folder and those above it so that they last: what is remembered in it must.
fn make_durable(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let folder = std::path::absolute(folder)?;
    let made: Vec<&Path> = folder.ancestors().take_while(|f| !f.is_dir()).collect();
    fs::create_dir_all(&folder)?;
    if cfg!(unix) {
        for name in made {
            if let Some(parent) = name.parent() {
                File::open(parent)?.sync_all()?;
            }
        }
    }
    Ok(())
}
