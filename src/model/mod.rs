//! The objects of an organization and the changes to them: plain data, stored by name.
//!
//! Nothing here does I/O, reads a clock, draws random numbers or knows a catalog. Replaying the
//! same change sets gives the same bytes in every release. Start at [`Organization`]; [`change`]
//! lists the changes.

pub mod assignment;
pub mod change;
pub mod condition;
pub mod consent;
pub mod invitation;
pub mod link;
pub mod login;
pub mod maker;
pub mod organization;
pub mod personal;
pub mod profile;
pub mod record;
pub mod request;
pub mod resource;
pub mod role;
pub mod scope;
pub mod sub_account;
pub mod team;
pub mod validity;
pub mod workspace;

mod apply;
mod differences;
mod index;
mod stored;

pub use apply::{DEPTH_LIMIT, LIST_LIMIT};
pub use assignment::{Assignee, Assignment, Effect, Grant, Reach, Terms};
pub use change::{Change, ChangeSet, Put, Remove, StructureError, TimeReset};
pub use condition::{Condition, LoginMethod, LoginMethods, Networks};
pub use consent::Consent;
pub(crate) use differences::{RowChange, Rows};
pub use invitation::Invitation;
pub use link::EntityId;
pub use login::Login;
pub use maker::Maker;
pub use organization::Organization;
pub use personal::{Personal, PersonalRow, Purpose};
pub use profile::{OrganizationStatus, Profile, SecurityPolicy};
pub use request::{Request, Wants};
pub use resource::{Kind, Resource};
pub use role::{Role, RoleName, RoleRef, SystemRole};
pub use scope::{Key, Scope, ScopeKind, ScopeKinds};
pub use sub_account::{Status, SubAccount, SubAccountKind};
pub use team::{Membership, Team};
pub use validity::Validity;
pub use workspace::{Workspace, WorkspaceStatus};
