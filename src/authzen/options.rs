//! Options: how a batch is executed.

use serde::Serialize;
use serde_json::Value;

use crate::authzen::error::RequestError;
use crate::authzen::field::{object_at, wrong_type};
use crate::authzen::json::excerpt;
use crate::authzen::properties::Properties;

/// How to execute a batch: "Evaluations options".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Which items are answered.
    #[serde(rename = "evaluations_semantic")]
    pub semantic: Semantic,
}

impl Options {
    pub(super) fn take(object: &mut Properties) -> Result<Self, RequestError> {
        const SEMANTIC: &str = "evaluations_semantic";
        let semantic = object_at(object, "options")?.and_then(|mut o| o.remove(SEMANTIC));
        let semantic = match semantic {
            None => Semantic::default(),
            Some(Value::String(name)) => Semantic::named(&name)?,
            Some(_) => return Err(wrong_type("options.evaluations_semantic", "a string")),
        };
        Ok(Self { semantic })
    }
}

/// Which items of a batch are answered: "Evaluations semantics".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All items.
    #[default]
    ExecuteAll,
    /// The items up to and including the first deny.
    DenyOnFirstDeny,
    /// The items up to and including the first permit.
    PermitOnFirstPermit,
}

impl Semantic {
    fn named(name: &str) -> Result<Self, RequestError> {
        match name {
            "execute_all" => Ok(Self::ExecuteAll),
            "deny_on_first_deny" => Ok(Self::DenyOnFirstDeny),
            "permit_on_first_permit" => Ok(Self::PermitOnFirstPermit),
            other => Err(RequestError::UnknownSemantic { value: excerpt(other) }),
        }
    }

    pub(super) fn ends_with(self, decision: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !decision,
            Self::PermitOnFirstPermit => decision,
        }
    }
}
