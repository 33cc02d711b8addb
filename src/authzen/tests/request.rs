//! Tests of single questions: parsing and writing.

use proptest::prelude::*;
use serde_json::json;

use crate::authzen::batch::EvaluationsRequest;
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::error::RequestError;
use crate::authzen::field::wrong_type;
use crate::authzen::json::JsonError;
use crate::authzen::options::Semantic;
use crate::authzen::request::EvaluationRequest;
use crate::authzen::response::EvaluationResponse;
use crate::authzen::tests::{
    ALICE, DOC, READ, alice_reads, batch, empty, evaluation, missing, part, reads,
};

#[test]
fn a_complete_request_is_read_in_full() {
    let body = r#"{
        "subject": {"type": "user", "id": "alice", "properties": {"dept": "sales"}},
        "action": {"name": "read", "properties": {"method": "GET"}},
        "resource": {"type": "doc", "id": "1", "properties": {"tags": [1, null]}},
        "context": {"time": "noon"}
    }"#;
    let request = evaluation(body).unwrap();
    assert_eq!((request.subject.kind(), request.subject.id()), ("user", "alice"));
    assert_eq!(request.subject.properties["dept"], "sales");
    assert_eq!(request.action.name(), "read");
    assert_eq!(request.action.properties["method"], "GET");
    assert_eq!((request.resource.kind(), request.resource.id()), ("doc", "1"));
    assert_eq!(request.resource.properties["tags"], json!([1, null]));
    assert_eq!(request.context.unwrap()["time"], "noon");
}

#[test]
fn unknown_fields_are_ignored_at_every_level() {
    let body = r#"{"x":1,"evaluations":7,
        "subject":{"type":"user","id":"alice","x":{}},
        "action":{"name":"read","x":[]},
        "resource":{"type":"doc","id":"1","x":null}}"#;
    assert_eq!(evaluation(body), Ok(alice_reads("1")));
    let body =
        format!(r#"{{{ALICE},{READ},"x":1,"options":{{"x":1}},"evaluations":[{{{DOC},"x":1}}]}}"#);
    assert_eq!(batch(&body), Ok(reads(Semantic::ExecuteAll, &["1"])));
}

#[test]
fn a_missing_required_field_is_named() {
    for (body, path) in [
        ("{}".to_owned(), "subject"),
        (format!("{{{ALICE},{DOC}}}"), "action"),
        (format!("{{{ALICE},{READ}}}"), "resource"),
        (format!(r#"{{"subject":{{"id":"a"}},{READ},{DOC}}}"#), "subject.type"),
        (format!(r#"{{"subject":{{"type":"a"}},{READ},{DOC}}}"#), "subject.id"),
        (format!(r#"{{{ALICE},"action":{{}},{DOC}}}"#), "action.name"),
        (format!(r#"{{{ALICE},{READ},"resource":{{"id":"a"}}}}"#), "resource.type"),
        (format!(r#"{{{ALICE},{READ},"resource":{{"type":"a"}}}}"#), "resource.id"),
    ] {
        assert_eq!(evaluation(&body), Err(missing(path)), "{body}");
        assert_eq!(batch(&body), Err(missing(path)), "{body}");
    }
}

#[test]
fn a_wrong_type_is_named_and_never_coerced() {
    let object = "an object";
    for (body, path, expected) in [
        ("[]", "request body", object),
        ("null", "request body", object),
        (r#"{"subject":"alice"}"#, "subject", object),
        (r#"{"subject":null}"#, "subject", object),
        (r#"{"subject":{"type":"user","id":7}}"#, "subject.id", "a string"),
        (r#"{"subject":{"type":null,"id":"7"}}"#, "subject.type", "a string"),
        (r#"{"subject":{"type":"a","id":"b","properties":[]}}"#, "subject.properties", object),
        (r#"{"action":{"name":123}}"#, "action.name", "a string"),
        (r#"{"action":{"name":"a","properties":null}}"#, "action.properties", object),
        (r#"{"resource":{"type":"a","id":true}}"#, "resource.id", "a string"),
        (r#"{"resource":{"type":"a","id":"b","properties":0}}"#, "resource.properties", object),
        (r#"{"context":null}"#, "context", object),
    ] {
        assert_eq!(evaluation(body), Err(wrong_type(path, expected)), "{body}");
        assert_eq!(batch(body), Err(wrong_type(path, expected)), "{body}");
    }
    let whole = format!("{ALICE},{READ},{DOC}");
    for (rest, path, expected) in [
        (r#""evaluations":null"#, "evaluations", "an array"),
        (r#""evaluations":{}"#, "evaluations", "an array"),
        (r#""options":[]"#, "options", object),
        (r#""options":{"evaluations_semantic":1}"#, "options.evaluations_semantic", "a string"),
        (r#""options":{"evaluations_semantic":null}"#, "options.evaluations_semantic", "a string"),
    ] {
        let body = format!("{{{whole},{rest}}}");
        assert_eq!(batch(&body), Err(wrong_type(path, expected)), "{body}");
    }
}

#[test]
fn an_empty_name_or_identifier_is_refused() {
    for (body, path) in [
        (r#"{"subject":{"type":"","id":"a"}}"#, "subject.type"),
        (r#"{"subject":{"type":"a","id":""}}"#, "subject.id"),
        (r#"{"action":{"name":""}}"#, "action.name"),
        (r#"{"resource":{"type":"","id":"a"}}"#, "resource.type"),
        (r#"{"resource":{"type":"a","id":""}}"#, "resource.id"),
    ] {
        assert_eq!(evaluation(body), Err(empty(path)), "{body}");
    }
    assert_eq!(Subject::new("", "a"), Err(empty("subject.type")));
    assert_eq!(Subject::new("a", ""), Err(empty("subject.id")));
    assert_eq!(Action::new(""), Err(empty("action.name")));
    assert_eq!(Resource::new("", "a"), Err(empty("resource.type")));
    assert_eq!(Resource::new("a", ""), Err(empty("resource.id")));
}

#[test]
fn a_duplicate_key_is_refused_even_where_the_field_is_ignored() {
    let ignored = r#""x":{"y":[{"k":1,"k":2}]}"#;
    let property = r#""subject":{"type":"user","id":"alice","properties":{"k":1,"k":2}}"#;
    let item = format!(r#""evaluations":[{{"x":{{"k":1,"k":2}},{DOC}}}]"#);
    for body in [
        format!("{{{ALICE},{READ},{DOC},{ignored}}}"),
        format!("{{{property},{READ},{DOC}}}"),
        format!("{{{ALICE},{READ},{item}}}"),
    ] {
        let error = RequestError::Json(JsonError::DuplicateKey { key: "k".into() });
        assert_eq!(evaluation(&body), Err(error.clone()), "{body}");
        assert_eq!(batch(&body), Err(error), "{body}");
    }
}

#[test]
fn a_body_over_one_mebibyte_is_refused() {
    let body = " ".repeat(1024 * 1024 + 1);
    let error = JsonError::TooLarge { bytes: 1_048_577, limit: 1_048_576 };
    assert_eq!(evaluation(&body), Err(error.clone().into()));
    assert_eq!(batch(&body), Err(error.into()));
}

#[test]
fn what_is_absent_is_not_written() {
    assert_eq!(
        json!(alice_reads("1")),
        json!({
            "subject": {"type": "user", "id": "alice"},
            "action": {"name": "read"},
            "resource": {"type": "doc", "id": "1"},
        })
    );
    assert_eq!(
        json!(reads(Semantic::DenyOnFirstDeny, &["1"])),
        json!({
            "subject": {"type": "user", "id": "alice"},
            "action": {"name": "read"},
            "evaluations": [{"resource": {"type": "doc", "id": "1"}}],
            "options": {"evaluations_semantic": "deny_on_first_deny"},
        })
    );
    assert_eq!(json!(EvaluationResponse::deny()), json!({"decision": false}));
}

#[test]
fn a_response_without_a_boolean_decision_is_not_a_response() {
    for body in ["{}", r#"{"decision":1}"#, r#"{"decision":null}"#, r#"{"decision":"true"}"#] {
        assert!(serde_json::from_str::<EvaluationResponse>(body).is_err(), "{body}");
    }
}

proptest! {
    #[test]
    fn no_body_makes_a_parser_panic(body in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = EvaluationRequest::parse(&body);
        let _ = EvaluationsRequest::parse(&body);
    }

    #[test]
    fn what_was_written_is_parsed_back(part in part()) {
        let written = serde_json::to_vec(&part).unwrap();
        match part.complete() {
            Ok(request) => {
                prop_assert_eq!(&serde_json::to_vec(&request).unwrap(), &written);
                prop_assert_eq!(EvaluationRequest::parse(&written), Ok(request));
            }
            Err(error) => prop_assert_eq!(EvaluationRequest::parse(&written), Err(error)),
        }
    }
}
