//! DER, as far as certificates and timestamp tokens need it.

/// A tag, the length in its shortest form, and the content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        length @ 0..128 => bytes.push(length as u8),
        length @ 128..256 => bytes.extend([0x81, length as u8]),
        length => {
            bytes.push(0x82);
            bytes.extend(
                u16::try_from(length)
                    .expect("forgeries are short")
                    .to_be_bytes(),
            );
        }
    }
    bytes.extend(content);
    bytes
}

pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// SET OF, in its one order.
pub fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x31, &sorted(parts))
}

/// The content of a SET OF, for where another tag stands before it.
pub fn sorted(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = parts.to_vec();
    parts.sort();
    parts.concat()
}

/// A non-negative INTEGER, from its big-endian bytes.
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let significant = bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(bytes.len() - 1);
    let mut content = bytes[significant..].to_vec();
    if content[0] >= 0x80 {
        content.insert(0, 0);
    }
    tlv(2, &content)
}

pub fn int(number: u64) -> Vec<u8> {
    unsigned(&number.to_be_bytes())
}

/// An OBJECT IDENTIFIER, from its numbers with dots.
pub fn oid(dotted: &str) -> Vec<u8> {
    let numbers: Vec<u32> = dotted
        .split('.')
        .map(|number| number.parse().unwrap())
        .collect();
    let mut content = vec![(numbers[0] * 40 + numbers[1]) as u8];
    for number in &numbers[2..] {
        let groups = (0..5)
            .rev()
            .map(|group| (number >> (7 * group) & 0x7f) as u8);
        let groups: Vec<u8> = groups.skip_while(|group| *group == 0).collect();
        let last = groups.len().max(1) - 1;
        content.extend(
            (0..=last)
                .map(|n| groups.get(n).copied().unwrap_or(0) | if n < last { 0x80 } else { 0 }),
        );
    }
    tlv(6, &content)
}

pub fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(4, bytes)
}

pub fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes].concat())
}

/// `[n]` around what has a tag of its own.
pub fn explicit(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

/// GeneralizedTime, from `YYYYMMDDhhmmssZ`.
pub fn time(text: &str) -> Vec<u8> {
    tlv(0x18, text.as_bytes())
}

/// The Time of a certificate: UTCTime up to 2049 (RFC 5280).
pub fn cert_time(text: &str) -> Vec<u8> {
    if text < "2050" {
        tlv(0x17, &text.as_bytes()[2..])
    } else {
        time(text)
    }
}
