//! [`JudgedCondition`]: a condition, and whether the request meets it.

use serde::{Deserialize, Serialize};

use crate::access::context::Truth;
use crate::model::Condition;

/// A condition, and whether the request meets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JudgedCondition {
    /// The condition.
    pub condition: Condition,
    /// Whether the request meets it; `None` if the context does not say.
    pub is_met: Option<bool>,
}

impl JudgedCondition {
    pub(super) fn new(condition: &Condition, truth: Truth) -> Self {
        let is_met = match truth {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        };
        Self { condition: condition.clone(), is_met }
    }
}
