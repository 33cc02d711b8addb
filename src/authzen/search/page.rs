//! Pages of a search: "Pagination".

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::access::{Cursor, Item, Listing, Page};
use crate::authzen::field::{object_at, wrong_type};
use crate::authzen::search::{SearchError, SearchResponse};
use crate::authzen::{Properties, RequestError};
use crate::model::record::Digest;
use crate::permission::Permissions;
use crate::text::hex;

/// Which part of the results is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageRequest {
    /// The `next_token` of the page before; none for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<PageToken>,
    /// The most results of a page. Without it the first page has at most [`PageRequest::LIMIT`], and a further one as many
    /// as the first; never more than [`Page::MOST`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<NonZeroU16>,
}

/// Whether there is more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageResponse {
    /// What the next page is asked for with; the empty text at the end.
    #[serde(serialize_with = "or_empty")]
    pub next_token: Option<PageToken>,
    /// How many results there are on this page.
    pub count: usize,
}

/// Where a page ended, and of which search it was. As text it has 164 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageToken {
    limit: NonZeroU16,
    /// Of the request, page aside.
    search: u64,
    cursor: Cursor,
}

impl PageRequest {
    /// How many results a page has at most if the request names no limit: 1,000.
    pub const LIMIT: u16 = 1_000;

    pub(super) fn take(object: &mut Properties) -> Result<Self, RequestError> {
        let Some(mut page) = object_at(object, "page")? else { return Ok(Self::default()) };
        let token = match page.remove("token") {
            None => None,
            Some(Value::String(text)) => Some(text.parse()?),
            Some(_) => return Err(wrong_type("page.token", "a string")),
        };
        let limit = page.remove("limit").map(|limit| {
            let limit = limit
                .as_u64()
                .and_then(|limit| NonZeroU16::new(u16::try_from(limit).unwrap_or(u16::MAX)));
            limit.ok_or_else(|| wrong_type("page.limit", "a whole number from 1"))
        });
        Ok(Self { token, limit: limit.transpose()? })
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}{:016x}{}", self.limit, self.search, self.cursor)
    }
}

impl FromStr for PageToken {
    type Err = RequestError;

    /// Reads exactly what [`fmt::Display`] prints.
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

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn or_empty<S: Serializer>(token: &Option<PageToken>, serializer: S) -> Result<S::Ok, S::Error> {
    match token {
        Some(token) => token.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}

/// How the results of one request are cut into pages.
pub(super) struct Cut {
    limit: NonZeroU16,
    search: u64,
    cursor: Option<Cursor>,
}

impl Cut {
    /// # Errors
    ///
    /// [`SearchError::OtherSearch`] if the token is not of this request.
    pub(super) fn new(search: &impl fmt::Debug, page: &PageRequest) -> Result<Self, SearchError> {
        // What is told apart in `Debug` is told apart here; the page is no part of it.
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

    /// The page of a listing that was asked for.
    pub(super) fn of<P: Permissions, T: Item>(
        &self,
        listing: Listing<'_, P, T>,
    ) -> Result<Page<T>, SearchError> {
        Ok(listing.page(self.size(), self.cursor())?)
    }

    /// A page as the answer: what has no name is left out.
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
