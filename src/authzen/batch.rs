//! A batch: several questions in one request, their defaults, and the order of their answers.

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

/// Several questions in one request, with shared defaults.
///
/// Specified in "The Access Evaluations API Request". Without items, the request is a single
/// question made of the defaults. With items, "Default values" applies: a key of an item replaces
/// the whole default of that name; nothing inside is merged. There are at most [`MAX_EVALUATIONS`]
/// items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationsRequest {
    #[serde(flatten)]
    defaults: Evaluation,
    /// An item that cannot be parsed is kept as its error, and answered as a deny instead of
    /// failing the batch.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "serialize_items")]
    evaluations: Vec<Result<Evaluation, RequestError>>,
    #[serde(skip_serializing_if = "is_default")]
    options: Options,
}

impl EvaluationsRequest {
    /// Returns a request with these items and without defaults.
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

    /// Sets the defaults, which items use where they lack a key.
    #[must_use]
    pub fn with_defaults(mut self, defaults: Evaluation) -> Self {
        self.defaults = defaults;
        self
    }

    /// Sets how the batch is executed.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Parses the body of an Access Evaluations request.
    ///
    /// Ignores fields that the specification does not name, at every level. An error inside one
    /// item does not fail the request: as in "Errors", it concerns that item alone, and
    /// [`requests`](Self::requests) returns it.
    ///
    /// # Errors
    ///
    /// - [`RequestError::Json`] when the body is not one JSON document within bounds, or repeats a
    ///   key anywhere.
    /// - [`RequestError::MissingField`] when there are no items and the single question lacks a
    ///   required field, or a default lacks one of its own.
    /// - [`RequestError::WrongType`] when a field outside the items has another type than the
    ///   specified one, `null` included.
    /// - [`RequestError::EmptyField`] when a name or identifier of a default is empty.
    /// - [`RequestError::TooManyEvaluations`] beyond [`MAX_EVALUATIONS`].
    /// - [`RequestError::UnknownSemantic`] when the options ask for a semantic that is not one of
    ///   the three.
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

    /// Whether this is a single question, answered by one decision instead of a list.
    pub fn is_single(&self) -> bool {
        self.evaluations.is_empty()
    }

    /// The defaults, which items use where they lack a key.
    pub fn defaults(&self) -> &Evaluation {
        &self.defaults
    }

    /// How the batch is executed.
    pub fn options(&self) -> Options {
        self.options
    }

    /// The questions in order, each completed from the defaults, or the error of an item.
    ///
    /// The questions borrow from the batch: a default may be as large as the whole request, so a
    /// copy for each item could multiply it a thousandfold.
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

    /// Answers the questions in order with `decide`, and stops where the requested [`Semantic`]
    /// says so.
    ///
    /// An invalid item is not passed to `decide`; it is denied, with its error in the context.
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

    /// Puts the answers into the requested form, in order. Takes no more answers after the one at
    /// which the requested semantic stops.
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

    /// The single question of a request without items.
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

/// Refuses to serialize an invalid item. If it were left out or empty, it would get the defaults,
/// and a reader of the copy might permit it.
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
