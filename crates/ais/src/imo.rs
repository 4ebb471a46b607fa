//! IMO ship numbers.

/// Whether a text can be an IMO number: seven digits of which the last is the last digit of the sum of the
/// first six times 7, 6, … 2. 0000000, which passes the sum, is none. Numbers of companies pass too.
pub fn plausible(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
    let Some([rest @ .., check]) = digits.as_deref() else {
        return false;
    };
    let sum: u32 = rest
        .iter()
        .zip((2..=7).rev())
        .map(|(digit, times)| digit * times)
        .sum();
    rest.len() == 6 && sum % 10 == *check && text != "0000000"
}

#[cfg(test)]
mod tests {
    use super::plausible;

    #[test]
    fn the_check_digit_decides() {
        for good in ["8691702", "8660313", "9074729"] {
            assert!(plausible(good), "{good}");
        }
        for bad in [
            "0000000", "0000001", "8691703", "869170", "86917020", "869170x", "",
        ] {
            assert!(!plausible(bad), "{bad}");
        }
    }
}
