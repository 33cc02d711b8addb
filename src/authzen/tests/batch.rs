//! Tests of batches: parsing, completing and answering.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::json;

use crate::authzen::batch::{EvaluationsRequest, MAX_EVALUATIONS};
use crate::authzen::error::RequestError;
use crate::authzen::options::{Options, Semantic};
use crate::authzen::properties::Properties;
use crate::authzen::request::{Evaluation, EvaluationRequest};
use crate::authzen::response::{EvaluationResponse, EvaluationsAnswer};
use crate::authzen::tests::{
    ALICE, DOC, READ, alice_reads, batch, errors, missing, part, permit_p, reads, semantic,
};

#[test]
fn without_items_the_request_is_single_and_answered_bare() {
    for evaluations in ["", r#","evaluations":[]"#] {
        let body = format!("{{{ALICE},{READ},{DOC}{evaluations}}}");
        let request = batch(&body).unwrap();
        assert!(request.is_single());
        let questions: Vec<_> = request.requests().collect();
        assert_eq!(questions, [Ok(alice_reads("1"))]);
        let answer = request.evaluate_with(|_| EvaluationResponse::permit());
        assert_eq!(json!(answer), json!({"decision": true}));
    }
    assert_eq!(batch(r#"{"evaluations":[]}"#), Err(missing("subject")));
}

#[test]
fn a_single_request_built_incomplete_is_a_deny() {
    let request = EvaluationsRequest::new(Vec::new()).unwrap();
    let answer = request.evaluate_with(|_| panic!("nothing to decide"));
    assert_eq!(json!(answer)["decision"], false);
    assert_eq!(errors(&request)[0].0, 0);
}

#[test]
fn a_key_of_an_item_replaces_the_whole_default() {
    let body = format!(
        r#"{{"subject":{{"type":"user","id":"alice","properties":{{"a":1}}}},
            {READ},{DOC},"context":{{"a":1}},
            "evaluations":[{{}},
                {{{ALICE},"action":{{"name":"write"}},"context":{{"b":2}}}},
                {{"resource":{{"type":"doc","id":"2"}},"context":{{}}}}]}}"#
    );
    let request = batch(&body).unwrap();
    let merged: Vec<_> = request.requests().map(|r| json!(r.unwrap())).collect();
    let alice = json!({"type": "user", "id": "alice", "properties": {"a": 1}});
    let doc = json!({"type": "doc", "id": "1"});
    assert_eq!(
        json!(merged),
        json!([
            {"subject": alice, "action": {"name": "read"}, "resource": doc, "context": {"a": 1}},
            {"subject": {"type": "user", "id": "alice"}, "action": {"name": "write"},
             "resource": doc, "context": {"b": 2}},
            {"subject": alice, "action": {"name": "read"},
             "resource": {"type": "doc", "id": "2"}, "context": {}},
        ])
    );
}

#[test]
fn a_fault_inside_an_item_is_reported_for_that_item_alone() {
    let body = format!(
        r#"{{{ALICE},{READ},"evaluations":[
            {{{DOC}}},
            {{}},
            {{"resource":{{"id":"p"}}}},
            {{"resource":{{"type":"doc","id":7}}}},
            {{"resource":{{"type":"doc","id":""}}}},
            {{{DOC},"subject":null}},
            7]}}"#
    );
    let request = batch(&body).unwrap();
    let expected = [
        (1, "`evaluations[1].resource` is missing: add it to the request"),
        (2, "`evaluations[2].resource.type` is missing: add it to the request"),
        (3, "`evaluations[3].resource.id` has the wrong type: send a string"),
        (4, "`evaluations[4].resource.id` is empty: send a non-empty string"),
        (5, "`evaluations[5].subject` has the wrong type: send an object"),
        (6, "`evaluations[6]` has the wrong type: send an object"),
    ];
    assert_eq!(errors(&request), expected.map(|(i, e)| (i, e.to_owned())));
}

#[test]
fn an_item_with_a_fault_is_denied_with_an_error_and_never_decided() {
    let body = format!(r#"{{{ALICE},{READ},"evaluations":[{{{DOC}}},{{}}]}}"#);
    let mut asked = 0;
    let answer = batch(&body).unwrap().evaluate_with(|_| {
        asked += 1;
        EvaluationResponse::permit()
    });
    let message = "`evaluations[1].resource` is missing: add it to the request";
    let error = json!({"error": {"status": 400, "message": message}});
    assert_eq!(
        json!(answer),
        json!({"evaluations": [{"decision": true}, {"decision": false, "context": error}]})
    );
    assert_eq!(asked, 1);
}

#[test]
fn each_semantic_stops_where_it_says() {
    use Semantic::{DenyOnFirstDeny, ExecuteAll, PermitOnFirstPermit};
    for (semantic, ids, decisions) in [
        (ExecuteAll, ["p", "d", "p"], vec![true, false, true]),
        (DenyOnFirstDeny, ["p", "d", "p"], vec![true, false]),
        (DenyOnFirstDeny, ["p", "p", "p"], vec![true, true, true]),
        (PermitOnFirstPermit, ["d", "p", "d"], vec![false, true]),
        (PermitOnFirstPermit, ["d", "d", "d"], vec![false, false, false]),
    ] {
        let mut asked = 0;
        let answer = reads(semantic, &ids).evaluate_with(|request| {
            asked += 1;
            permit_p(request)
        });
        let EvaluationsAnswer::Batch(response) = answer else { panic!("not a batch") };
        let got: Vec<_> = response.evaluations.iter().map(|r| r.decision).collect();
        assert_eq!(got, decisions, "{semantic:?} {ids:?}");
        assert_eq!(asked, decisions.len(), "nothing is decided after the stop");
    }
}

#[test]
fn an_item_with_a_fault_counts_as_a_deny_for_the_semantic() {
    for (semantic, answers) in [("deny_on_first_deny", 1), ("permit_on_first_permit", 2)] {
        let body = format!(
            r#"{{{ALICE},{READ},"options":{{"evaluations_semantic":"{semantic}"}},
                "evaluations":[{{}},{{{DOC}}},{{{DOC}}}]}}"#
        );
        let answer = batch(&body).unwrap().evaluate_with(|_| EvaluationResponse::permit());
        assert_eq!(json!(answer)["evaluations"].as_array().unwrap().len(), answers);
    }
}

#[test]
fn an_unknown_semantic_is_refused_and_an_absent_one_executes_all() {
    let with = |options: &str| batch(&format!("{{{ALICE},{READ},{DOC}{options}}}"));
    for value in ["", "EXECUTE_ALL", "execute_all ", "first"] {
        let error = RequestError::UnknownSemantic { value: value.to_owned() };
        let options = format!(r#","options":{{"evaluations_semantic":"{value}"}}"#);
        assert_eq!(with(&options), Err(error));
    }
    for options in ["", r#","options":{}"#, r#","options":{"evaluations_semantic":"execute_all"}"#]
    {
        assert_eq!(with(options).unwrap().options().semantic, Semantic::ExecuteAll);
    }
}

#[test]
fn the_number_of_items_is_bounded() {
    let body = |count| format!(r#"{{"evaluations":[{}]}}"#, vec!["{}"; count].join(","));
    assert!(batch(&body(MAX_EVALUATIONS)).is_ok());
    let error = RequestError::TooManyEvaluations { count: 1001, limit: 1000 };
    assert_eq!(batch(&body(1001)), Err(error.clone()));
    assert_eq!(EvaluationsRequest::new(vec![Evaluation::default(); 1001]), Err(error));
}

#[test]
fn a_large_default_is_shared_and_not_copied_for_each_item() {
    let request = reads(Semantic::ExecuteAll, &["1", "2"]);
    let defaults = Evaluation { context: Some(Properties::new()), ..request.defaults().clone() };
    let request = request.with_defaults(defaults);
    let context = request.defaults().context.as_ref().unwrap();
    for question in request.requests() {
        let Some(Cow::Borrowed(shared)) = question.unwrap().context else { panic!("copied") };
        assert!(std::ptr::eq(shared, context));
    }
}

#[test]
fn an_item_that_was_not_understood_is_never_written() {
    let body = format!(r#"{{{ALICE},{READ},{DOC},"evaluations":[{{"subject":7}}]}}"#);
    let error = serde_json::to_string(&batch(&body).unwrap()).unwrap_err();
    assert!(error.to_string().contains("`evaluations[0].subject`"), "{error}");
}

proptest! {
    #[test]
    fn a_batch_that_was_written_is_parsed_back(
        items in prop::collection::vec(part(), 1..4), defaults in part(), semantic in semantic(),
    ) {
        let request = EvaluationsRequest::new(items)
            .unwrap()
            .with_defaults(defaults)
            .with_options(Options { semantic });
        let written = serde_json::to_vec(&request).unwrap();
        prop_assert_eq!(EvaluationsRequest::parse(&written), Ok(request));
    }

    #[test]
    fn a_batch_answers_as_many_items_as_its_semantic_reaches(
        items in prop::collection::vec(part(), 1..6), defaults in part(), semantic in semantic(),
    ) {
        let request = EvaluationsRequest::new(items)
            .unwrap()
            .with_defaults(defaults)
            .with_options(Options { semantic });
        let decide = |r: &EvaluationRequest<'_>| EvaluationResponse {
            decision: r.resource.id() < "h",
            context: None,
        };
        let all: Vec<bool> = request.requests().map(|r| r.is_ok_and(|r| decide(&r).decision)).collect();
        let stop = match semantic {
            Semantic::ExecuteAll => None,
            Semantic::DenyOnFirstDeny => all.iter().position(|permit| !permit),
            Semantic::PermitOnFirstPermit => all.iter().position(|permit| *permit),
        };
        let expected = &all[..stop.map_or(all.len(), |at| at + 1)];
        let EvaluationsAnswer::Batch(response) = request.evaluate_with(decide) else { panic!("not a batch") };
        let got: Vec<bool> = response.evaluations.iter().map(|r| r.decision).collect();
        prop_assert_eq!(got, expected);
    }
}
