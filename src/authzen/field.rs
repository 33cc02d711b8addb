//! Fields: takes specified fields out of a JSON object, without coercion.

use serde_json::Value;

use crate::authzen::error::RequestError;
use crate::authzen::json::{self, JsonLimits};
use crate::authzen::properties::Properties;

pub(super) fn read_object(body: &[u8]) -> Result<Properties, RequestError> {
    match json::read(body, &JsonLimits::default())? {
        Value::Object(object) => Ok(object),
        _ => Err(wrong_type("request body", "an object")),
    }
}

/// Takes the object at `path`, whose last segment is its key in `object`.
pub(super) fn object_at(
    object: &mut Properties,
    path: &str,
) -> Result<Option<Properties>, RequestError> {
    match object.remove(key_of(path)) {
        None => Ok(None),
        Some(Value::Object(value)) => Ok(Some(value)),
        Some(_) => Err(wrong_type(path, "an object")),
    }
}

/// Takes the required string at `path`, whose last segment is its key in `object`.
pub(super) fn string_at(object: &mut Properties, path: &str) -> Result<String, RequestError> {
    match required(object.remove(key_of(path)), path)? {
        Value::String(value) => non_empty(value, path),
        _ => Err(wrong_type(path, "a string")),
    }
}

fn key_of(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, key)| key)
}

pub(super) fn required<T>(value: Option<T>, path: &str) -> Result<T, RequestError> {
    value.ok_or_else(|| RequestError::MissingField { path: path.to_owned() })
}

pub(super) fn non_empty(value: String, path: &str) -> Result<String, RequestError> {
    if value.is_empty() {
        return Err(RequestError::EmptyField { path: path.to_owned() });
    }
    Ok(value)
}

pub(super) fn wrong_type(path: &str, expected: &'static str) -> RequestError {
    RequestError::WrongType { path: path.to_owned(), expected }
}
