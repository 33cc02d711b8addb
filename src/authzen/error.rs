//! Why a request, or one item of it, was refused.

use crate::authzen::json::JsonError;

/// Why a request was refused. Nothing in it was evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The body is not one unambiguous JSON document within bounds.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A required field is absent.
    #[error("`{path}` is missing: add it to the request")]
    MissingField {
        /// The path of the field.
        path: String,
    },
    /// A field has another type than specified.
    #[error("`{path}` has the wrong type: send {expected}")]
    WrongType {
        /// The path of the field.
        path: String,
        /// The specified type, with its article.
        expected: &'static str,
    },
    /// A name or an identifier is the empty string. The specification allows it, but it could match
    /// nothing.
    #[error("`{path}` is empty: send a non-empty string")]
    EmptyField {
        /// The path of the field.
        path: String,
    },
    /// The token of the page is not one that was issued.
    #[error("`page.token` is not a token: send the `next_token` of the previous page, or none")]
    PageToken,
    /// There are more items than are allowed.
    #[error("the request has {count} evaluations, more than {limit}: split it")]
    TooManyEvaluations {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The options name an unknown semantic.
    #[error(
        "the evaluations semantic `{value}` is unknown: send `execute_all`, \
         `deny_on_first_deny` or `permit_on_first_permit`"
    )]
    UnknownSemantic {
        /// What was sent, shortened for display.
        value: String,
    },
}

impl RequestError {
    /// Returns the error with a path inside an item of a batch.
    pub(super) fn in_item(mut self, index: usize) -> Self {
        if let Self::MissingField { path }
        | Self::WrongType { path, .. }
        | Self::EmptyField { path } = &mut self
        {
            *path = format!("evaluations[{index}].{path}");
        }
        self
    }
}

/// Why an item of a batch is not a valid question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct ItemError {
    /// The index of the item in the batch, from 0.
    pub index: usize,
    /// The error. Its path starts at the top of the request.
    pub error: RequestError,
}
