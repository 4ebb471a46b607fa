//! Text of six-bit characters.

/// At most `N` characters as transmitted. All are ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<const N: usize> {
    characters: [u8; N],
    len: u8,
}

impl<const N: usize> Text<N> {
    /// From characters; what is not ASCII, or more than `N`, is left out.
    pub(crate) fn new(characters: impl IntoIterator<Item = u8>) -> Self {
        let mut text = Self {
            characters: [b'@'; N],
            len: 0,
        };
        for (to, from) in text
            .characters
            .iter_mut()
            .zip(characters.into_iter().filter(u8::is_ascii))
        {
            *to = from;
            text.len = text.len.saturating_add(1);
        }
        text
    }

    /// Up to the first `@`, which ends a text, and without spaces at the end.
    pub fn as_str(&self) -> &str {
        let all = self.all();
        let end = all.find('@').unwrap_or(all.len());
        all.get(..end).unwrap_or(all).trim_end_matches(' ')
    }

    /// All characters, but for padding (`@` and spaces) at the end. Some senders leave what was there before
    /// behind an `@`.
    pub fn all(&self) -> &str {
        let all = self.characters.get(..usize::from(self.len));
        std::str::from_utf8(all.unwrap_or_default())
            .unwrap_or_default()
            .trim_end_matches(['@', ' '])
    }

    /// [`Self::as_str`]; `None` if empty.
    pub fn some(&self) -> Option<&str> {
        Some(self.as_str()).filter(|text| !text.is_empty())
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new([])
    }
}

impl<const N: usize> std::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.all())
    }
}

impl<const N: usize> std::fmt::Display for Text<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
