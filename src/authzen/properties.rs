//! Properties: JSON objects of attributes.

use serde_json::{Map, Value};

/// A JSON object of attributes: the `properties` of an entity, or a `context`.
pub type Properties = Map<String, Value>;
