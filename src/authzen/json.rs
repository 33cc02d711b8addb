//! A strict, bounded parser of JSON documents from untrusted senders.
//!
//! [`read`] turns bytes into a [`Value`], or returns a precise error. It follows the "JSON Payload
//! Considerations" and "Availability & Denial of Service" sections of the OpenID AuthZEN
//! Authorization API 1.0: keys of an object are unique after escapes are resolved, text is UTF-8
//! without unpaired surrogates, and size and nesting are bounded.
//!
//! It never panics, never exhausts the stack, and allocates in proportion to the bytes that it has
//! read. Two parsers never see two different documents in bytes that it accepts.
//!
//! The `field` module interprets the document.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

/// Parses one JSON document and nothing after it.
///
/// # Errors
///
/// - [`JsonError::TooLarge`] if there are too many bytes, before any is read.
/// - [`JsonError::TooDeep`] if arrays and objects nest beyond the limit.
/// - [`JsonError::DuplicateKey`] if an object at any depth repeats a key.
/// - [`JsonError::ReservedKey`] if an object has the key under which `serde_json` passes numbers.
/// - [`JsonError::Syntax`] if the bytes are not one JSON document.
pub(crate) fn read(bytes: &[u8], limits: &JsonLimits) -> Result<Value, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError::TooLarge { bytes: bytes.len(), limit: limits.bytes });
    }
    let fault = Cell::new(None);
    let root = ValueSeed { limit: limits.depth.min(PARSER_DEPTH), depth: 0, fault: &fault };
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let outcome = root.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    // The cell has the typed error if the parse was ended by this module.
    outcome.map_err(|error| fault.take().unwrap_or_else(|| syntax(&error)))
}

/// How much input [`read`] accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonLimits {
    /// The longest document, in bytes.
    pub(crate) bytes: usize,
    /// How many arrays and objects may be open at once; at most [`PARSER_DEPTH`]. A scalar needs
    /// none.
    pub(crate) depth: usize,
}

impl Default for JsonLimits {
    /// One mebibyte, nested 32 deep.
    fn default() -> Self {
        Self { bytes: 1024 * 1024, depth: 32 }
    }
}

/// Why a document was refused before it was interpreted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The document is longer than the limit.
    #[error("the document has {bytes} bytes, more than {limit}: send a smaller one")]
    TooLarge {
        /// The length of the document.
        bytes: usize,
        /// The longest that is read.
        limit: usize,
    },
    /// Arrays and objects nest deeper than the limit.
    #[error("the document nests more than {limit} deep: flatten its arrays and objects")]
    TooDeep {
        /// The deepest nesting that is read.
        limit: usize,
    },
    /// An object has the same key twice, so that parsers could disagree about its value.
    #[error("the key `{key}` appears twice in one object: send it once")]
    DuplicateKey {
        /// The key, with escapes resolved, shortened for display.
        key: String,
    },
    /// An object has a key that `serde_json` uses itself. A build with its `arbitrary_precision`
    /// feature also refuses fractions with this error.
    #[error("the key `{key}` is reserved by the json parser: rename it")]
    ReservedKey {
        /// The key.
        key: String,
    },
    /// The bytes are not one JSON document.
    #[error("invalid json at line {line} column {column}, {reason}: send one json document")]
    Syntax {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, in bytes.
        column: usize,
        /// What the parser found wrong.
        reason: String,
    },
}

/// Returns text of a request for an error message: shortened, and without control characters that
/// could forge a line in a log.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 64;
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(SHOWN).flat_map(char::escape_debug).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// One less than the deepest nesting that `serde_json` accepts. Its own limit must never be
/// reached, because it would be reported as a syntax error.
const PARSER_DEPTH: usize = 126;

/// The key under which `serde_json` presents a number as an object if any crate in the build
/// enables its `arbitrary_precision` feature and the number is not a 64-bit integer. Read as an
/// ordinary key, it would silently change the number into an object. Such a build refuses the
/// number instead.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Deserializes one value at some depth of the document.
///
/// Errors inside `serde` are only strings, so the typed error travels in `fault`, and the error
/// passed to `serde` only ends the parse.
#[derive(Clone, Copy)]
struct ValueSeed<'f> {
    limit: usize,
    /// How many arrays and objects are open around this value.
    depth: usize,
    fault: &'f Cell<Option<JsonError>>,
}

impl ValueSeed<'_> {
    fn refuse<E: serde::de::Error>(self, error: JsonError) -> E {
        self.fault.set(Some(error));
        E::custom("refused")
    }

    /// The seed for values inside the array or object at this depth.
    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= self.limit {
            return Err(self.refuse(JsonError::TooDeep { limit: self.limit }));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a json value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // `Value::from` would turn infinity into null.
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        // No capacity from a size hint: the array grows with its elements.
        let mut array = Vec::new();
        while let Some(value) = seq.next_element_seed(inside)? {
            array.push(value);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == NUMBER_KEY {
                return Err(self.refuse(JsonError::ReservedKey { key }));
            }
            match object.entry(key) {
                Entry::Vacant(slot) => {
                    slot.insert(map.next_value_seed(inside)?);
                }
                Entry::Occupied(slot) => {
                    let key = excerpt(slot.key());
                    return Err(self.refuse(JsonError::DuplicateKey { key }));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

fn syntax(error: &serde_json::Error) -> JsonError {
    let text = error.to_string();
    // The parser appends the position, which `JsonError` has as fields.
    let reason = text.split(" at line ").next().unwrap_or(&text);
    JsonError::Syntax { line: error.line(), column: error.column(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read_default(text: &str) -> Result<Value, JsonError> {
        read(text.as_bytes(), &JsonLimits::default())
    }

    fn duplicate(key: &str) -> Result<Value, JsonError> {
        Err(JsonError::DuplicateKey { key: key.into() })
    }

    #[test]
    fn every_kind_of_value_is_read_as_it_stands() {
        let text = r#"{"n":null,"b":true,"i":-1,"u":18446744073709551615,"f":1.5,"s":"\u00e9","a":[1,[]]}"#;
        let value =
            json!({"n": null, "b": true, "i": -1, "u": u64::MAX, "f": 1.5, "s": "é", "a": [1, []]});
        assert_eq!(read_default(text), Ok(value));
    }

    #[test]
    fn a_repeated_key_is_refused_at_any_depth_and_in_any_spelling() {
        assert_eq!(read_default(r#"{"a":1,"a":1}"#), duplicate("a"));
        assert_eq!(read_default(r#"[{"x":{"a":1,"b":2,"a":3}}]"#), duplicate("a"));
        assert_eq!(read_default(r#"{"a":1,"\u0061":2}"#), duplicate("a"));
        assert_eq!(read_default(r#"{"":1,"":2}"#), duplicate(""));
        assert_eq!(read_default(r#"{"a":{"a":1},"A":2}"#), Ok(json!({"a": {"a": 1}, "A": 2})));
    }

    #[test]
    fn a_key_in_a_message_is_short_and_on_one_line() {
        let long = "k".repeat(1000);
        let error = read_default(&format!(r#"{{"{long}":1,"{long}":2}}"#)).unwrap_err();
        assert_eq!(error, JsonError::DuplicateKey { key: format!("{}…", "k".repeat(64)) });
        assert_eq!(read_default(r#"{"a\nb":1,"a\nb":2}"#), duplicate(r"a\nb"));
        assert_eq!(excerpt(&"é".repeat(64)), "é".repeat(64));
    }

    #[test]
    fn a_document_may_be_exactly_as_long_as_the_limit() {
        let limits = JsonLimits { bytes: 4, ..JsonLimits::default() };
        assert_eq!(read(b"true", &limits), Ok(json!(true)));
        assert_eq!(read(b"true ", &limits), Err(JsonError::TooLarge { bytes: 5, limit: 4 }));
    }

    #[test]
    fn a_document_of_brackets_is_too_deep_and_not_a_crash() {
        for open in ["[", "{\"a\":"] {
            let error = read_default(&open.repeat(100_000)).unwrap_err();
            assert_eq!(error, JsonError::TooDeep { limit: 32 });
        }
    }

    #[test]
    fn the_limit_of_the_parser_is_never_the_one_that_is_hit() {
        let limits = JsonLimits { depth: usize::MAX, ..JsonLimits::default() };
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(nested(PARSER_DEPTH).as_bytes(), &limits).is_ok());
        let error = read(nested(PARSER_DEPTH + 1).as_bytes(), &limits).unwrap_err();
        assert_eq!(error, JsonError::TooDeep { limit: PARSER_DEPTH });
    }

    #[test]
    fn what_is_not_one_document_is_a_syntax_error_with_its_place() {
        let error = read_default("{\n  \"a\": trux\n}").unwrap_err();
        let JsonError::Syntax { line, reason, .. } = &error else { panic!("{error}") };
        assert_eq!((*line, reason.as_str()), (2, "expected ident"));
        let refused = [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{'a':1}",
            "{1:2}",
            "01",
            "1e999",
            "nul",
            "NaN",
            "1 2",
            "{} {}",
            "{}x",
            "\"\\ud800\"",
            "\"\n\"",
            "\u{feff}{}",
        ];
        for text in refused {
            let error = read_default(text).unwrap_err();
            assert!(matches!(error, JsonError::Syntax { .. }), "{text:?}: {error}");
        }
        let error = read(b"\"\xff\"", &JsonLimits::default()).unwrap_err();
        assert!(matches!(error, JsonError::Syntax { .. }), "{error}");
    }

    #[test]
    fn a_key_the_parser_could_mistake_for_a_number_is_refused() {
        let error = read_default(r#"{"a":{"$serde_json::private::Number":"5"}}"#).unwrap_err();
        assert!(matches!(error, JsonError::ReservedKey { .. }), "{error}");
    }

    #[test]
    fn messages_name_the_fault_and_the_remedy() {
        let error = read_default(r#"{"a":1,"a":1}"#).unwrap_err();
        assert_eq!(error.to_string(), "the key `a` appears twice in one object: send it once");
        let error = read_default("[1").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid json at line 1 column 2, EOF while parsing a list: send one json document"
        );
    }

    /// Any document within the limits.
    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-e]{0,2}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Writes the document with one key repeated in its `nth` non-empty object.
    fn write_with_duplicate(value: &Value, nth: &mut Option<usize>, out: &mut String) {
        match value {
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    write_with_duplicate(item, nth, out);
                }
                out.push(']');
            }
            Value::Object(map) => {
                let here = !map.is_empty() && *nth == Some(0);
                if !map.is_empty() {
                    *nth = nth.and_then(|n| n.checked_sub(1));
                }
                out.push('{');
                for (index, (key, item)) in map.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(&json!(key).to_string());
                    out.push(':');
                    write_with_duplicate(item, nth, out);
                }
                if here {
                    let first = map.keys().next().unwrap();
                    out.extend([",", &json!(first).to_string(), ":0"]);
                }
                out.push('}');
            }
            scalar => out.push_str(&scalar.to_string()),
        }
    }

    fn objects_in(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(objects_in).sum(),
            Value::Object(map) => {
                usize::from(!map.is_empty()) + map.values().map(objects_in).sum::<usize>()
            }
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = read(&bytes, &JsonLimits::default());
        }

        #[test]
        fn no_broken_json_makes_the_reader_panic(text in r#"[\[\]{}:,"\\u0-9a-e. -]{0,64}"#) {
            let _ = read(text.as_bytes(), &JsonLimits::default());
        }

        #[test]
        fn what_was_written_is_read_back(value in document()) {
            prop_assert_eq!(read_default(&value.to_string()), Ok(value));
        }

        #[test]
        fn a_duplicate_is_found_wherever_it_is(value in document(), pick in any::<prop::sample::Index>()) {
            // There is at least one object, so that no case is discarded.
            let value = json!({ "root": value });
            let objects = objects_in(&value);
            let mut text = String::new();
            write_with_duplicate(&value, &mut Some(pick.index(objects)), &mut text);
            let found = matches!(read_default(&text), Err(JsonError::DuplicateKey { .. }));
            prop_assert!(found, "{}", text);
        }

        #[test]
        fn the_depth_limit_is_exact(kinds in prop::collection::vec(any::<bool>(), 1..=PARSER_DEPTH)) {
            let open: String = kinds.iter().map(|&array| if array { "[" } else { "{\"k\":" }).collect();
            let close: String = kinds.iter().rev().map(|&array| if array { "]" } else { "}" }).collect();
            let text = format!("{open}0{close}");
            let within = |depth| read(text.as_bytes(), &JsonLimits { depth, ..JsonLimits::default() });
            prop_assert!(within(kinds.len()).is_ok());
            let limit = kinds.len() - 1;
            prop_assert_eq!(within(limit), Err(JsonError::TooDeep { limit }));
        }
    }
}
