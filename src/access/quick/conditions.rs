//! Conditions: the lists of conditions under which something is given or taken, each kept once.

use std::sync::Arc;

use crate::access::quick::numbered::{Number, Numbered};
use crate::model::Condition;

/// The number of a list; 0 is that of no conditions.
pub(super) type ConditionsNumber = Number;

/// Lists by their numbers.
pub(super) type Conditions = Numbered<Arc<[Condition]>>;
