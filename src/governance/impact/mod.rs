//! Impact: the exact difference in effective permissions that a change makes.
//!
//! Permissions are compared as if every account were active and no workspace archived. Changes of
//! status are listed separately, as lifecycle steps.
//!
//! `measure` computes an impact, `words` renders it as text.

mod difference;
mod effects;
#[expect(clippy::module_inception, reason = "one noun, one file")]
pub(super) mod impact;
mod lifecycle_step;
mod measure;
mod words;

pub use difference::{Answer, Circumstance, Difference, PermissionsByOwnership};
pub use effects::{Effects, Extent};
pub use impact::Impact;
pub use lifecycle_step::LifecycleStep;
