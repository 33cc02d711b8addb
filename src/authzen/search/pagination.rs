//! Pagination: divides the results of a search into pages.

use std::fmt;
use std::num::NonZeroU16;

use crate::access::{Cursor, Item, Listing, Page};
use crate::authzen::search::error::SearchError;
use crate::authzen::search::page::PageRequest;
use crate::authzen::search::response::{PageResponse, SearchResponse};
use crate::authzen::search::token::PageToken;
use crate::model::record::Digest;
use crate::permission::Permissions;

/// How the results of one request are divided into pages.
pub(super) struct Pagination {
    limit: NonZeroU16,
    search: u64,
    cursor: Option<Cursor>,
}

impl Pagination {
    /// Returns the position of the requested page.
    ///
    /// # Errors
    ///
    /// [`SearchError::OtherSearch`] if the token belongs to another request.
    pub(super) fn new(search: &impl fmt::Debug, page: &PageRequest) -> Result<Self, SearchError> {
        // Requests with different `Debug` texts are different searches. The page is no part of it.
        let digest = Digest::of([format!("{search:?}").as_bytes()]);
        let search = u64::from_be_bytes(digest.leading());
        match page.token {
            None => {
                let limit = page.limit.or(NonZeroU16::new(PageRequest::LIMIT));
                Ok(Self { limit: limit.unwrap_or(NonZeroU16::MIN), search, cursor: None })
            }
            Some(token)
                if token.search == search
                    && page.limit.is_none_or(|limit| limit == token.limit) =>
            {
                Ok(Self { limit: token.limit, search, cursor: Some(token.cursor) })
            }
            Some(_) => Err(SearchError::OtherSearch),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.limit.get().into()
    }

    pub(super) const fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// The requested page of a listing.
    pub(super) fn of<P: Permissions, T: Item>(
        &self,
        listing: Listing<'_, P, T>,
    ) -> Result<Page<T>, SearchError> {
        Ok(listing.page(self.size(), self.cursor())?)
    }

    /// The page as a response. Results without a name are left out.
    #[expect(clippy::unnecessary_wraps, reason = "the last word of every search")]
    pub(super) fn answer<T, R>(
        &self,
        page: Page<T>,
        name: impl Fn(T) -> Option<R>,
    ) -> Result<SearchResponse<R>, SearchError> {
        let results: Vec<R> = page.items.into_iter().filter_map(name).collect();
        let Self { limit, search, .. } = *self;
        let next_token = page.next.map(|cursor| PageToken { limit, search, cursor });
        Ok(SearchResponse { page: PageResponse { next_token, count: results.len() }, results })
    }
}
