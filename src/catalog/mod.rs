//! What the application defines in code, validated once: permissions, system roles, rules and limits.
//!
//! [`Catalog`] is built by a [`CatalogBuilder`], or read from a [`CatalogDocument`]; both go through the same
//! validation. A catalog knows no organization.

mod action;
mod builder;
mod document;
mod error;
mod projection;
mod succession;
mod validate;
mod vocabulary;

#[expect(clippy::module_inception, reason = "one noun, one file")]
mod catalog;

pub use action::AdminAction;
pub use builder::{CatalogBuilder, DutyDefinition, PermissionInfo, RoleDefinition};
pub use catalog::{Catalog, UnnamedBits};
pub use document::{
    CatalogDocument, Duty, DutySet, Guardrail, Holders, Limits, PermissionDocument, RoleDocument,
    Sensitivity, Separation,
};
pub use error::CatalogError;
pub use projection::ProjectionError;
pub use succession::SuccessionError;

pub(crate) use catalog::CatalogCore;
pub(crate) use succession::check_names;
pub(crate) use vocabulary::{Parts, Vocabulary};
