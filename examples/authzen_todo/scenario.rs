//! The scenario: the people, the questions in two file formats, and whether the answers are the expected ones.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::Value;
use tenantry::RoleName;
use tenantry::authzen::{
    Action, Evaluation, EvaluationRequest, EvaluationResponse, EvaluationsAnswer,
    EvaluationsRequest, RequestError, Resource, Subject, evaluate, evaluate_all,
};

use crate::service::{OWNER_ID, Todo, Users};

/// Asks what `path` holds, a file in the working group's format, or else what the repository holds.
pub(crate) fn run(path: Option<&Path>) -> Result<Report, Box<dyn Error>> {
    let facts = facts()?;
    let cases = match path {
        None => facts.cases()?,
        Some(path) => fs::read(path)
            .map_err(Into::into)
            .and_then(|bytes| read(&bytes))
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?,
    };
    Ok(Report::of(&Todo::found(&facts.people)?, &cases))
}

/// The people and the questions, as the repository holds them.
pub(crate) fn facts() -> Result<Facts, serde_json::Error> {
    serde_json::from_str(include_str!("../data/authzen_todo.json"))
}

/// The scenario in a form of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Facts {
    pub(crate) people: Vec<Person>,
    questions: Vec<Asked>,
    batches: Vec<AskedTogether>,
}

/// Somebody who uses the service.
#[derive(Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) roles: Vec<RoleName>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    subject: String,
    action: String,
    #[serde(flatten)]
    about: About,
}

#[derive(Debug, Deserialize)]
struct AskedTogether {
    subject: String,
    action: String,
    items: Vec<About>,
}

#[derive(Debug, Deserialize)]
struct About {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    owner: Option<String>,
    expected: bool,
}

impl Facts {
    /// The questions, built as requests.
    pub(crate) fn cases(&self) -> Result<Vec<Case>, Box<dyn Error>> {
        let single = self.questions.iter().map(|asked| {
            let resource = asked.about.resource()?;
            let action = Action::new(&asked.action)?;
            let request = EvaluationRequest::new(self.subject(&asked.subject)?, action, resource);
            Ok(Case { question: Question::Single(request), expected: vec![asked.about.expected] })
        });
        let batches = self.batches.iter().map(|asked| {
            let items: Result<Vec<_>, RequestError> = asked
                .items
                .iter()
                .map(|about| {
                    Ok(Evaluation { resource: Some(about.resource()?), ..Evaluation::default() })
                })
                .collect();
            let defaults = Evaluation {
                subject: Some(self.subject(&asked.subject)?),
                action: Some(Action::new(&asked.action)?),
                ..Evaluation::default()
            };
            let request = EvaluationsRequest::new(items?)?.with_defaults(defaults);
            let expected = asked.items.iter().map(|about| about.expected).collect();
            Ok(Case { question: Question::Batch(request), expected })
        });
        single.chain(batches).collect()
    }

    /// The subject with this e-mail.
    fn subject(&self, email: &str) -> Result<Subject, Box<dyn Error>> {
        let person = self.people.iter().find(|person| person.email == email);
        let person = person.ok_or_else(|| format!("nobody has the e-mail `{email}`"))?;
        Ok(Subject::new("user", &person.id)?)
    }
}

impl About {
    fn resource(&self) -> Result<Resource, RequestError> {
        let owner = self.owner.as_ref().map(|owner| (OWNER_ID.to_owned(), owner.as_str().into()));
        Ok(Resource::new(&self.kind, &self.id)?.with_properties(owner))
    }
}

/// Reads the working group's format. Every request is read as a service would read it.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Case>, Box<dyn Error>> {
    #[derive(Deserialize)]
    struct Decisions {
        evaluation: Vec<Stated<bool>>,
        evaluations: Vec<Stated<Vec<EvaluationResponse>>>,
    }

    #[derive(Deserialize)]
    struct Stated<E> {
        request: Value,
        expected: E,
    }

    let decisions: Decisions = serde_json::from_slice(bytes)?;
    let single = decisions.evaluation.into_iter().map(|Stated { request, expected }| {
        let request = EvaluationRequest::parse(&serde_json::to_vec(&request)?)?;
        Ok(Case { question: Question::Single(request), expected: vec![expected] })
    });
    let batches = decisions.evaluations.into_iter().map(|Stated { request, expected }| {
        let request = EvaluationsRequest::parse(&serde_json::to_vec(&request)?)?;
        let expected = expected.iter().map(|response| response.decision).collect();
        Ok(Case { question: Question::Batch(request), expected })
    });
    single.chain(batches).collect()
}

/// A question, or several at once, and the decisions that are expected.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) question: Question,
    pub(crate) expected: Vec<bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Question {
    Single(EvaluationRequest<'static>),
    Batch(EvaluationsRequest),
}

/// What was asked, what was expected and what the service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    asked: Vec<String>,
    expected: Vec<bool>,
    responses: Vec<EvaluationResponse>,
}

impl Answer {
    fn to(case: &Case, Todo { snapshot, users }: &Todo) -> Self {
        let (asked, responses) = match &case.question {
            Question::Single(request) => {
                (vec![in_words(request, users)], vec![evaluate(snapshot, users, request)])
            }
            Question::Batch(request) => {
                let asked = request.requests().map(|item| match item {
                    Ok(item) => in_words(&item, users),
                    Err(error) => error.to_string(),
                });
                let responses = match evaluate_all(snapshot, users, request) {
                    EvaluationsAnswer::Single(response) => vec![response],
                    EvaluationsAnswer::Batch(batch) => batch.evaluations,
                };
                (asked.collect(), responses)
            }
        };
        Self { asked, expected: case.expected.clone(), responses }
    }

    fn is_as_expected(&self) -> bool {
        self.responses.iter().map(|response| response.decision).eq(self.expected.iter().copied())
    }
}

/// Who wants to do what to what, and whose that is.
fn in_words(request: &EvaluationRequest<'_>, users: &Users) -> String {
    let EvaluationRequest { subject, action, resource, .. } = request;
    let who = short(users.email(subject).unwrap_or(subject.id()));
    let owner = resource.properties.get(OWNER_ID).and_then(Value::as_str).map(short);
    let of = owner.map_or_else(String::new, |owner| format!(" of {owner}"));
    format!("{who:<6} {:<15} {} {}{of}", action.name(), resource.kind(), short(resource.id()))
}

/// An e-mail without its domain; of another long id only the end.
fn short(id: &str) -> String {
    match (id.split_once('@'), id.char_indices().nth_back(3)) {
        (Some((local, _)), _) => local.to_owned(),
        (None, Some((start, _))) if id.len() > 12 => format!("..{}", id.split_at(start).1),
        (None, _) => id.to_owned(),
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |decision| if decision { "allow" } else { "deny" };
        let actual = self.responses.iter().map(|response| {
            let code = response.context.as_ref().and_then(|context| context.get("reason"));
            let code = code.and_then(Value::as_str).map_or_else(String::new, |it| format!(" {it}"));
            format!("{}{code}", word(response.decision))
        });
        let expected: Vec<&str> = self.expected.iter().copied().map(word).collect();
        let (expected, actual) = (expected.join(", "), actual.collect::<Vec<_>>().join(", "));
        let verdict = if self.is_as_expected() { "as expected" } else { "DIFFERENT" };
        let asked = self.asked.join(" | ");
        write!(f, "{asked:<45} expected {expected:<5} got {actual:<16} {verdict}")
    }
}

/// All answers.
#[derive(Debug)]
pub(crate) struct Report {
    answers: Vec<Answer>,
}

impl Report {
    /// What the service answers to all of `cases`.
    pub(crate) fn of(todo: &Todo, cases: &[Case]) -> Self {
        Self { answers: cases.iter().map(|case| Answer::to(case, todo)).collect() }
    }

    /// Success if there are answers and every one of them is the expected one.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let as_expected = self.as_expected();
        if as_expected > 0 && as_expected == self.answers.len() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn as_expected(&self) -> usize {
        self.answers.iter().filter(|answer| answer.is_as_expected()).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for answer in &self.answers {
            writeln!(f, "{answer}")?;
        }
        writeln!(f, "{} of {} answers as expected", self.as_expected(), self.answers.len())
    }
}
