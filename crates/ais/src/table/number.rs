//! Decimal numbers to integers of a unit, exactly: no floats.

/// Digits that are read, before and after the point together.
const DIGITS: u32 = 18;

/// `text` times `per`, rounded to the nearest, halves away from zero. Digits with an optional sign, point and
/// exponent; `None` for anything else, for more than 18 significant digits before the point, and beyond what an `i64`
/// holds. Digits after the point are not read from the 19th significant one on.
pub fn scaled(text: &[u8], per: u32, point: u8) -> Option<i64> {
    if let Some(short) = short(text, per, point) {
        return Some(short);
    }
    let (negative, unsigned) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let mut value = 0u64;
    let mut digits = 0u32;
    let mut fraction = 0i32;
    let mut pointed = false;
    let mut any = false;
    let mut rest = unsigned;
    while let Some((byte, after)) = rest.split_first() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            any = true;
            if digits >= DIGITS && pointed {
                // Far below any unit: databases write them.
                rest = after;
                continue;
            }
            if digits >= DIGITS {
                return None;
            }
            value = value * 10 + u64::from(digit);
            digits += u32::from(value != 0);
            fraction += i32::from(pointed);
            if fraction > 64 {
                return None;
            }
        } else if *byte == point && !pointed {
            pointed = true;
        } else {
            break;
        }
        rest = after;
    }
    if !any {
        return None;
    }
    if let Some((b'e' | b'E', exponent)) = rest.split_first() {
        fraction -= small(exponent)?;
    } else if !rest.is_empty() {
        return None;
    }
    let magnitude = shifted(value, per, fraction)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// The same for what most numbers are: short, and exact once multiplied, so that nothing is divided.
#[inline(always)]
pub(super) fn short(text: &[u8], per: u32, point: u8) -> Option<i64> {
    let (negative, number) = match text {
        [b'-', number @ ..] => (true, number),
        number => (false, number),
    };
    if number.len() > 12 {
        return None;
    }
    // No branch on what stands there: which digit is the point differs from row to row.
    let (mut value, mut points, mut places, mut odd) = (0i64, 0usize, 0usize, false);
    for byte in number {
        let digit = byte.wrapping_sub(b'0');
        let is_point = *byte == point;
        odd |= digit > 9 && !is_point;
        value = if is_point {
            value
        } else {
            value * 10 + i64::from(digit)
        };
        places += points;
        points += usize::from(is_point);
    }
    if odd || points > 1 || number.len() == points {
        return None;
    }
    let value = times(value, per, places)?;
    Some(if negative { -value } else { value })
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The same for a number of at most twelve characters without sign, from the two words that end with it: the highest byte
/// of `low` is its last. No loop: eight digits at once.
#[inline(always)]
pub(super) fn in_words(high: u64, low: u64, length: u32, per: u32, point: u8) -> Option<i64> {
    match length {
        1..=8 => {
            let (digits, places) = without_point(only(low, length), point);
            // A point alone is no number.
            let value = eight(digits).filter(|_| length > 1 || places.is_none())?;
            times(value, per, places.unwrap_or(0))
        }
        9..=12 => {
            let (digits, places) = without_point(low, point);
            let above = eight(only(high, length - 8))?;
            let below = eight(digits)?;
            let worth = if places.is_some() {
                10_000_000
            } else {
                100_000_000
            };
            times(above * worth + below, per, places.unwrap_or(0))
        }
        _ => None,
    }
}

/// The last so many characters of a word, 1 to 8, with zeros before them.
#[inline(always)]
fn only(word: u64, length: u32) -> u64 {
    let kept = u64::MAX << (64 - 8 * length);
    word & kept | (ONES * u64::from(b'0')) & !kept
}

/// A word without its last point, and how many digits come after that. Another point is no digit.
#[inline(always)]
fn without_point(word: u64, point: u8) -> (u64, Option<usize>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differs = word ^ (ONES * u64::from(point));
    let points = !(((differs & LOW) + LOW) | differs | LOW);
    if points == 0 {
        return (word, None);
    }
    // What stands before the point moves up by one.
    let at = points.trailing_zeros() / 8;
    let below = (1u64 << (8 * at)) - 1;
    let above = u64::MAX.checked_shl(8 * (at + 1)).unwrap_or(0);
    let closed = word & above | (word & below) << 8 | u64::from(b'0');
    (closed, Some(7 - at as usize))
}

/// Eight digits, the lowest byte first.
#[inline(always)]
fn eight(digits: u64) -> Option<i64> {
    let tens = digits ^ (ONES * u64::from(b'0'));
    // Every byte below ten.
    if (tens | tens.wrapping_add(ONES * 6)) & (ONES * 0xf0) != 0 {
        return None;
    }
    let pairs = (tens.wrapping_mul(10) + (tens >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let value = (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff;
    Some(value as i64)
}

/// `value × per ÷ 10^places` where that is exact for every value.
#[inline(always)]
fn times(value: i64, per: u32, places: usize) -> Option<i64> {
    const DEGREES: [i64; 6] = [600_000, 60_000, 6_000, 600, 60, 6];
    const TENTHS: [i64; 2] = [10, 1];
    let times: &[i64] = match per {
        600_000 => &DEGREES,
        10 => &TENTHS,
        1 => &[1],
        _ => return None,
    };
    match (per, places) {
        // `1.0` of what is counted in ones is exact too.
        (1, 1) if value % 10 == 0 => Some(value / 10),
        _ => Some(value * times.get(places)?),
    }
}

/// `value × per ÷ 10^places`, rounded to the nearest, halves up.
fn shifted(value: u64, per: u32, places: i32) -> Option<i64> {
    if let (Ok(places @ 0..=9), true) = (u32::try_from(places), value < 1 << 40) {
        // 2^40 × 600,000 fits, with room for the half.
        if let Some(product) = value.checked_mul(u64::from(per)) {
            let divisor = 10u64.pow(places);
            return i64::try_from((product + divisor / 2) / divisor).ok();
        }
    }
    let product = u128::from(value) * u128::from(per);
    let power = 10u128.checked_pow(places.unsigned_abs())?;
    let whole = if places >= 0 {
        product.checked_add(power / 2)? / power
    } else {
        product.checked_mul(power)?
    };
    i64::try_from(whole).ok()
}

/// An exponent: a sign, and one to three digits.
fn small(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 3 {
        return None;
    }
    let value = digits.iter().try_fold(0i32, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + i32::from(byte - b'0'))
    })?;
    Some(if negative { -value } else { value })
}

/// An integer without sign of at most so many digits (10 at the most), perhaps with `.0` after it, as tables that were
/// written by way of floats have it.
pub fn integer(text: &[u8], digits: usize) -> Option<u32> {
    let text = text.strip_suffix(b".0").unwrap_or(text);
    if text.is_empty() || text.len() > digits {
        return None;
    }
    let value = text.iter().try_fold(0u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| value.wrapping_mul(10).wrapping_add(u64::from(digit)))
    });
    u32::try_from(value?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(before: &[u8], text: &str, per: u32) -> Option<i64> {
        let bytes = [before, before, text.as_bytes()].concat();
        let word = |end: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[end - 8..end]);
            u64::from_le_bytes(word)
        };
        let end = bytes.len();
        in_words(word(end - 8), word(end), text.len() as u32, per, b'.')
    }

    #[test]
    fn degrees_are_exact() {
        let at = |text: &str| scaled(text.as_bytes(), 600_000, b'.');
        assert_eq!(at("43.26183"), Some(25_957_098));
        assert_eq!(at("-79.06389"), Some(-47_438_334));
        assert_eq!(at("90"), Some(54_000_000));
        assert_eq!(at("-180.0"), Some(-108_000_000));
        assert_eq!(at("0.0000008"), Some(0));
        assert_eq!(at("0.0000009"), Some(1));
        assert_eq!(at("-9e-05"), Some(-54));
        assert_eq!(at("1.5E1"), Some(9_000_000));
        assert_eq!(at(".5"), Some(300_000));
        assert_eq!(at("5."), Some(3_000_000));
        assert_eq!(at("43.261830000000000000000000"), Some(25_957_098));
        assert_eq!(at("000000000000000000000000001"), Some(600_000));
        for bad in [
            "",
            "-",
            ".",
            "1.2.3",
            "1,5",
            "nan",
            "inf",
            "1e",
            "1e9999",
            "0x1",
            "1 2",
            "--1",
            "1234567890123456789",
            "1e40",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
        assert_eq!(scaled(b"55,5", 10, b','), Some(555));
    }

    proptest! {
        #[test]
        fn short_numbers_come_to_the_same(text in "-?[0-9]{0,6}(\\.[0-9]{0,6})?", per in prop_oneof![Just(600_000), Just(10), Just(1)]) {
            let long = format!("{}{}", text.strip_prefix('-').map_or("0000000000000", |_| "-0000000000000"), text.trim_start_matches('-'));
            if let Some(short) = short(text.as_bytes(), per, b'.') {
                prop_assert_eq!(scaled(long.as_bytes(), per, b'.'), Some(short));
            }
            if !text.starts_with('-') {
                let expected = short(text.as_bytes(), per, b'.');
                let found = words(b"77777777", &text, per);
                // What is left to the other is found by it.
                prop_assert!(found == expected || found.is_none() && text.len() > 8, "{found:?} {expected:?}");
            }
        }

        #[test]
        fn words_that_are_no_numbers_are_none(text in "[-+.,0-9a:/ ]{1,12}") {
            let expected = if text.contains(['-', '+']) { None } else { short(text.as_bytes(), 10, b'.') };
            let found = words(b"99999999", &text, 10);
            prop_assert!(found == expected || found.is_none() && text.len() > 8, "{found:?} {expected:?}");
        }

        #[test]
        fn degrees_and_numbers_of_ships_are_found_in_words(text in "[0-9]{1,3}\\.[0-9]{5}|[0-9]{9}") {
            let per = if text.contains('.') { 600_000 } else { 1 };
            prop_assert_eq!(words(b",,,,,,,,", &text, per), short(text.as_bytes(), per, b'.'));
        }

        #[test]
        fn rounding_is_to_the_nearest(value in 0u64..1_000_000_000_000_000, places in 0u32..15, per in 1u32..700_000) {
            let power = 10u128.pow(places);
            let (whole, part) = (u128::from(value) / power, u128::from(value) % power);
            let text = if places == 0 { format!("{whole}") } else { format!("{whole}.{part:0width$}", width = places as usize) };
            let exact = u128::from(value) * u128::from(per);
            let expected = exact / power + u128::from(exact % power * 2 >= power);
            prop_assert_eq!(scaled(text.as_bytes(), per, b'.').map(|x| x as u128), i64::try_from(expected).ok().map(|x| x as u128));
        }

        #[test]
        fn nothing_panics(text in proptest::collection::vec(prop_oneof![b'0'..=b'9', Just(b'.'), Just(b'e'), Just(b'-')], 0..60)) {
            let _ = scaled(&text, 600_000, b'.');
            let _ = integer(&text, 9);
        }
    }
}
