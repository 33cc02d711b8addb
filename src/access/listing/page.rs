//! [`Page`]: a part of a listing.

use serde::Serialize;

use crate::access::listing::cursor::Cursor;

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the order of ids. They may be fewer than the page size, or none, before the
    /// end of the listing.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` at the end of the listing.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The most items of one page: 10,000.
    pub const MOST: usize = 10_000;

    /// The most candidates that are checked for one page: 65,536.
    pub const JUDGED: usize = 1 << 16;

    /// The last page.
    pub(crate) const fn end(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
