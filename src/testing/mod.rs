//! Support for the tests of services that use this library.
//!
//! - [`Scene`]: an organization in memory, created in a few lines, with a [`FixedClock`].
//! - [`Expectations`]: a readable table of who may do what where, which prints the differences.
//! - [`organizations`], [`contexts`] and [`permissions`]: strategies for property tests, with
//!   [`Reference`] to compare with.
//!
//! ```
//! use tenantry::messaging::{self, Permission};
//! use tenantry::testing::{Expectations, Scene};
//!
//! let scene = Scene::builder(messaging::catalog())
//!     .workspace("support")
//!     .resource("support", "inbox", "17")
//!     .member("wu@acme.example", messaging::AGENT, "support")
//!     .member("kim@acme.example", messaging::VIEWER, "support")
//!     .build()?;
//!
//! Expectations::of(&scene.snapshot()?)
//!     .may("kim@acme.example", Permission::VIEW_CONVERSATIONS, ("inbox", "17"))
//!     .may_not("kim@acme.example", Permission::SEND_MESSAGES, "support")
//!     .may_nowhere("wu@acme.example", Permission::EXPORT_CONTACTS)
//!     .verify()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod expectations;
mod scene;
mod strategies;

pub use crate::access::Reference;

pub use self::clock::FixedClock;
pub use self::expectations::{
    Expectations, ScopeRef, SubAccountRef, UnmetExpectation, UnmetExpectations,
};
pub use self::scene::{Scene, SceneBuilder, SceneError};
pub use self::strategies::{contexts, organizations, permissions};
