//! The requests of the three searches.

use serde::Serialize;
use serde_json::Map;

use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::error::RequestError;
use crate::authzen::field::{non_empty, object_at, read_object, required, string_at};
use crate::authzen::mapping::RequestProperties;
use crate::authzen::properties::Properties;
use crate::authzen::search::page::PageRequest;

/// The type of the entities to search for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityType {
    #[serde(rename = "type")]
    kind: String,
    /// Further attributes. Leaving them out is the same as an empty object.
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
        Ok(Self { kind: non_empty(kind.into(), "type")?, properties: Properties::new() })
    }

    /// The `type`; never empty.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Ignores an `id`, as specified.
    fn take(object: &mut Properties, name: &str) -> Result<Self, RequestError> {
        let mut entity = required(object_at(object, name)?, name)?;
        Ok(Self {
            kind: string_at(&mut entity, &format!("{name}.type"))?,
            properties: object_at(&mut entity, &format!("{name}.properties"))?.unwrap_or_default(),
        })
    }
}

/// A search for the subjects that may perform an action on a resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubjectSearch {
    /// The type of subjects to search for.
    pub subject: EntityType,
    /// The action.
    pub action: Action,
    /// The resource.
    pub resource: Resource,
    /// The `context`, if one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
    /// The requested page.
    pub page: PageRequest,
}

/// A search for the resources on which a subject may perform an action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResourceSearch {
    /// The subject.
    pub subject: Subject,
    /// The action.
    pub action: Action,
    /// The type of resources to search for.
    pub resource: EntityType,
    /// The `context`, if one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
    /// The requested page.
    pub page: PageRequest,
}

/// A search for the actions that a subject may perform on a resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionSearch {
    /// The subject.
    pub subject: Subject,
    /// The resource.
    pub resource: Resource,
    /// The `context`, if one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Properties>,
    /// The requested page.
    pub page: PageRequest,
}

impl SubjectSearch {
    /// Returns a request without a context, for the first page.
    pub fn new(subject: EntityType, action: Action, resource: Resource) -> Self {
        Self { subject, action, resource, context: None, page: PageRequest::default() }
    }

    /// Returns the request for another page.
    #[must_use]
    pub fn with_page(self, page: PageRequest) -> Self {
        Self { page, ..self }
    }

    /// Parses the body of a Subject Search request. Ignores fields that the specification does not
    /// name, at every level.
    ///
    /// # Errors
    ///
    /// As [`EvaluationRequest::parse`](crate::authzen::EvaluationRequest::parse);
    /// [`RequestError::PageToken`] if the token of the page is not one that was issued.
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

    pub(super) fn request_properties(&self) -> RequestProperties<'_> {
        RequestProperties {
            subject: &self.subject.properties,
            action: Some(&self.action.properties),
            resource: &self.resource.properties,
            context: self.context.as_ref(),
        }
    }
}

impl ResourceSearch {
    /// Returns a request without a context, for the first page.
    pub fn new(subject: Subject, action: Action, resource: EntityType) -> Self {
        Self { subject, action, resource, context: None, page: PageRequest::default() }
    }

    /// Returns the request for another page.
    #[must_use]
    pub fn with_page(self, page: PageRequest) -> Self {
        Self { page, ..self }
    }

    /// Parses the body of a Resource Search request. Ignores fields that the specification does not
    /// name, at every level.
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

    pub(super) fn request_properties(&self) -> RequestProperties<'_> {
        RequestProperties {
            subject: &self.subject.properties,
            action: Some(&self.action.properties),
            resource: &self.resource.properties,
            context: self.context.as_ref(),
        }
    }
}

impl ActionSearch {
    /// Returns a request without a context, for the first page.
    pub fn new(subject: Subject, resource: Resource) -> Self {
        Self { subject, resource, context: None, page: PageRequest::default() }
    }

    /// Returns the request for another page.
    #[must_use]
    pub fn with_page(self, page: PageRequest) -> Self {
        Self { page, ..self }
    }

    /// Parses the body of an Action Search request. Ignores fields that the specification does not
    /// name, at every level.
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

    pub(super) fn request_properties(&self) -> RequestProperties<'_> {
        RequestProperties {
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
