//! The requests of the three searches.

use serde::Serialize;
use serde_json::Map;

use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::error::RequestError;
use crate::authzen::field::{filled, object_at, read_object, required, string_at};
use crate::authzen::mapping::Sent;
use crate::authzen::properties::Properties;
use crate::authzen::search::page::PageRequest;

/// What is searched for: an entity of which only the type is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityType {
    #[serde(rename = "type")]
    kind: String,
    /// Further attributes; none is the same as an empty object.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub properties: Properties,
}

impl EntityType {
    /// Names a type.
    ///
    /// # Errors
    ///
    /// [`RequestError::EmptyField`] when it is empty.
    pub fn new(kind: impl Into<String>) -> Result<Self, RequestError> {
        Ok(Self { kind: filled(kind.into(), "type")?, properties: Properties::new() })
    }

    /// The `type`; never empty.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// An `id` that was sent all the same is ignored, as specified.
    fn take(object: &mut Properties, name: &str) -> Result<Self, RequestError> {
        let mut entity = required(object_at(object, name)?, name)?;
        Ok(Self {
            kind: string_at(&mut entity, &format!("{name}.type"))?,
            properties: object_at(&mut entity, &format!("{name}.properties"))?.unwrap_or_default(),
        })
    }
}

/// Who may perform the action on the resource?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectSearch {
    /// The type of subjects that are searched for.
    pub subject: EntityType,
    /// What they want to do.
    pub action: Action,
    /// What they want to do it to.
    pub resource: Resource,
    /// The circumstances, if any were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
    /// Which part of the results is wanted.
    pub page: PageRequest,
}

/// On which resources may the subject perform the action?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResourceSearch {
    /// Who asks.
    pub subject: Subject,
    /// What they want to do.
    pub action: Action,
    /// The type of resources that are searched for.
    pub resource: EntityType,
    /// The circumstances, if any were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
    /// Which part of the results is wanted.
    pub page: PageRequest,
}

/// Which actions may the subject perform on the resource?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionSearch {
    /// Who asks.
    pub subject: Subject,
    /// What they want to do something to.
    pub resource: Resource,
    /// The circumstances, if any were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
    /// Which part of the results is wanted.
    pub page: PageRequest,
}

impl SubjectSearch {
    /// Builds a request without a context, for the first page.
    pub fn new(subject: EntityType, action: Action, resource: Resource) -> Self {
        Self { subject, action, resource, context: None, page: PageRequest::default() }
    }

    /// The same request for a page of the results.
    #[must_use]
    pub fn with_page(self, page: PageRequest) -> Self {
        Self { page, ..self }
    }

    /// Reads the body of a Subject Search request. Fields that the specification does not name are ignored at every level.
    ///
    /// # Errors
    ///
    /// As [`EvaluationRequest::parse`](crate::authzen::EvaluationRequest::parse); [`RequestError::PageToken`] when the
    /// page's token is none that was given out.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let mut object = read_object(body)?;
        Ok(Self {
            subject: EntityType::take(&mut object, "subject")?,
            action: action(&mut object)?,
            resource: resource(&mut object)?,
            context: object_at(&mut object, "context")?,
            page: PageRequest::take(&mut object)?,
        })
    }

    pub(super) fn sent(&self) -> Sent<'_> {
        Sent {
            subject: &self.subject.properties,
            action: Some(&self.action.properties),
            resource: &self.resource.properties,
            context: self.context.as_ref(),
        }
    }
}

impl ResourceSearch {
    /// Builds a request without a context, for the first page.
    pub fn new(subject: Subject, action: Action, resource: EntityType) -> Self {
        Self { subject, action, resource, context: None, page: PageRequest::default() }
    }

    /// The same request for a page of the results.
    #[must_use]
    pub fn with_page(self, page: PageRequest) -> Self {
        Self { page, ..self }
    }

    /// Reads the body of a Resource Search request. Fields that the specification does not name are ignored at every level.
    ///
    /// # Errors
    ///
    /// As [`SubjectSearch::parse`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let mut object = read_object(body)?;
        Ok(Self {
            subject: subject(&mut object)?,
            action: action(&mut object)?,
            resource: EntityType::take(&mut object, "resource")?,
            context: object_at(&mut object, "context")?,
            page: PageRequest::take(&mut object)?,
        })
    }

    pub(super) fn sent(&self) -> Sent<'_> {
        Sent {
            subject: &self.subject.properties,
            action: Some(&self.action.properties),
            resource: &self.resource.properties,
            context: self.context.as_ref(),
        }
    }
}

impl ActionSearch {
    /// Builds a request without a context, for the first page.
    pub fn new(subject: Subject, resource: Resource) -> Self {
        Self { subject, resource, context: None, page: PageRequest::default() }
    }

    /// The same request for a page of the results.
    #[must_use]
    pub fn with_page(self, page: PageRequest) -> Self {
        Self { page, ..self }
    }

    /// Reads the body of an Action Search request. Fields that the specification does not name are ignored at every level.
    ///
    /// # Errors
    ///
    /// As [`SubjectSearch::parse`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let mut object = read_object(body)?;
        Ok(Self {
            subject: subject(&mut object)?,
            resource: resource(&mut object)?,
            context: object_at(&mut object, "context")?,
            page: PageRequest::take(&mut object)?,
        })
    }

    pub(super) fn sent(&self) -> Sent<'_> {
        Sent {
            subject: &self.subject.properties,
            action: None,
            resource: &self.resource.properties,
            context: self.context.as_ref(),
        }
    }
}

fn subject(object: &mut Properties) -> Result<Subject, RequestError> {
    required(object_at(object, "subject")?, "subject").and_then(Subject::take)
}

fn action(object: &mut Properties) -> Result<Action, RequestError> {
    required(object_at(object, "action")?, "action").and_then(Action::take)
}

fn resource(object: &mut Properties) -> Result<Resource, RequestError> {
    required(object_at(object, "resource")?, "resource").and_then(Resource::take)
}
