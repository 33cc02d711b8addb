//! Entities: the subject, the action and the resource of a question.
//!
//! Attributes are kept as they were sent. Only a [`Mapping`](crate::authzen::Mapping) gives them a
//! meaning.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::authzen::error::RequestError;
use crate::authzen::field::{non_empty, object_at, string_at};
use crate::authzen::properties::Properties;

/// The subject of a question: the "Subject" of the information model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// Further attributes. Leaving them out is the same as an empty object.
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
            kind: non_empty(kind.into(), "subject.type")?,
            id: non_empty(id.into(), "subject.id")?,
            properties: Properties::new(),
        })
    }

    /// Returns the subject with these attributes in place of its own.
    #[must_use]
    pub fn with_properties(self, properties: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self { properties: properties.into_iter().collect(), ..self }
    }

    /// The `type`; never empty.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The `id`, unique within the type; never empty.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn take(mut object: Properties) -> Result<Self, RequestError> {
        Ok(Self {
            kind: string_at(&mut object, "subject.type")?,
            id: string_at(&mut object, "subject.id")?,
            properties: object_at(&mut object, "subject.properties")?.unwrap_or_default(),
        })
    }
}

/// The action of a question: the "Action" of the information model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    name: String,
    /// Further attributes. Leaving them out is the same as an empty object.
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
        Ok(Self { name: non_empty(name.into(), "action.name")?, properties: Properties::new() })
    }

    /// Returns the action with these attributes in place of its own.
    #[must_use]
    pub fn with_properties(self, properties: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self { properties: properties.into_iter().collect(), ..self }
    }

    /// The `name`; never empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn take(mut object: Properties) -> Result<Self, RequestError> {
        Ok(Self {
            name: string_at(&mut object, "action.name")?,
            properties: object_at(&mut object, "action.properties")?.unwrap_or_default(),
        })
    }
}

/// The resource of a question: the "Resource" of the information model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resource {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// Further attributes. Leaving them out is the same as an empty object.
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
            kind: non_empty(kind.into(), "resource.type")?,
            id: non_empty(id.into(), "resource.id")?,
            properties: Properties::new(),
        })
    }

    /// Returns the resource with these attributes in place of its own.
    #[must_use]
    pub fn with_properties(self, properties: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self { properties: properties.into_iter().collect(), ..self }
    }

    /// The `type`; never empty.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The `id`, unique within the type; never empty.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn take(mut object: Properties) -> Result<Self, RequestError> {
        Ok(Self {
            kind: string_at(&mut object, "resource.type")?,
            id: string_at(&mut object, "resource.id")?,
            properties: object_at(&mut object, "resource.properties")?.unwrap_or_default(),
        })
    }
}
