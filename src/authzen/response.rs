//! Responses: the decision on one question, and the decisions on a batch.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::Decision;
use crate::authzen::error::ItemError;
use crate::authzen::properties::Properties;

/// "Bad Request" in the section "Error Responses".
const BAD_REQUEST: u16 = 400;

/// One answer: the "Decision" of the information model. The default is a deny.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EvaluationResponse {
    /// Whether access is permitted.
    pub decision: bool,
    /// What the caller may want to know about the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
}

impl EvaluationResponse {
    /// Permits, without a context.
    pub fn permit() -> Self {
        Self { decision: true, context: None }
    }

    /// Denies, without a context.
    pub fn deny() -> Self {
        Self::default()
    }

    /// Denies because the question could not be answered, with the `error` object that the section "Errors" shows;
    /// `status` is an HTTP status.
    pub fn deny_with_error(status: u16, message: impl Into<String>) -> Self {
        let error = json!({ "status": status, "message": message.into() });
        Self {
            decision: false,
            context: Some(Properties::from_iter([("error".to_owned(), error)])),
        }
    }
}

/// An allow says nothing more. A deny has a context of two codes, as in `{"reason": "denied", "rule": "D5"}`: the name of
/// the [`Reason`](crate::Reason) and the rule that it comes from. Neither holds personal data.
impl From<Decision> for EvaluationResponse {
    fn from(decision: Decision) -> Self {
        let codes = decision.reason().map(|reason| {
            let codes = [("reason", json!(reason)), ("rule", json!(reason.rule()))];
            codes.map(|(key, code)| (key.to_owned(), code)).into_iter().collect()
        });
        Self { decision: decision.is_allow(), context: codes }
    }
}

/// Denies an item of a batch that is not a question, and says what is wrong with it.
impl From<ItemError> for EvaluationResponse {
    fn from(error: ItemError) -> Self {
        Self::deny_with_error(BAD_REQUEST, error.to_string())
    }
}

/// The answers to a batch, in its order: "The Access Evaluations API Response".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationsResponse {
    /// One answer for each item, fewer if the [`Semantic`](crate::authzen::Semantic) stopped early.
    pub evaluations: Vec<EvaluationResponse>,
}

/// The body that answers an [`EvaluationsRequest`](crate::authzen::EvaluationsRequest).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EvaluationsAnswer {
    /// The bare decision on a request without items.
    Single(EvaluationResponse),
    /// The decisions on the items.
    Batch(EvaluationsResponse),
}
