//! Errors as a person meets them, and the one place that gives them exit codes.

use std::io;
use std::process::ExitCode;

use seaproof_ais::collect::CollectError;
use seaproof_ledger::encoding::EncodingError;
use seaproof_ledger::exhibit::ExhibitError;
use seaproof_ledger::keys::SignerError;
use seaproof_ledger::log::LogError;
use seaproof_ledger::reader::ReadError;
use seaproof_ledger::writer::WriteError;

use crate::output::clean;

/// Result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; each has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was given cannot be recorded or found.
    Input,
    /// The ledger's rules, or its damage, forbid it.
    Ledger,
    /// The command line asks for something that is not there.
    Usage,
    /// The key or its passphrase cannot be used.
    Key,
    /// A file, the lock, the terminal.
    Storage,
    /// Nobody reads the output any more.
    Gone,
}

/// What failed, where, and what to do.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    remedy: Option<String>,
}

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            remedy: None,
        }
    }

    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message)
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub fn key(message: impl Into<String>) -> Self {
        Self::new(Kind::Key, message)
    }

    pub fn storage(what: impl std::fmt::Display, error: &io::Error) -> Self {
        Self::new(Kind::Storage, format!("{what}: {error}"))
    }

    /// What failed, in words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What failed and what to do, in one sentence.
    pub fn sentence(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{}. {remedy}", self.message),
            None => self.message.clone(),
        }
    }

    /// Whether what was given is to blame.
    pub fn is_input(&self) -> bool {
        self.kind == Kind::Input
    }

    /// What to do next.
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// What to do next, where nothing was said of it.
    pub fn remedy_if_none(mut self, remedy: impl Into<String>) -> Self {
        self.remedy.get_or_insert_with(|| remedy.into());
        self
    }

    /// Says before the message where it went wrong.
    pub fn at(mut self, place: impl std::fmt::Display) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// The exit code: 1 if the input or the evidence is refused, 2 if the command could not be
    /// carried out.
    fn code(&self) -> u8 {
        match self.kind {
            Kind::Input | Kind::Ledger => 1,
            Kind::Usage | Kind::Key | Kind::Storage => 2,
            Kind::Gone => 0,
        }
    }

    /// As JSON; `None` if there is nobody to tell.
    pub fn json(&self) -> Option<serde_json::Value> {
        let said = || {
            serde_json::json!({
                "error": {"message": self.message, "remedy": self.remedy, "exit": self.code()},
            })
        };
        (self.kind != Kind::Gone).then(said)
    }

    /// Says it on stderr.
    pub fn report(&self) -> ExitCode {
        if self.kind != Kind::Gone {
            let red = anstyle::AnsiColor::Red.on_default().bold();
            // Nobody to tell when stderr is gone.
            let mut stderr = anstream::stderr().lock();
            let message = self.message.lines().map(clean).collect::<Vec<_>>();
            let _ = io::Write::write_fmt(
                &mut stderr,
                format_args!("{red}error:{red:#} {}\n", message.join("\n  ")),
            );
            if let Some(remedy) = &self.remedy {
                let _ = io::Write::write_fmt(&mut stderr, format_args!("  {}\n", clean(remedy)));
            }
        }
        ExitCode::from(self.code())
    }
}

/// Only writing to stdout gives a bare I/O error; all others say what they are about.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Kind::Gone, ""),
            _ => Self::storage("cannot write the output", &error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}

fn log_kind(error: &LogError) -> Kind {
    match error {
        LogError::NotALedger | LogError::Newer { .. } => Kind::Usage,
        LogError::Io { .. } => Kind::Storage,
        _ => Kind::Ledger,
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        let kind = match &error {
            ReadError::Log(error) => log_kind(error),
            ReadError::Entry { .. } => Kind::Ledger,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        let kind = match &error {
            WriteError::Log(error) => log_kind(error),
            WriteError::Locked
            | WriteError::KeyBusy(_)
            | WriteError::Memory(_)
            | WriteError::Io { .. } => Kind::Storage,
            WriteError::Salts(_) => Kind::Storage,
            WriteError::Signer(_) => Kind::Key,
            WriteError::NotEmpty => Kind::Usage,
            WriteError::Draft { .. } => Kind::Input,
            _ => Kind::Ledger,
        };
        let refused = matches!(error, WriteError::Signer(_));
        let error = Self::new(kind, error.to_string());
        match refused {
            true => error.remedy("Nothing was recorded."),
            false => error,
        }
    }
}

impl From<SignerError> for Error {
    fn from(error: SignerError) -> Self {
        Self::key(error.to_string())
    }
}

impl From<ExhibitError> for Error {
    fn from(error: ExhibitError) -> Self {
        let kind = match &error {
            ExhibitError::Changed { .. } => Kind::Input,
            _ => Kind::Storage,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<CollectError> for Error {
    fn from(error: CollectError) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        Self::new(
            Kind::Storage,
            format!("{error}{}", cause.unwrap_or_default()),
        )
    }
}

impl From<EncodingError> for Error {
    fn from(error: EncodingError) -> Self {
        Self::input(error.to_string())
    }
}
