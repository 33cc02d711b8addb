//! The OpenID AuthZEN Authorization API 1.0: a standard's requests, answered by the same decision as every other check.

mod json;
mod wire;

pub use json::JsonError;
pub use wire::{
    Action, Evaluation, EvaluationRequest, EvaluationResponse, EvaluationsAnswer,
    EvaluationsRequest, EvaluationsResponse, ItemError, MAX_EVALUATIONS, Options, Properties,
    RequestError, Resource, Semantic, Subject,
};
