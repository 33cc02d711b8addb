//! The answer to a search.

use serde::{Serialize, Serializer};

use crate::authzen::search::token::PageToken;

/// The answer to a search: entities of the type that was searched for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchResponse<T> {
    /// Whether there is more.
    pub page: PageResponse,
    /// What was found.
    pub results: Vec<T>,
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

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn or_empty<S: Serializer>(token: &Option<PageToken>, serializer: S) -> Result<S::Ok, S::Error> {
    match token {
        Some(token) => token.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}
