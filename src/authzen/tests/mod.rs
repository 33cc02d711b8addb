//! Shared by the tests of requests and batches.

mod batch;
mod request;

use proptest::prelude::*;
use serde_json::Value;

use crate::authzen::batch::EvaluationsRequest;
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::error::{ItemError, RequestError};
use crate::authzen::options::{Options, Semantic};
use crate::authzen::properties::Properties;
use crate::authzen::request::{Evaluation, EvaluationRequest};
use crate::authzen::response::EvaluationResponse;

const ALICE: &str = r#""subject":{"type":"user","id":"alice"}"#;
const READ: &str = r#""action":{"name":"read"}"#;
const DOC: &str = r#""resource":{"type":"doc","id":"1"}"#;

fn evaluation(body: &str) -> Result<EvaluationRequest<'static>, RequestError> {
    EvaluationRequest::parse(body.as_bytes())
}

fn batch(body: &str) -> Result<EvaluationsRequest, RequestError> {
    EvaluationsRequest::parse(body.as_bytes())
}

fn alice_reads(id: &str) -> EvaluationRequest<'static> {
    EvaluationRequest::new(
        Subject::new("user", "alice").unwrap(),
        Action::new("read").unwrap(),
        Resource::new("doc", id).unwrap(),
    )
}

/// A batch in which alice reads each of these documents.
fn reads(semantic: Semantic, ids: &[&str]) -> EvaluationsRequest {
    let item = |id: &&str| Evaluation {
        resource: Some(Resource::new("doc", *id).unwrap()),
        ..Evaluation::default()
    };
    let defaults = Evaluation {
        subject: Some(Subject::new("user", "alice").unwrap()),
        action: Some(Action::new("read").unwrap()),
        ..Evaluation::default()
    };
    EvaluationsRequest::new(ids.iter().map(item).collect())
        .unwrap()
        .with_defaults(defaults)
        .with_options(Options { semantic })
}

/// Permits actions on resources whose id starts with `p`.
fn permit_p(request: &EvaluationRequest<'_>) -> EvaluationResponse {
    EvaluationResponse { decision: request.resource.id().starts_with('p'), context: None }
}

fn errors(request: &EvaluationsRequest) -> Vec<(usize, String)> {
    let error = |e: ItemError| (e.index, e.to_string());
    request.requests().filter_map(|r| r.err().map(error)).collect()
}

fn missing(path: &str) -> RequestError {
    RequestError::MissingField { path: path.to_owned() }
}

fn empty(path: &str) -> RequestError {
    RequestError::EmptyField { path: path.to_owned() }
}

fn properties() -> impl Strategy<Value = Properties> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        prop::collection::vec(any::<bool>().prop_map(Value::from), 0..3).prop_map(Value::from),
    ];
    prop::collection::btree_map(any::<String>(), value, 0..3)
        .prop_map(|map| map.into_iter().collect())
}

fn part() -> impl Strategy<Value = Evaluation> {
    let named = || (".{1,8}", ".{1,8}", properties());
    let subject =
        named().prop_map(|(kind, id, its)| Subject::new(kind, id).unwrap().with_properties(its));
    let action = (".{1,8}", properties())
        .prop_map(|(name, its)| Action::new(name).unwrap().with_properties(its));
    let resource =
        named().prop_map(|(kind, id, its)| Resource::new(kind, id).unwrap().with_properties(its));
    (
        prop::option::of(subject),
        prop::option::of(action),
        prop::option::of(resource),
        prop::option::of(properties()),
    )
        .prop_map(|(subject, action, resource, context)| Evaluation {
            subject,
            action,
            resource,
            context,
        })
}

fn semantic() -> impl Strategy<Value = Semantic> {
    use Semantic::{DenyOnFirstDeny, ExecuteAll, PermitOnFirstPermit};
    prop::sample::select(vec![ExecuteAll, DenyOnFirstDeny, PermitOnFirstPermit])
}
