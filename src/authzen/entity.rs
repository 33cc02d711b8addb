//! Entities: the subject, the action and the resource that a question is about.
//!
//! Attributes are kept as they came and mean nothing here; what they mean is for a
//! [`Mapping`](crate::authzen::Mapping) to say.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::authzen::error::RequestError;
use crate::authzen::field::{filled, object_at, string_at};
use crate::authzen::properties::Properties;

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

    /// The same subject with these attributes and no others.
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

    /// The same action with these attributes and no others.
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

    /// The same resource with these attributes and no others.
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
