//! Why a request, or one item of it, was refused.

use crate::authzen::json::JsonError;

/// Why a request was refused; nothing in it was evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The body is not one unambiguous JSON document within bounds.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A required field is absent.
    #[error("`{path}` is missing: add it to the request")]
    MissingField {
        /// Where the field should be.
        path: String,
    },
    /// A field has another type than the specified one.
    #[error("`{path}` has the wrong type: send {expected}")]
    WrongType {
        /// Where the field is.
        path: String,
        /// The specified type, with its article.
        expected: &'static str,
    },
    /// A field that names something is the empty string. The specification does not rule it out, but an empty name
    /// matches nothing on purpose.
    #[error("`{path}` is empty: send a non-empty string")]
    EmptyField {
        /// Where the field is.
        path: String,
    },
    /// The page's token is none that was given out.
    #[error("`page.token` is not a token: send the `next_token` of the page before, or none")]
    PageToken,
    /// There are more items than are answered at once.
    #[error("the request has {count} evaluations, more than {limit}: split it")]
    TooManyEvaluations {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The options ask for a semantic that does not exist.
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
    /// The same fault, found in an item of a batch.
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

/// Why one item of a batch is not a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct ItemError {
    /// The place of the item in the batch, from 0.
    pub index: usize,
    /// What is wrong with it; the path starts at the top of the request.
    pub error: RequestError,
}
