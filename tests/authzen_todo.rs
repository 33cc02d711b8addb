//! The example that answers the questions of the OpenID AuthZEN working group: its answers, and that it can fail.
#![cfg(feature = "authzen")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../examples/authzen_todo/scenario.rs"]
mod scenario;
#[path = "../examples/authzen_todo/service.rs"]
mod service;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use serde_json::{Value, json};

use crate::scenario::{Case, Question, Report, facts, read, run};
use crate::service::Todo;

fn cases() -> Vec<Case> {
    facts().unwrap().cases().unwrap()
}

fn todo() -> Todo {
    Todo::found(&facts().unwrap().people).unwrap()
}

fn summary(report: &Report) -> String {
    report.to_string().lines().last().unwrap().to_owned()
}

/// The cases as a file of the working group's.
fn as_decisions(cases: &[Case]) -> Value {
    let (mut evaluation, mut evaluations) = (Vec::new(), Vec::new());
    for Case { question, expected } in cases {
        match question {
            Question::Single(request) => {
                evaluation.push(json!({"request": request, "expected": expected[0]}));
            }
            Question::Batch(request) => {
                let expected: Vec<_> = expected.iter().map(|it| json!({"decision": it})).collect();
                evaluations.push(json!({"request": request, "expected": expected}));
            }
        }
    }
    json!({"evaluation": evaluation, "evaluations": evaluations})
}

/// A file that is gone when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, contents: &[u8]) -> Self {
        let name = format!("tenantry-authzen-todo-{}-{name}.json", process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, contents).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever clears the temporary files.
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn every_answer_is_the_expected_one() {
    let report = run(None).unwrap();
    assert_eq!(summary(&report), "43 of 43 answers as expected");
    assert_eq!(report.exit_code(), ExitCode::SUCCESS);
    let text = report.to_string();
    assert_eq!(text.lines().count(), 44);
    for line in [
        "rick   can_update_todo todo ..3b91 of morty   expected allow got allow            as expected",
        "morty  can_update_todo todo ..3b92 of rick    expected deny  got deny not_owned   as expected",
        "beth   can_update_todo todo ..3b94 of beth    expected deny  got deny not_granted as expected",
    ] {
        assert!(text.lines().any(|it| it.split_whitespace().eq(line.split_whitespace())), "{text}");
    }
}

#[test]
fn the_scenario_has_its_forty_questions_and_three_batches() {
    let cases = cases();
    let singles = cases.iter().filter(|case| matches!(case.question, Question::Single(_)));
    assert_eq!((singles.count(), cases.len()), (40, 43));
    let batches = cases.iter().filter(|case| matches!(case.question, Question::Batch(_)));
    assert_eq!(
        batches.map(|case| case.expected.clone()).collect::<Vec<_>>(),
        [[true, true], [false, true], [false, false]]
    );
}

#[test]
fn a_file_in_the_working_groups_format_asks_the_same() {
    let cases = cases();
    let decisions = as_decisions(&cases).to_string();
    assert_eq!(read(decisions.as_bytes()).unwrap(), cases);
    let file = Scratch::new("same", decisions.as_bytes());
    let report = run(Some(&file.0)).unwrap();
    assert_eq!(report.to_string(), run(None).unwrap().to_string());
    assert_eq!(report.exit_code(), ExitCode::SUCCESS);
}

#[test]
fn an_expectation_turned_around_anywhere_is_a_difference() {
    let (todo, cases) = (todo(), cases());
    let mut turned = 0;
    for case in 0..cases.len() {
        for item in 0..cases[case].expected.len() {
            let mut cases = cases.clone();
            cases[case].expected[item] = !cases[case].expected[item];
            let report = Report::of(&todo, &cases);
            assert_eq!(summary(&report), "42 of 43 answers as expected");
            assert_eq!(report.exit_code(), ExitCode::FAILURE);
            let different = report.to_string().lines().position(|it| it.ends_with("DIFFERENT"));
            assert_eq!(different, Some(case), "{report}");
            turned += 1;
        }
    }
    assert_eq!(turned, 46);
}

#[test]
fn an_answer_too_few_or_too_many_is_a_difference() {
    let (todo, cases) = (todo(), cases());
    for case in 0..cases.len() {
        let mut fewer = cases.clone();
        fewer[case].expected.pop();
        let mut more = cases.clone();
        let last = *more[case].expected.last().unwrap();
        more[case].expected.push(last);
        for cases in [fewer, more] {
            assert_eq!(Report::of(&todo, &cases).exit_code(), ExitCode::FAILURE);
        }
    }
}

#[test]
fn a_difference_in_a_file_fails_the_run() {
    let mut decisions = as_decisions(&cases());
    decisions["evaluations"][1]["expected"][0]["decision"] = json!(true);
    let file = Scratch::new("different", decisions.to_string().as_bytes());
    let report = run(Some(&file.0)).unwrap();
    assert_eq!(report.exit_code(), ExitCode::FAILURE);
    assert_eq!(summary(&report), "42 of 43 answers as expected");
}

#[test]
fn a_file_that_asks_nothing_is_not_a_success() {
    let report = Report::of(&todo(), &read(br#"{"evaluation":[],"evaluations":[]}"#).unwrap());
    assert_eq!(report.exit_code(), ExitCode::FAILURE);
}

#[test]
fn a_file_that_cannot_be_read_fails_and_says_which() {
    let absent = Path::new("/there/is/no/such/file.json");
    let error = run(Some(absent)).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `/there/is/no/such/file.json`: "), "{error}");
    for contents in
        ["", "{}", "[]", r#"{"evaluation":[]}"#, r#"{"evaluation":[{}],"evaluations":[]}"#]
    {
        assert!(read(contents.as_bytes()).is_err(), "{contents}");
    }
    let missing = br#"{"evaluation":[{"request":{},"expected":true}],"evaluations":[]}"#;
    let error = read(missing).unwrap_err().to_string();
    assert_eq!(error, "`subject` is missing: add it to the request");
}

/// The same question of another owner, subject, action or resource has another answer: none of them is ignored.
#[test]
fn every_part_of_a_question_counts() {
    let todo = todo();
    let morty = "CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs";
    let ask = |kind: &str, id: &str, action: &str, resource: &str, properties: Value| {
        let request = json!({
            "subject": {"type": kind, "id": id},
            "action": {"name": action},
            "resource": {"type": resource, "id": "1", "properties": properties},
        });
        let decisions =
            json!({"evaluation": [{"request": request, "expected": true}], "evaluations": []});
        let cases = read(decisions.to_string().as_bytes()).unwrap();
        let report = Report::of(&todo, &cases).to_string();
        report.split_once(" got ").unwrap().1.split("  ").next().unwrap().to_owned()
    };
    let own = json!({"ownerID": "morty@the-citadel.com"});
    assert_eq!(ask("user", morty, "can_update_todo", "todo", own.clone()), "allow");
    for (kind, id, action, resource, properties, answer) in [
        ("user", morty, "can_update_todo", "todo", json!({}), "deny ownership_unknown"),
        ("user", morty, "can_update_todo", "todo", json!({"ownerID": 7}), "deny ownership_unknown"),
        (
            "user",
            morty,
            "can_update_todo",
            "todo",
            json!({"ownerID": "Morty@the-citadel.com"}),
            "deny not_owned",
        ),
        ("user", morty, "can_update_todo", "todo", json!({"ownerID": morty}), "deny not_owned"),
        ("user", "morty", "can_update_todo", "todo", own.clone(), "deny unknown_sub_account"),
        ("group", morty, "can_update_todo", "todo", own.clone(), "deny unknown_sub_account"),
        ("user", morty, "can_share_todo", "todo", own.clone(), "deny unknown_permission"),
        ("user", morty, "can_update_todo", "note", own.clone(), "deny unknown_key"),
    ] {
        let got = ask(kind, id, action, resource, properties);
        assert!(got.starts_with(answer), "{got} instead of {answer}");
    }
}
