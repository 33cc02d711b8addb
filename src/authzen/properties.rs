//! Properties: JSON objects of attributes.

use serde_json::{Map, Value};

/// A JSON object of attributes: `properties` of an entity, or a `context`.
pub type Properties = Map<String, Value>;
