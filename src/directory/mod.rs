//! The directory: all organizations of one service, each an atomically swapped snapshot over a
//! store.
//!
//! A check loads one pointer and reads. It never does I/O, takes no lock and waits for no writer. A
//! commit is drafted on the newest snapshot, stored by compare-and-swap, and only then made
//! visible.
//!
//! Start at [`Directory`]; [`Administration`] has the changes that an actor makes.

mod accounts;
mod administration;
mod archive;
mod cache;
mod cache_entry;
mod catalog_in_force;
mod catalogs;
mod commit;
mod consistency;
mod create;
mod error;
mod history;
mod id_source;
mod loaded;
mod loader;
mod maintenance;
mod new;
mod replay;
mod session;
mod single_flight;
mod system;
mod write;

#[expect(clippy::module_inception, reason = "a file is named after its type")]
mod directory;

pub use accounts::Account;
pub use administration::Administration;
pub use administration::invitations::{Invite, Invited};
pub use archive::ArchiveError;
pub use catalog_in_force::{Adoption, CatalogInForce, CatalogStanding};
pub use consistency::Consistency;
pub use create::CreatedOrganization;
pub use directory::Directory;
pub use error::{CatalogUnusable, CommitError, LoadError};
pub use maintenance::Maintenance;
pub use new::{NewResource, NewRole, NewWorkspace};
pub use system::System;
