//! Access control for multi-tenant services: organizations with workspaces, sub-accounts with
//! roles, and on every request an answer to *may this sub-account do this, here?*
//!
//! A service defines its permissions as a `bitflags` type and its roles as a [`Catalog`], keeps its
//! organizations in a [`Directory`], and asks a [`Snapshot`]: in memory, without a lock,
//! infallibly.
//!
//! ```
//! use tenantry::{Catalog, Context, Directory, Login, SystemRole};
//!
//! bitflags::bitflags! {
//!     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
//!     pub struct Permission: u64 {
//!         const VIEW = 1 << 0;
//!         const REPLY = 1 << 1;
//!         const EXPORT = 1 << 2;
//!         const ADMINISTER = 1 << 3;
//!     }
//! }
//! const OWNER: SystemRole = SystemRole::new("owner");
//! const AGENT: SystemRole = SystemRole::new("agent");
//!
//! let catalog = Catalog::builder()
//!     .role(OWNER, Permission::all())
//!     .role(AGENT, Permission::VIEW | Permission::REPLY)
//!     .needs(Permission::REPLY, Permission::VIEW)
//!     .owner(OWNER)
//!     .administration(Permission::ADMINISTER)
//!     .build()?;
//! let directory = Directory::new(catalog);
//!
//! let (lin, wu): (Login, Login) = ("lin@acme.example".parse()?, "wu@acme.example".parse()?);
//! let acme = directory.create_organization("Acme", &lin)?;
//! let admin = directory.administer(acme.organization, acme.owner, &Context::new());
//! let support = admin.create_workspace("Support")?;
//! let invited = admin.invite(&wu).role(AGENT, support).issue()?;
//! let agent = directory.accept(&invited.token, &wu)?;
//!
//! let snapshot = directory.snapshot(acme.organization)?;
//! let me = snapshot.subject(agent);
//! assert!(me.can(Permission::REPLY, support));
//! assert!(!me.can(Permission::EXPORT, support));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! Features only add. The default build has no C code, no asynchronous runtime and starts no
//! thread.
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `authzen` | yes | the OpenID AuthZEN Authorization API 1.0: types, evaluation, searches; no further dependency |
//! | `sqlite` | no | a durable [`store`] in one SQLite file, with the system's SQLite library |
//! | `sqlite-bundled` | no | the same with SQLite compiled in, which needs a C compiler |
//! | `testing` | no | for the tests of services: a clock that stands still, scenes, expectations with readable failures, random organizations; brings `proptest` |
//! | `conformance` | no | the test suite for stores of one's own, and a store that injects faults; no further dependency |
//!
//! # Modules
//!
//! [`id`], [`text`], [`clock`] and [`table`] have no dependencies. [`model`] has the objects as
//! plain data, [`catalog`] the application's definitions, [`messaging`] a ready-made catalog,
//! [`access`] the decisions, [`governance`] the rules for changes, and [`store`] the storage trait.
//! [`directory`] brings them together.

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod access;
#[cfg(feature = "authzen")]
pub mod authzen;
pub mod catalog;
pub mod clock;
pub mod directory;
pub mod governance;
pub mod id;
mod index;
pub mod messaging;
pub mod model;
pub mod store;
mod sync;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;

mod permission;

pub use access::{
    Context, Cursor, Decision, Description, Explanation, Listed, Operator, Ownership, Page, Query,
    Reason, ResolvedTarget, Snapshot, Subject, Target,
};
pub use catalog::{AdminAction, Catalog, PermissionInfo, RoleDefinition};
pub use clock::Clock;
pub use directory::{
    Account, Administration, CreatedOrganization, Directory, Invite, Invited, NewResource, NewRole,
    NewWorkspace, System,
};
pub use governance::{
    Action, Departure, Impact, NewAssignment, NewInvitation, NewRequest, NewSubAccount, Plan,
    Refusal, Remedy, Token, Violation,
};
pub use id::{
    AssignmentId, CommitId, ConsentId, InvitationId, OrganizationId, PersonalId, RequestId,
    ResourceId, RoleId, SubAccountId, TeamId, WorkspaceId,
};
pub use jiff::Timestamp;
pub use model::{
    Condition, Effect, Grant, Key, Kind, Login, LoginMethod, Networks, Organization, RoleName,
    RoleRef, Scope, ScopeKind, ScopeKinds, Status, SubAccountKind, SystemRole,
};
pub use permission::{PermissionName, PermissionNames, Permissions};
pub use text::{Label, Name};

/// Compiles and runs the README as documentation, so that it stays correct.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles and runs the guide as documentation.
#[cfg(doctest)]
#[doc = include_str!("../docs/GUIDE.md")]
struct Guide;
