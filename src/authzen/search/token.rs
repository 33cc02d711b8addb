//! Page tokens: where the next page of a search starts.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::access::Cursor;
use crate::authzen::error::RequestError;
use crate::text::hex;

/// The end of a page of a search. Displays as 164 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageToken {
    pub(super) limit: NonZeroU16,
    /// A hash of the request without its page.
    pub(super) search: u64,
    pub(super) cursor: Cursor,
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}{:016x}{}", self.limit, self.search, self.cursor)
    }
}

impl FromStr for PageToken {
    type Err = RequestError;

    /// Parses exactly the text that [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, RequestError> {
        let read = || {
            let (head, cursor) = text.split_at_checked(20)?;
            let bytes: [u8; 10] = hex(head)?;
            let (limit, search) = bytes.split_first_chunk()?;
            Some(Self {
                limit: NonZeroU16::new(u16::from_be_bytes(*limit))?,
                search: u64::from_be_bytes(search.try_into().ok()?),
                cursor: cursor.parse().ok()?,
            })
        };
        read().ok_or(RequestError::PageToken)
    }
}

impl Serialize for PageToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
