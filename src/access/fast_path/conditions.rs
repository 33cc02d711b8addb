//! Interned lists of conditions.

use std::sync::Arc;

use crate::access::fast_path::interner::{InternedId, Interner};
use crate::model::Condition;

/// The id of a list of conditions; 0 for the empty list.
pub(in crate::access) type ConditionListId = InternedId;

/// The lists of conditions of an organization, each stored once.
pub(in crate::access) type ConditionLists = Interner<Arc<[Condition]>>;
