//! A question, and the partial question that batches consist of.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::error::RequestError;
use crate::authzen::field::{object_at, read_object, required, wrong_type};
use crate::authzen::properties::Properties;

/// A question: may the subject perform the action on the resource?
///
/// Specified in "The Access Evaluation API Request". The parts are borrowed when the request comes
/// out of a batch, where many questions share one default, and owned when it was parsed or built.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationRequest<'a> {
    /// The subject.
    pub subject: Cow<'a, Subject>,
    /// The action.
    pub action: Cow<'a, Action>,
    /// The resource.
    pub resource: Cow<'a, Resource>,
    /// The `context`, if one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Cow<'a, Properties>>,
}

impl EvaluationRequest<'static> {
    /// Returns a request without a context.
    pub fn new(subject: Subject, action: Action, resource: Resource) -> Self {
        Self {
            subject: Cow::Owned(subject),
            action: Cow::Owned(action),
            resource: Cow::Owned(resource),
            context: None,
        }
    }

    /// Parses the body of an Access Evaluation request.
    ///
    /// Ignores fields that the specification does not name, at every level.
    ///
    /// # Errors
    ///
    /// - [`RequestError::Json`] when the body is not one JSON document within bounds, or repeats a
    ///   key anywhere.
    /// - [`RequestError::MissingField`] when a required field is absent.
    /// - [`RequestError::WrongType`] when a field has another type than the specified one, `null`
    ///   included.
    /// - [`RequestError::EmptyField`] when a name or identifier is empty.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        Evaluation::take(&mut read_object(body)?)?.complete()
    }
}

impl EvaluationRequest<'_> {
    /// Returns a copy that does not borrow from the batch.
    pub fn into_owned(self) -> EvaluationRequest<'static> {
        EvaluationRequest {
            subject: Cow::Owned(self.subject.into_owned()),
            action: Cow::Owned(self.action.into_owned()),
            resource: Cow::Owned(self.resource.into_owned()),
            context: self.context.map(|context| Cow::Owned(context.into_owned())),
        }
    }
}

/// A partial question: an item of a batch, or its defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// The subject, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The action, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The resource, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// The `context`, if given. An empty object also replaces a default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
}

impl Evaluation {
    pub(super) fn take(object: &mut Properties) -> Result<Self, RequestError> {
        Ok(Self {
            subject: object_at(object, "subject")?.map(Subject::take).transpose()?,
            action: object_at(object, "action")?.map(Action::take).transpose()?,
            resource: object_at(object, "resource")?.map(Resource::take).transpose()?,
            context: object_at(object, "context")?,
        })
    }

    pub(super) fn from_item((index, item): (usize, Value)) -> Result<Self, RequestError> {
        match item {
            Value::Object(mut item) => Self::take(&mut item).map_err(|e| e.in_item(index)),
            _ => Err(wrong_type(&format!("evaluations[{index}]"), "an object")),
        }
    }

    pub(super) fn complete(self) -> Result<EvaluationRequest<'static>, RequestError> {
        Ok(EvaluationRequest {
            subject: Cow::Owned(required(self.subject, "subject")?),
            action: Cow::Owned(required(self.action, "action")?),
            resource: Cow::Owned(required(self.resource, "resource")?),
            context: self.context.map(Cow::Owned),
        })
    }

    pub(super) fn over<'a>(
        &'a self,
        defaults: &'a Self,
    ) -> Result<EvaluationRequest<'a>, RequestError> {
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
