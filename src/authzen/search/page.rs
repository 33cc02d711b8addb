//! Pages of a search: "Pagination".

use std::num::NonZeroU16;

use serde::Serialize;
use serde_json::Value;

use crate::authzen::error::RequestError;
use crate::authzen::field::{object_at, wrong_type};
use crate::authzen::properties::Properties;
use crate::authzen::search::token::PageToken;

/// Which page of the results is requested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageRequest {
    /// The `next_token` of the previous page. `None` for the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<PageToken>,
    /// The most results of a page, at most [`Page::MOST`](crate::access::Page::MOST). The default
    /// is [`PageRequest::LIMIT`] for the first page, and the limit of the first page for the
    /// others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<NonZeroU16>,
}

impl PageRequest {
    /// The most results of a page if the request names no limit: 1,000.
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
