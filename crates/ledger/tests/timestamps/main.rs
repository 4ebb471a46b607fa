//! Timestamp tokens: real ones, those of an authority made with OpenSSL, and those made by hand to be wrong in one way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../../tests/authority/mod.rs"]
mod authority;
mod bounds;
mod by_hand;
#[path = "../common/mod.rs"]
mod common;
mod openssl;
mod real;
#[path = "../../../../tests/stamping/mod.rs"]
mod stamping;
mod verdict;

use seaproof_ledger::timestamp::{Authority, Roots, TimestampError, Token};

/// Reads a token, holds it against what it should stamp, and verifies it.
fn check(bytes: &[u8], message: &[u8], roots: &Roots) -> Result<Authority, TimestampError> {
    let token = Token::read(bytes)?;
    token.is_over(message)?;
    token.verify(roots)
}

fn roots(pem: impl AsRef<[u8]>) -> Roots {
    Roots::from_pem(pem.as_ref()).unwrap()
}

/// That it was refused for this reason, in these words.
#[track_caller]
fn refused(outcome: Result<Authority, TimestampError>, kind: &str, says: &str) {
    let error = outcome.expect_err("it was believed");
    let found = match &error {
        TimestampError::Malformed(_) => "malformed",
        TimestampError::Refused(_) => "refused",
        TimestampError::Other => "other",
        TimestampError::Invalid(_) => "invalid",
        TimestampError::Untrusted(_) => "untrusted",
    };
    assert_eq!(found, kind, "{error}");
    assert!(
        error.to_string().contains(says),
        "{error} does not say {says:?}"
    );
}
