//! Validated text: every name, key and label is checked once when it is created, and kept byte for
//! byte.
//!
//! Nothing is normalised, trimmed or case-folded: two texts are equal only if their bytes are. Text
//! that cannot be shown safely (control characters, directional overrides) is refused, not cleaned.

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The text has no bytes.
    #[error("a {what} is empty; give it at least one character")]
    Empty {
        /// The kind of text: "name", "label".
        what: &'static str,
    },
    /// The text has more bytes than its kind allows.
    #[error("a {what} has {bytes} bytes; at most {limit} are allowed")]
    TooLong {
        /// The kind of text: "name", "label".
        what: &'static str,
        /// Its length in bytes of UTF-8.
        bytes: usize,
        /// The most bytes allowed.
        limit: usize,
    },
    /// The text holds a control character or a directional override.
    #[error("a {what} holds the control character U+{code:04X} at byte {at}; remove it")]
    ControlCharacter {
        /// The kind of text: "name", "label".
        what: &'static str,
        /// The character's code point.
        code: u32,
        /// Its position, in bytes from the start.
        at: usize,
    },
}

/// Refuses a text that is empty, too long or unsafe to show.
pub(crate) fn check(what: &'static str, text: &str, limit: usize) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty { what });
    }
    if text.len() > limit {
        return Err(TextError::TooLong { what, bytes: text.len(), limit });
    }
    match text.char_indices().find(|(_, character)| hides_or_reorders(*character)) {
        Some((at, character)) => {
            Err(TextError::ControlCharacter { what, code: u32::from(character), at })
        }
        None => Ok(()),
    }
}

/// Parses lower-case hexadecimal digits, two for each byte; `None` for anything else.
pub(crate) fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |character: &u8| match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

/// Control characters, and the directional formatting characters of Unicode Standard Annex 9, which
/// can make one name look like another.
fn hides_or_reorders(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Declares a validated text type.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $limit:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The most bytes allowed.
            pub const LIMIT: usize = $limit;

            /// Checks the text and keeps it unchanged.
            ///
            /// # Errors
            ///
            /// [`TextError`](crate::text::TextError) if the text is empty, longer than
            /// [`LIMIT`](Self::LIMIT) bytes, or holds a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, $crate::text::TextError> {
                let text = text.as_ref();
                $crate::text::check($what, text, $limit)?;
                Ok(Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::text::TextError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::text::TextError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }
    };
}
pub(crate) use text;

text! {
    /// A readable name: of an organization, a workspace, a team, a custom role.
    Name, "name", 200
}

text! {
    /// A label on a sub-account, a team or a scope: `"vip"`, `"after-sales"`.
    Label, "label", 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_byte_for_byte() {
        let name = Name::new(" Änderung é ").unwrap();
        assert_eq!(name.as_str(), " Änderung é ");
        assert_ne!(Name::new("\u{e9}").unwrap(), Name::new("e\u{301}").unwrap());
    }

    #[test]
    fn what_cannot_be_shown_safely_is_refused() {
        assert_eq!(Name::new(""), Err(TextError::Empty { what: "name" }));
        assert_eq!(
            Label::new("x".repeat(65)),
            Err(TextError::TooLong { what: "label", bytes: 65, limit: 64 })
        );
        assert!(Label::new("x".repeat(64)).is_ok());
        for bad in ["a\nb", "a\0", "\u{7f}", "\u{85}", "x\u{202e}y", "\u{2066}"] {
            assert!(matches!(Name::new(bad), Err(TextError::ControlCharacter { .. })), "{bad:?}");
        }
    }
}
