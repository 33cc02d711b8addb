//! The compiled form of an organization: the data that a check reads, and the code that makes and
//! reads it.
//!
//! * Data: [`CompiledOrganization`] holds a [`CompiledScope`](scope::CompiledScope) for each scope,
//!   a [`CompiledSubject`](subject::CompiledSubject) for each sub-account that the packed form
//!   cannot express whole, and the [`Grants`](grants::Grants) of everyone. `now`, `owned` and
//!   `word` hold the small types that evaluation shares with the fast path.
//! * Compiling: `compile` makes a revision from the start or from the revision before;
//!   `scope_compiler` and `subject_compiler` do the two halves of the work.
//! * Evaluating: `decide` chooses the path through the decision tree that is drawn in
//!   [`fast_path`](crate::access::fast_path), `evaluate` is the full evaluation at its end, and
//!   `deny_reason` finds the reason of a deny after it was decided.

pub(in crate::access) mod grants;
pub(in crate::access) mod now;
pub(in crate::access) mod organization;
pub(in crate::access) mod owned;
pub(in crate::access) mod question;
pub(in crate::access) mod scope;
pub(in crate::access) mod subject;
pub(in crate::access) mod subject_compiler;
pub(in crate::access) mod word;

mod compile;
mod decide;
mod deny_reason;
mod evaluate;
mod scope_compiler;

#[cfg(doc)]
use crate::access::compiled::organization::CompiledOrganization;
