//! Why a page of a search was refused.

use crate::access::CursorError;

/// Why a page of a search was refused. Nothing was searched. Over HTTP, answer "Bad Request" with
/// this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The token belongs to another request. All entities and the limit must stay the same from
    /// page to page.
    #[error(
        "`page.token` belongs to another search: send it with the request that it was issued for"
    )]
    OtherSearch,
    /// Since the token was issued, the organization has changed, or something in it started or
    /// ended.
    #[error("`page.token` is out of date: {0}")]
    Cursor(#[from] CursorError),
}
