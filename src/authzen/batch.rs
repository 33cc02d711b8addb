//! Several questions in one message, their defaults, and the order in which they are answered.

use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::authzen::error::{ItemError, RequestError};
use crate::authzen::field::{read_object, wrong_type};
use crate::authzen::options::Options;
use crate::authzen::request::{Evaluation, EvaluationRequest};
use crate::authzen::response::{EvaluationResponse, EvaluationsAnswer, EvaluationsResponse};

/// The most items a batch may have; see [`EvaluationsRequest`].
pub const MAX_EVALUATIONS: usize = 1_000;

/// Several questions in one message, sharing defaults.
///
/// Specified in "The Access Evaluations API Request". Without items the message is a single question made of the
/// defaults. With items, "Default values" applies: a key of an item replaces the whole default of that name; nothing
/// inside is merged. There are at most [`MAX_EVALUATIONS`] items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationsRequest {
    #[serde(flatten)]
    defaults: Evaluation,
    /// An item that could not be understood is kept as the reason why, because it is answered in its place instead of
    /// failing the batch.
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
    /// Fields the specification does not name are ignored at every level. A fault inside one item does not fail the
    /// message: as "Errors" has it, it concerns that item alone, and [`requests`](Self::requests) reports it.
    ///
    /// # Errors
    ///
    /// - [`RequestError::Json`] when the body is not one JSON document within bounds, or repeats a key anywhere.
    /// - [`RequestError::MissingField`] when there are no items and the single question lacks a required field, or a
    ///   default lacks one of its own.
    /// - [`RequestError::WrongType`] when a field outside the items has another type than the specified one, `null`
    ///   included.
    /// - [`RequestError::EmptyField`] when a name or identifier of a default is empty.
    /// - [`RequestError::TooManyEvaluations`] beyond [`MAX_EVALUATIONS`].
    /// - [`RequestError::UnknownSemantic`] when the options ask for a semantic that is not one of the three.
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

    /// Whether this is one question in the older form, answered by a bare decision instead of a list.
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

    /// Yields the questions in order, each completed from the defaults, or the reason an item is not a question.
    ///
    /// The questions borrow from the batch: a default may be as large as the whole message, so a copy for each item
    /// would multiply it a thousandfold.
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

    /// Answers the questions in order with `decide`, stopping where the requested [`Semantic`] says so.
    ///
    /// An item that is not a question is never shown to `decide`; it is a deny with the fault in its context.
    ///
    /// [`Semantic`]: crate::authzen::Semantic
    pub fn evaluate_with(
        &self,
        mut decide: impl FnMut(&EvaluationRequest<'_>) -> EvaluationResponse,
    ) -> EvaluationsAnswer {
        self.answer(self.requests().map(|request| match request {
            Ok(request) => decide(&request),
            Err(error) => error.into(),
        }))
    }

    /// Puts the answers to all questions, in their order, into the form that was asked for. Takes no answer after the
    /// one at which the requested semantic stops.
    pub(super) fn answer(
        &self,
        answers: impl IntoIterator<Item = EvaluationResponse>,
    ) -> EvaluationsAnswer {
        let mut answers = answers.into_iter();
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

fn check_count(count: usize) -> Result<(), RequestError> {
    if count > MAX_EVALUATIONS {
        return Err(RequestError::TooManyEvaluations { count, limit: MAX_EVALUATIONS });
    }
    Ok(())
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Fails on an item that was not understood: left out or emptied, it would inherit the defaults and could be
/// permitted by whoever reads the copy.
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
