//! Responses: the decision on one question, and the decisions on a batch.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::Decision;
use crate::authzen::error::ItemError;
use crate::authzen::properties::Properties;

/// "Bad Request" in the section "Error Responses".
const BAD_REQUEST: u16 = 400;

/// A decision: the "Decision" of the information model. A deny by default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EvaluationResponse {
    /// Whether access is permitted.
    pub decision: bool,
    /// Further information about the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
}

impl EvaluationResponse {
    /// Returns a permit without a context.
    pub fn permit() -> Self {
        Self { decision: true, context: None }
    }

    /// Returns a deny without a context.
    pub fn deny() -> Self {
        Self::default()
    }

    /// Returns a deny of a question that could not be answered, with the `error` object of the
    /// section "Errors". `status` is an HTTP status.
    pub fn deny_with_error(status: u16, message: impl Into<String>) -> Self {
        let error = json!({ "status": status, "message": message.into() });
        Self {
            decision: false,
            context: Some(Properties::from_iter([("error".to_owned(), error)])),
        }
    }
}

/// An allow has no context. A deny has a context of two codes, such as `{"reason": "denied",
/// "rule": "D5"}`: the name of the [`Reason`](crate::Reason), and its rule. Neither contains
/// personal data.
impl From<Decision> for EvaluationResponse {
    fn from(decision: Decision) -> Self {
        let codes = decision.reason().map(|reason| {
            let codes = [("reason", json!(reason)), ("rule", json!(reason.rule()))];
            codes.map(|(key, code)| (key.to_owned(), code)).into_iter().collect()
        });
        Self { decision: decision.is_allow(), context: codes }
    }
}

/// A deny of an invalid item of a batch, with its error.
impl From<ItemError> for EvaluationResponse {
    fn from(error: ItemError) -> Self {
        Self::deny_with_error(BAD_REQUEST, error.to_string())
    }
}

/// The decisions on a batch, in its order: "The Access Evaluations API Response".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationsResponse {
    /// One decision per item; fewer if the [`Semantic`](crate::authzen::Semantic) stopped early.
    pub evaluations: Vec<EvaluationResponse>,
}

/// The response body to an [`EvaluationsRequest`](crate::authzen::EvaluationsRequest).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EvaluationsAnswer {
    /// The decision on a request without items.
    Single(EvaluationResponse),
    /// The decisions on the items.
    Batch(EvaluationsResponse),
}
