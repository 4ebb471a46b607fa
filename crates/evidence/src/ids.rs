//! Identifiers of ships, places and languages, each checked when it is made.
//!
//! A well-formed identifier need not belong to anything: no registry is consulted here.

use std::fmt;
use std::str::FromStr;

use seaproof_ledger::ids::{ExhibitHash, to_hex};

use crate::json::as_text;
use crate::wire::encoded_as;

/// Why a text or number is not the identifier it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// The form is wrong.
    #[error("{found:?} is not {what}: {form}")]
    Form {
        /// Which identifier was read.
        what: &'static str,
        /// Its form in words.
        form: &'static str,
        /// What stood there, cut to 80 characters.
        found: String,
    },
    /// An IMO number whose last digit does not follow from the other six.
    #[error("IMO number {number:07}: the check digit should be {expected}; check each digit")]
    ImoCheckDigit {
        /// The seven digits.
        number: u32,
        /// The digit that the first six demand.
        expected: u32,
    },
    /// An IMO company number whose last digit does not follow from the other six.
    #[error(
        "IMO company number {number:07}: the check digit should be {expected}; check each digit"
    )]
    ImoCompanyCheckDigit {
        /// The seven digits.
        number: u32,
        /// The digit that the first six demand.
        expected: u32,
    },
    /// 0000000 passes the sum and names nothing.
    #[error("IMO number 0000000 names no ship; leave the field out where none is known")]
    ImoZero,
}

fn malformed(what: &'static str, form: &'static str, found: &str) -> IdentifierError {
    IdentifierError::Form {
        what,
        form,
        found: found.chars().take(80).collect(),
    }
}

/// Exactly `N` ASCII characters that `allowed` accepts.
fn exactly<const N: usize>(text: &str, allowed: fn(u8) -> bool) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(|b| allowed(*b)).then_some(bytes)
}

/// Reads exactly `digits` decimal digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// What an IMO number is given to. Both have seven digits, each with a check of its own that some numbers of
/// the other pass too, so the scheme is always stated. Variant order is frozen.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    bincode::Encode,
    bincode::Decode,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ImoScheme {
    /// A hull (IMO resolution A.1117(30)).
    Ship,
    /// A company or registered owner (IMO resolution MSC.160(78)).
    Company,
}

/// An IMO number: seven digits whose last is the last digit of the sum of the first six times
/// 7, 6, 5, 4, 3, 2; never 0000000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Imo(u32);

impl Imo {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Imo {
    type Error = IdentifierError;
    fn try_from(number: u32) -> Result<Self, IdentifierError> {
        if number > 9_999_999 {
            return Err(malformed(
                "an IMO number",
                "seven digits",
                &number.to_string(),
            ));
        }
        if number == 0 {
            return Err(IdentifierError::ImoZero);
        }
        let mut rest = number / 10;
        let mut sum = 0;
        for weight in 2..=7 {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        if sum % 10 == number % 10 {
            Ok(Self(number))
        } else {
            Err(IdentifierError::ImoCheckDigit {
                number,
                expected: sum % 10,
            })
        }
    }
}

impl FromStr for Imo {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        number(text, 7)
            .ok_or_else(|| malformed("an IMO number", "seven digits", text))?
            .try_into()
    }
}

impl fmt::Display for Imo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

impl From<&Imo> for u32 {
    fn from(imo: &Imo) -> Self {
        imo.0
    }
}

encoded_as!(Imo, u32);
as_text!(
    Imo,
    "^[0-9]{7}$",
    "An IMO number: seven digits, the last a check digit"
);

/// An IMO company and registered owner number: seven digits whose last follows from the first six
/// times 8, 6, 4, 2, 9, 7: eleven less the sum modulo 11, of which the last digit. Some pass
/// the check of a ship's number too; the number alone does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompanyImo(u32);

impl CompanyImo {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for CompanyImo {
    type Error = IdentifierError;
    fn try_from(company: u32) -> Result<Self, IdentifierError> {
        if company > 9_999_999 {
            return Err(malformed(
                "an IMO company number",
                "seven digits",
                &company.to_string(),
            ));
        }
        if company == 0 {
            return Err(IdentifierError::ImoZero);
        }
        let mut rest = company / 10;
        let mut sum = 0;
        for weight in [7, 9, 2, 4, 6, 8] {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        let expected = (11 - sum % 11) % 10;
        if expected == company % 10 {
            Ok(Self(company))
        } else {
            Err(IdentifierError::ImoCompanyCheckDigit {
                number: company,
                expected,
            })
        }
    }
}

impl FromStr for CompanyImo {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        number(text, 7)
            .ok_or_else(|| malformed("an IMO company number", "seven digits", text))?
            .try_into()
    }
}

impl fmt::Display for CompanyImo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

as_text!(
    CompanyImo,
    "^[0-9]{7}$",
    "An IMO company number: seven digits, the last a check digit"
);

/// A number of either scheme: seven digits that pass the check of a ship's or of a company's number. Which
/// of the two it is, is said beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImoNumber(u32);

impl ImoNumber {
    /// The number as that of a ship.
    ///
    /// # Errors
    /// [`IdentifierError`] if it is none.
    pub fn ship(self) -> Result<Imo, IdentifierError> {
        self.0.try_into()
    }

    /// The number as that of a company.
    ///
    /// # Errors
    /// [`IdentifierError`] if it is none.
    pub fn company(self) -> Result<CompanyImo, IdentifierError> {
        self.0.try_into()
    }
}

impl TryFrom<u32> for ImoNumber {
    type Error = IdentifierError;
    fn try_from(number: u32) -> Result<Self, IdentifierError> {
        match (Imo::try_from(number), CompanyImo::try_from(number)) {
            (Err(error), Err(_)) => Err(error),
            _ => Ok(Self(number)),
        }
    }
}

impl FromStr for ImoNumber {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        number(text, 7)
            .ok_or_else(|| malformed("an IMO number", "seven digits", text))?
            .try_into()
    }
}

impl fmt::Display for ImoNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

impl From<&ImoNumber> for u32 {
    fn from(number: &ImoNumber) -> Self {
        number.0
    }
}

encoded_as!(ImoNumber, u32);
as_text!(
    ImoNumber,
    "^[0-9]{7}$",
    "An IMO number of a ship or a company: seven digits, the last a check digit"
);

/// A Maritime Mobile Service Identity: nine digits (ITU-R M.585). Names a radio, not a hull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mmsi(u32);

impl Mmsi {
    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Mmsi {
    type Error = IdentifierError;
    fn try_from(number: u32) -> Result<Self, IdentifierError> {
        match number {
            1..=999_999_999 => Ok(Self(number)),
            _ => Err(malformed(
                "an MMSI",
                "nine digits, not all zero",
                &number.to_string(),
            )),
        }
    }
}

impl FromStr for Mmsi {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        number(text, 9)
            .and_then(|n| n.try_into().ok())
            .ok_or_else(|| malformed("an MMSI", "nine digits, not all zero", text))
    }
}

impl fmt::Display for Mmsi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

impl From<&Mmsi> for u32 {
    fn from(mmsi: &Mmsi) -> Self {
        mmsi.0
    }
}

encoded_as!(Mmsi, u32);
as_text!(Mmsi, "^[0-9]{9}$", "An MMSI: nine digits");

/// An identifier of a fixed number of ASCII characters.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $n:literal, $what:literal, $form:literal, $pattern:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $n]);

        impl $name {
            /// The code's text.
            pub fn as_str(&self) -> &str {
                // Only checked ASCII gets in, so this is always the text itself.
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, IdentifierError> {
                let check: fn(&str) -> Option<[u8; $n]> = $check;
                check(text)
                    .map(Self)
                    .ok_or_else(|| malformed($what, $form, text))
            }
        }

        impl TryFrom<[u8; $n]> for $name {
            type Error = IdentifierError;
            fn try_from(bytes: [u8; $n]) -> Result<Self, IdentifierError> {
                String::from_utf8_lossy(&bytes).parse()
            }
        }

        impl From<&$name> for [u8; $n] {
            fn from(code: &$name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }

        encoded_as!($name, [u8; $n]);
        as_text!($name, $pattern, concat!($what, ": ", $form));
    };
}

code! {
    /// A UN/LOCODE: two letters of a country, three letters or digits 2 to 9 of a place.
    Locode, 5, "a UN/LOCODE",
    "two letters of the country and three letters or digits 2 to 9 of the place, as RUVYP",
    "^[A-Z]{2}[A-Z2-9]{3}$",
    |text| exactly(text, |b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(&b))
        .filter(|code: &[u8; 5]| code[..2].iter().all(u8::is_ascii_uppercase))
}

impl Locode {
    /// The country that the code begins with.
    pub fn country(&self) -> Country {
        Country([self.0[0], self.0[1]])
    }
}

code! {
    /// A country by its two ISO 3166-1 letters. Only the form is checked.
    Country, 2, "a country code", "two capital letters (ISO 3166-1), as KP", "^[A-Z]{2}$",
    |text| exactly(text, |b| b.is_ascii_uppercase())
}

code! {
    /// A script by its ISO 15924 name, as `Hang` or `Cyrl`. Only the form is checked.
    Script, 4, "a script code", "a capital and three small letters (ISO 15924), as Hang",
    "^[A-Z][a-z]{3}$",
    |text| exactly(text, |b| b.is_ascii_alphabetic())
        .filter(|code: &[u8; 4]| code[0].is_ascii_uppercase()
            && code[1..].iter().all(u8::is_ascii_lowercase))
}

/// A SHA-256. In JSON 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl FromStr for Digest {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        text.parse::<ExhibitHash>()
            .map(|hash| Self(hash.0))
            .map_err(|_| malformed("a SHA-256", "64 digits of 0-9 and a-f", text))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<&Digest> for [u8; 32] {
    fn from(digest: &Digest) -> Self {
        digest.0
    }
}

encoded_as!(Digest, [u8; 32]);
as_text!(
    Digest,
    "^[0-9a-f]{64}$",
    "A SHA-256 as 64 hexadecimal digits"
);

/// A text identifier with a form of its own, encoded as the text.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal, $form:literal, $pattern:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentifierError;
            fn try_from(text: String) -> Result<Self, IdentifierError> {
                let check: fn(&str) -> bool = $check;
                if check(&text) {
                    Ok(Self(text))
                } else {
                    Err(malformed($what, $form, &text))
                }
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, IdentifierError> {
                text.to_owned().try_into()
            }
        }

        impl From<&$name> for String {
            fn from(word: &$name) -> Self {
                word.0.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        encoded_as!($name, String);
        as_text!($name, $pattern, concat!($what, ": ", $form));
    };
}

word! {
    /// A radio call sign: 3 to 7 capital letters and digits.
    CallSign, "a call sign", "3 to 7 capital letters and digits, as HMZF", "^[A-Z0-9]{3,7}$",
    |text| (3..=7).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

word! {
    /// A language by its BCP 47 tag: groups of 1 to 8 letters and digits joined by `-`, the first
    /// of 2 or 3 small letters, as `nl` or `zh-Hant`. Only the form is checked.
    Language, "a language tag", "a BCP 47 tag, as en or zh-Hant",
    "^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$",
    |text| {
        let mut groups = text.split('-');
        let first = groups.next().unwrap_or_default();
        (2..=3).contains(&first.len())
            && first.bytes().all(|b| b.is_ascii_lowercase())
            && text.split('-').count() <= 5
            && groups.all(|g| (1..=8).contains(&g.len())
                && g.bytes().all(|b| b.is_ascii_alphanumeric()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imo_number_needs_its_check_digit_and_is_never_zero() {
        for good in ["8691702", "8660313", "9074729"] {
            assert_eq!(good.parse::<Imo>().unwrap().to_string(), good);
        }
        assert_eq!(
            "8691703".parse::<Imo>(),
            Err(IdentifierError::ImoCheckDigit {
                number: 8_691_703,
                expected: 2
            })
        );
        assert_eq!("0000000".parse::<Imo>(), Err(IdentifierError::ImoZero));
        for bad in ["869170", "86917020", "869170a", "+691702", ""] {
            assert!(bad.parse::<Imo>().is_err(), "{bad}");
        }
        assert!(Imo::try_from(10_000_000).is_err());
    }

    #[test]
    fn a_company_number_has_a_check_digit_of_its_own() {
        for good in ["1790183", "5342883", "5434358", "5571322"] {
            assert_eq!(good.parse::<CompanyImo>().unwrap().to_string(), good);
        }
        // This one passes as a ship's number too; the others do not.
        assert!("1790183".parse::<Imo>().is_ok());
        assert!("5342883".parse::<Imo>().is_err());
        for bad in ["8691702", "5342884", "0000000", "534288"] {
            assert!(bad.parse::<CompanyImo>().is_err(), "{bad}");
        }
    }

    #[test]
    fn codes_have_their_form_and_nothing_else() {
        assert_eq!("RUVYP".parse::<Locode>().unwrap().country().as_str(), "RU");
        for bad in ["ruvyp", "RUVY", "RUVYPP", "R2VYP", "RUVY1", "RUVÝ"] {
            assert!(bad.parse::<Locode>().is_err(), "{bad}");
        }
        assert!("KP".parse::<Country>().is_ok());
        assert!("kp".parse::<Country>().is_err());
        assert!("Hang".parse::<Script>().is_ok());
        assert!("hang".parse::<Script>().is_err());
        assert!("445123456".parse::<Mmsi>().is_ok());
        assert!("44512345".parse::<Mmsi>().is_err());
        assert!("000000000".parse::<Mmsi>().is_err());
        assert!("zh-Hant".parse::<Language>().is_ok());
        assert!("en-".parse::<Language>().is_err());
        assert!("HMZF".parse::<CallSign>().is_ok());
        assert!("HM".parse::<CallSign>().is_err());
    }
}
