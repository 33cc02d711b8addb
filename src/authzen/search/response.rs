//! The answer to a search.

use serde::{Serialize, Serializer};

use crate::authzen::search::token::PageToken;

/// The response to a search: entities of the requested type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchResponse<T> {
    /// Whether there are more results.
    pub page: PageResponse,
    /// The results.
    pub results: Vec<T>,
}

/// Whether there are more results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageResponse {
    /// The token of the next page. The empty text on the last page.
    #[serde(serialize_with = "or_empty")]
    pub next_token: Option<PageToken>,
    /// How many results there are on this page.
    pub count: usize,
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn or_empty<S: Serializer>(token: &Option<PageToken>, serializer: S) -> Result<S::Ok, S::Error> {
    match token {
        Some(token) => token.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}
