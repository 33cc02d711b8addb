//! The application's definitions in code, validated once: permissions, system roles, rules and
//! limits.
//!
//! A [`CatalogBuilder`] builds a [`Catalog`], or it is read from a [`CatalogDocument`]; both take
//! the same validation. A catalog knows no organization.

mod action;
mod builder;
mod core;
mod document;
mod error;
mod projection;
mod succession;
mod validate;
mod vocabulary;

#[expect(clippy::module_inception, reason = "a file is named after its type")]
mod catalog;

pub use action::AdminAction;
pub use builder::{CatalogBuilder, DutyDefinition, PermissionInfo, RoleDefinition};
pub use catalog::Catalog;
pub use document::{
    CatalogDocument, Duty, DutySet, Guardrail, Holders, Limits, PermissionDocument, RoleDocument,
    Sensitivity, Separation,
};
pub use error::{CatalogError, UnnamedBits};
pub use projection::ProjectionError;
pub use succession::SuccessionError;

pub(crate) use core::CatalogCore;
pub(crate) use succession::check_names;
pub(crate) use vocabulary::{Parts, Vocabulary};
