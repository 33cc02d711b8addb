//! What travels over the wire at the two AuthZEN decision endpoints.
//!
//! These are the requests and responses of the "Access Evaluation API" and the
//! "Access Evaluations API" of the OpenID AuthZEN Authorization API 1.0, in
//! the form its section "JSON Serialization" gives them, and the order in
//! which a batch is answered ("Evaluations semantics"). Deciding is left to
//! the function handed to [`EvaluationsRequest::evaluate_with`].
//!
//! Requests must never be accepted in doubt: `parse` is the only way in from
//! bytes, so no request type implements `Deserialize`; nothing is coerced, a
//! `null` is a wrong type rather than an absence, and an item of a batch that
//! cannot be understood is a deny.
//!
//! The bytes are read by the `json` module, which refuses ambiguous documents.

use std::borrow::Cow;

use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::json::{self, JsonError, Limits, excerpt};

/// A JSON object of attributes: `properties` of an entity, or a `context`.
pub type Properties = Map<String, Value>;

/// The most items a batch may have; see [`EvaluationsRequest`].
pub const MAX_EVALUATIONS: usize = 1_000;

/// One question: may the subject perform the action on the resource?
///
/// Specified in "The Access Evaluation API Request". The parts are borrowed
/// when the request comes out of a batch, where many questions share one
/// default, and owned when it was parsed or built.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationRequest<'a> {
    /// Who asks.
    pub subject: Cow<'a, Subject>,
    /// What they want to do.
    pub action: Cow<'a, Action>,
    /// What they want to do it to.
    pub resource: Cow<'a, Resource>,
    /// The circumstances, if any were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Cow<'a, Properties>>,
}

impl EvaluationRequest<'static> {
    /// Builds a request without a context.
    pub fn new(subject: Subject, action: Action, resource: Resource) -> Self {
        Self {
            subject: Cow::Owned(subject),
            action: Cow::Owned(action),
            resource: Cow::Owned(resource),
            context: None,
        }
    }

    /// Reads the body of an Access Evaluation request.
    ///
    /// Fields the specification does not name are ignored at every level.
    ///
    /// # Errors
    ///
    /// - [`RequestError::Json`] when the body is not one JSON document within
    ///   bounds, or repeats a key anywhere.
    /// - [`RequestError::MissingField`] when a required field is absent.
    /// - [`RequestError::WrongType`] when a field has another type than the
    ///   specified one, `null` included.
    /// - [`RequestError::EmptyField`] when a name or identifier is empty.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        Evaluation::take(&mut read_object(body)?)?.complete()
    }
}

impl EvaluationRequest<'_> {
    /// Detaches the request from the batch it came out of.
    pub fn into_owned(self) -> EvaluationRequest<'static> {
        EvaluationRequest {
            subject: Cow::Owned(self.subject.into_owned()),
            action: Cow::Owned(self.action.into_owned()),
            resource: Cow::Owned(self.resource.into_owned()),
            context: self.context.map(|context| Cow::Owned(context.into_owned())),
        }
    }
}

/// Several questions in one message, sharing defaults.
///
/// Specified in "The Access Evaluations API Request". Without items the
/// message is a single question made of the defaults. With items, "Default
/// values" applies: a key of an item replaces the whole default of that name;
/// nothing inside is merged. There are at most [`MAX_EVALUATIONS`] items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationsRequest {
    #[serde(flatten)]
    defaults: Evaluation,
    /// An item that could not be understood is kept as the reason why, because
    /// it is answered in its place instead of failing the batch.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "serialize_items")]
    evaluations: Vec<Result<Evaluation, RequestError>>,
    #[serde(skip_serializing_if = "is_default")]
    options: Options,
}

impl EvaluationsRequest {
    /// Builds a request from its items, without defaults.
    ///
    /// # Errors
    ///
    /// - [`RequestError::TooManyEvaluations`] beyond [`MAX_EVALUATIONS`].
    pub fn new(evaluations: Vec<Evaluation>) -> Result<Self, RequestError> {
        check_count(evaluations.len())?;
        Ok(Self {
            defaults: Evaluation::default(),
            evaluations: evaluations.into_iter().map(Ok).collect(),
            options: Options::default(),
        })
    }

    /// Sets what items inherit where they have no key of their own.
    #[must_use]
    pub fn with_defaults(mut self, defaults: Evaluation) -> Self {
        self.defaults = defaults;
        self
    }

    /// Sets how the batch is to be executed.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Reads the body of an Access Evaluations request.
    ///
    /// Fields the specification does not name are ignored at every level. A
    /// fault inside one item does not fail the message: as "Errors" has it, it
    /// concerns that item alone, and [`requests`](Self::requests) reports it.
    ///
    /// # Errors
    ///
    /// - [`RequestError::Json`] when the body is not one JSON document within
    ///   bounds, or repeats a key anywhere.
    /// - [`RequestError::MissingField`] when there are no items and the single
    ///   question lacks a required field, or a default lacks one of its own.
    /// - [`RequestError::WrongType`] when a field outside the items has another
    ///   type than the specified one, `null` included.
    /// - [`RequestError::EmptyField`] when a name or identifier of a default is
    ///   empty.
    /// - [`RequestError::TooManyEvaluations`] beyond [`MAX_EVALUATIONS`].
    /// - [`RequestError::UnknownSemantic`] when the options ask for a semantic
    ///   that is not one of the three.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let mut object = read_object(body)?;
        let items = match object.remove("evaluations") {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(wrong_type("evaluations", "an array")),
        };
        check_count(items.len())?;
        let request = Self {
            defaults: Evaluation::take(&mut object)?,
            evaluations: (0..).zip(items).map(Evaluation::from_item).collect(),
            options: Options::take(&mut object)?,
        };
        if request.is_single() {
            request.single()?;
        }
        Ok(request)
    }

    /// Whether this is one question in the older form, answered by a bare
    /// decision instead of a list.
    pub fn is_single(&self) -> bool {
        self.evaluations.is_empty()
    }

    /// What items inherit where they have no key of their own.
    pub fn defaults(&self) -> &Evaluation {
        &self.defaults
    }

    /// How the batch is to be executed.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Yields the questions in order, each completed from the defaults, or the
    /// reason an item is not a question.
    ///
    /// The questions borrow from the batch: a default may be as large as the
    /// whole message, so a copy for each item would multiply it a thousandfold.
    pub fn requests(&self) -> impl Iterator<Item = Result<EvaluationRequest<'_>, ItemError>> {
        let single =
            self.is_single().then(|| self.single().map_err(|error| ItemError { index: 0, error }));
        let batch = self.evaluations.iter().enumerate().map(|(index, item)| {
            let merged = match item {
                Ok(item) => item.over(&self.defaults).map_err(|e| e.in_item(index)),
                Err(error) => Err(error.clone()),
            };
            merged.map_err(|error| ItemError { index, error })
        });
        single.into_iter().chain(batch)
    }

    /// Answers the questions in order with `decide`, stopping where the
    /// requested [`Semantic`] says so.
    ///
    /// An item that is not a question is never shown to `decide`; it is a deny
    /// with the reason in its context.
    pub fn evaluate_with(
        &self,
        mut decide: impl FnMut(&EvaluationRequest<'_>) -> EvaluationResponse,
    ) -> EvaluationsAnswer {
        let mut answers = self.requests().map(|request| match request {
            Ok(request) => decide(&request),
            Err(error) => EvaluationResponse::deny_with_error(BAD_REQUEST, error.to_string()),
        });
        if self.is_single() {
            return EvaluationsAnswer::Single(answers.next().unwrap_or_default());
        }
        let mut evaluations = Vec::new();
        for answer in answers {
            let last = self.options.semantic.ends_with(answer.decision);
            evaluations.push(answer);
            if last {
                break;
            }
        }
        EvaluationsAnswer::Batch(EvaluationsResponse { evaluations })
    }

    /// The one question of a request without items.
    fn single(&self) -> Result<EvaluationRequest<'_>, RequestError> {
        self.defaults.over(&self.defaults)
    }
}

/// An item of a batch, or its defaults: a question with parts left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// What they want to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// What they want to do it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// The circumstances; an empty object replaces a default, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
}

impl Evaluation {
    fn take(object: &mut Properties) -> Result<Self, RequestError> {
        Ok(Self {
            subject: object_at(object, "subject")?.map(Subject::take).transpose()?,
            action: object_at(object, "action")?.map(Action::take).transpose()?,
            resource: object_at(object, "resource")?.map(Resource::take).transpose()?,
            context: object_at(object, "context")?,
        })
    }

    fn from_item((index, item): (usize, Value)) -> Result<Self, RequestError> {
        match item {
            Value::Object(mut item) => Self::take(&mut item).map_err(|e| e.in_item(index)),
            _ => Err(wrong_type(&format!("evaluations[{index}]"), "an object")),
        }
    }

    fn complete(self) -> Result<EvaluationRequest<'static>, RequestError> {
        Ok(EvaluationRequest {
            subject: Cow::Owned(required(self.subject, "subject")?),
            action: Cow::Owned(required(self.action, "action")?),
            resource: Cow::Owned(required(self.resource, "resource")?),
            context: self.context.map(Cow::Owned),
        })
    }

    fn over<'a>(&'a self, defaults: &'a Self) -> Result<EvaluationRequest<'a>, RequestError> {
        let subject = self.subject.as_ref().or(defaults.subject.as_ref());
        let action = self.action.as_ref().or(defaults.action.as_ref());
        let resource = self.resource.as_ref().or(defaults.resource.as_ref());
        let context = self.context.as_ref().or(defaults.context.as_ref());
        Ok(EvaluationRequest {
            subject: Cow::Borrowed(required(subject, "subject")?),
            action: Cow::Borrowed(required(action, "action")?),
            resource: Cow::Borrowed(required(resource, "resource")?),
            context: context.map(Cow::Borrowed),
        })
    }
}

/// Who asks: the "Subject" of the information model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// Further attributes; none is the same as an empty object.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Properties,
}

impl Subject {
    /// Names a subject by its `type` and its `id` within that type.
    ///
    /// # Errors
    ///
    /// - [`RequestError::EmptyField`] when either is empty.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Result<Self, RequestError> {
        Ok(Self {
            kind: filled(kind.into(), "subject.type")?,
            id: filled(id.into(), "subject.id")?,
            properties: Properties::new(),
        })
    }

    /// The `type`; never empty.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The `id`, unique within the type; never empty.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn take(mut object: Properties) -> Result<Self, RequestError> {
        Ok(Self {
            kind: string_at(&mut object, "subject.type")?,
            id: string_at(&mut object, "subject.id")?,
            properties: object_at(&mut object, "subject.properties")?.unwrap_or_default(),
        })
    }
}

/// What is asked for: the "Action" of the information model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    name: String,
    /// Further attributes; none is the same as an empty object.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Properties,
}

impl Action {
    /// Names an action.
    ///
    /// # Errors
    ///
    /// - [`RequestError::EmptyField`] when the name is empty.
    pub fn new(name: impl Into<String>) -> Result<Self, RequestError> {
        Ok(Self { name: filled(name.into(), "action.name")?, properties: Properties::new() })
    }

    /// The `name`; never empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn take(mut object: Properties) -> Result<Self, RequestError> {
        Ok(Self {
            name: string_at(&mut object, "action.name")?,
            properties: object_at(&mut object, "action.properties")?.unwrap_or_default(),
        })
    }
}

/// What the action is aimed at: the "Resource" of the information model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resource {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// Further attributes; none is the same as an empty object.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Properties,
}

impl Resource {
    /// Names a resource by its `type` and its `id` within that type.
    ///
    /// # Errors
    ///
    /// - [`RequestError::EmptyField`] when either is empty.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Result<Self, RequestError> {
        Ok(Self {
            kind: filled(kind.into(), "resource.type")?,
            id: filled(id.into(), "resource.id")?,
            properties: Properties::new(),
        })
    }

    /// The `type`; never empty.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The `id`, unique within the type; never empty.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn take(mut object: Properties) -> Result<Self, RequestError> {
        Ok(Self {
            kind: string_at(&mut object, "resource.type")?,
            id: string_at(&mut object, "resource.id")?,
            properties: object_at(&mut object, "resource.properties")?.unwrap_or_default(),
        })
    }
}

/// How a batch is to be executed: "Evaluations options".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Which items are answered.
    #[serde(rename = "evaluations_semantic")]
    pub semantic: Semantic,
}

impl Options {
    fn take(object: &mut Properties) -> Result<Self, RequestError> {
        const SEMANTIC: &str = "evaluations_semantic";
        let semantic = object_at(object, "options")?.and_then(|mut o| o.remove(SEMANTIC));
        let semantic = match semantic {
            None => Semantic::default(),
            Some(Value::String(name)) => Semantic::named(&name)?,
            Some(_) => return Err(wrong_type("options.evaluations_semantic", "a string")),
        };
        Ok(Self { semantic })
    }
}

/// Which items of a batch are answered: "Evaluations semantics".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All of them.
    #[default]
    ExecuteAll,
    /// Those up to and including the first that is denied.
    DenyOnFirstDeny,
    /// Those up to and including the first that is permitted.
    PermitOnFirstPermit,
}

impl Semantic {
    fn named(name: &str) -> Result<Self, RequestError> {
        match name {
            "execute_all" => Ok(Self::ExecuteAll),
            "deny_on_first_deny" => Ok(Self::DenyOnFirstDeny),
            "permit_on_first_permit" => Ok(Self::PermitOnFirstPermit),
            other => Err(RequestError::UnknownSemantic { value: excerpt(other) }),
        }
    }

    fn ends_with(self, decision: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !decision,
            Self::PermitOnFirstPermit => decision,
        }
    }
}

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

    /// Denies because the question could not be answered, with the `error`
    /// object that the section "Errors" shows; `status` is an HTTP status.
    pub fn deny_with_error(status: u16, message: impl Into<String>) -> Self {
        let error = json!({ "status": status, "message": message.into() });
        Self {
            decision: false,
            context: Some(Properties::from_iter([("error".to_owned(), error)])),
        }
    }
}

/// The answers to a batch, in its order: "The Access Evaluations API Response".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationsResponse {
    /// One answer for each item, fewer if the [`Semantic`] stopped early.
    pub evaluations: Vec<EvaluationResponse>,
}

/// The body that answers an [`EvaluationsRequest`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EvaluationsAnswer {
    /// The bare decision on a request without items.
    Single(EvaluationResponse),
    /// The decisions on the items.
    Batch(EvaluationsResponse),
}

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
    /// A field that names something is the empty string. The specification
    /// does not rule it out, but an empty name matches nothing on purpose.
    #[error("`{path}` is empty: send a non-empty string")]
    EmptyField {
        /// Where the field is.
        path: String,
    },
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
    fn in_item(mut self, index: usize) -> Self {
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

/// "Bad Request" in the section "Error Responses".
const BAD_REQUEST: u16 = 400;

fn read_object(body: &[u8]) -> Result<Properties, RequestError> {
    match json::read(body, &Limits::default())? {
        Value::Object(object) => Ok(object),
        _ => Err(wrong_type("request body", "an object")),
    }
}

/// Takes the object at `path`, whose last segment is its key in `object`.
fn object_at(object: &mut Properties, path: &str) -> Result<Option<Properties>, RequestError> {
    match object.remove(key_of(path)) {
        None => Ok(None),
        Some(Value::Object(value)) => Ok(Some(value)),
        Some(_) => Err(wrong_type(path, "an object")),
    }
}

/// Takes the required string at `path`, whose last segment is its key in
/// `object`.
fn string_at(object: &mut Properties, path: &str) -> Result<String, RequestError> {
    match required(object.remove(key_of(path)), path)? {
        Value::String(value) => filled(value, path),
        _ => Err(wrong_type(path, "a string")),
    }
}

fn key_of(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, key)| key)
}

fn required<T>(value: Option<T>, path: &str) -> Result<T, RequestError> {
    value.ok_or_else(|| RequestError::MissingField { path: path.to_owned() })
}

fn filled(value: String, path: &str) -> Result<String, RequestError> {
    if value.is_empty() {
        return Err(RequestError::EmptyField { path: path.to_owned() });
    }
    Ok(value)
}

fn wrong_type(path: &str, expected: &'static str) -> RequestError {
    RequestError::WrongType { path: path.to_owned(), expected }
}

fn check_count(count: usize) -> Result<(), RequestError> {
    if count > MAX_EVALUATIONS {
        return Err(RequestError::TooManyEvaluations { count, limit: MAX_EVALUATIONS });
    }
    Ok(())
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Fails on an item that was not understood: left out or emptied, it would
/// inherit the defaults and could be permitted by whoever reads the copy.
fn serialize_items<S: Serializer>(
    items: &[Result<Evaluation, RequestError>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut seq = serializer.serialize_seq(Some(items.len()))?;
    for item in items {
        seq.serialize_element(item.as_ref().map_err(S::Error::custom)?)?;
    }
    seq.end()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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

    /// A batch of reads by alice under the semantic, of the documents named.
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

    /// Permits what is done to a resource whose id starts with `p`.
    fn permit_p(request: &EvaluationRequest<'_>) -> EvaluationResponse {
        EvaluationResponse { decision: request.resource.id().starts_with('p'), context: None }
    }

    fn errors(request: &EvaluationsRequest) -> Vec<(usize, String)> {
        let error = |e: ItemError| (e.index, e.to_string());
        request.requests().filter_map(|r| r.err().map(error)).collect()
    }

    fn missing(path: &str) -> RequestError {
        required::<()>(None, path).unwrap_err()
    }

    fn empty(path: &str) -> RequestError {
        filled(String::new(), path).unwrap_err()
    }

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
        let body = format!(
            r#"{{{ALICE},{READ},"x":1,"options":{{"x":1}},"evaluations":[{{{DOC},"x":1}}]}}"#
        );
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
            (
                r#""options":{"evaluations_semantic":null}"#,
                "options.evaluations_semantic",
                "a string",
            ),
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
        for options in
            ["", r#","options":{}"#, r#","options":{"evaluations_semantic":"execute_all"}"#]
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
        let mut request = reads(Semantic::ExecuteAll, &["1", "2"]);
        request.defaults.context = Some(Properties::new());
        let context = request.defaults.context.as_ref().unwrap();
        for question in request.requests() {
            let Some(Cow::Borrowed(shared)) = question.unwrap().context else { panic!("copied") };
            assert!(std::ptr::eq(shared, context));
        }
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
    fn an_item_that_was_not_understood_is_never_written() {
        let body = format!(r#"{{{ALICE},{READ},{DOC},"evaluations":[{{"subject":7}}]}}"#);
        let error = serde_json::to_string(&batch(&body).unwrap()).unwrap_err();
        assert!(error.to_string().contains("`evaluations[0].subject`"), "{error}");
    }

    #[test]
    fn a_response_without_a_boolean_decision_is_not_a_response() {
        for body in ["{}", r#"{"decision":1}"#, r#"{"decision":null}"#, r#"{"decision":"true"}"#] {
            assert!(serde_json::from_str::<EvaluationResponse>(body).is_err(), "{body}");
        }
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
        let subject = named().prop_map(|(kind, id, properties)| Subject { kind, id, properties });
        let action =
            (".{1,8}", properties()).prop_map(|(name, properties)| Action { name, properties });
        let resource = named().prop_map(|(kind, id, properties)| Resource { kind, id, properties });
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
}
