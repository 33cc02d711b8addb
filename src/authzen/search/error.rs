//! Why a page of a search cannot be given.

use crate::access::CursorError;

/// Why a page of a search cannot be given; nothing was searched. Over HTTP it is a "Bad Request" with this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The token was given out for another request: every entity and the limit stay the same from page to page.
    #[error(
        "`page.token` is of another search: send it with the request that it was given out for"
    )]
    OtherSearch,
    /// The organization has changed, or something in it started or ended, since the token was given out.
    #[error("`page.token` is out of date: {0}")]
    Cursor(#[from] CursorError),
}
