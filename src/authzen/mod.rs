//! The OpenID AuthZEN Authorization API 1.0: standard requests, answered by the same decisions as
//! every other check.
//!
//! A policy enforcement point asks in JSON whether a subject may perform an action on a resource,
//! one question or a batch, or searches for the subjects, resources or actions that would be
//! permitted. This module has everything between the bytes of the request and the body of the
//! response: strict parsing ([`EvaluationRequest::parse`], [`EvaluationsRequest::parse`],
//! [`SubjectSearch::parse`] ...), translation ([`Mapping`], [`ReverseMapping`], [`ByName`],
//! [`TrustedMapping`]), evaluation ([`evaluate`], [`evaluate_all`]), searches ([`search_subjects`],
//! [`search_resources`], [`search_actions`]), and the [`Metadata`] document. The host provides
//! transport, authentication of the caller, and the choice of the organization. host's.
//!
//! ```
//! use tenantry::authzen::{ByName, EvaluationRequest, evaluate};
//! use tenantry::{Catalog, Directory, SystemRole};
//!
//! bitflags::bitflags! {
//!     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
//!     pub struct Permission: u64 {
//!         const VIEW = 1 << 0;
//!         const ADMINISTER = 1 << 1;
//!     }
//! }
//! const OWNER: SystemRole = SystemRole::new("owner");
//! # let catalog = Catalog::builder()
//! #     .role(OWNER, Permission::all())
//! #     .owner(OWNER)
//! #     .administration(Permission::ADMINISTER)
//! #     .build()?;
//! let directory = Directory::new(catalog);
//! let acme = directory.create_organization("Acme", &"lin@acme.example".parse()?)?;
//! let snapshot = directory.snapshot(acme.organization)?;
//!
//! let body = format!(
//!     r#"{{
//!         "subject": {{"type": "user", "id": "lin@acme.example"}},
//!         "action": {{"name": "VIEW"}},
//!         "resource": {{"type": "organization", "id": "{}"}}
//!     }}"#,
//!     acme.organization,
//! );
//! let request = EvaluationRequest::parse(body.as_bytes())?;
//! let response = evaluate(&snapshot, &ByName, &request);
//! assert_eq!(serde_json::to_string(&response)?, r#"{"decision":true}"#);
//!
//! let stranger = EvaluationRequest::parse(body.replace("lin@", "wu@").as_bytes())?;
//! let response = evaluate(&snapshot, &ByName, &stranger);
//! assert_eq!(
//!     serde_json::to_string(&response)?,
//!     r#"{"decision":false,"context":{"reason":"unknown_sub_account","rule":"D1"}}"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! - A request in doubt is never accepted. `parse` is the only way in from bytes, so no request
//!   type implements `Deserialize`. Ambiguous documents are refused, nothing is coerced, `null` is
//!   a wrong type rather than an absent field, and an invalid item of a batch is a deny.
//! - Nothing is decided here. Every allow comes from
//!   [`Snapshot::check_in`](crate::Snapshot::check_in) or
//!   [`Snapshot::check_all`](crate::Snapshot::check_all), and everything unknown is a deny with its
//!   reason.
//! - A deny contains only codes: no name, no login and no reason in words.
//!
//! The types follow the specification's sections "Information Model", "Access Evaluation API",
//! "Access Evaluations API", "Search APIs", "Policy Decision Point Metadata" and "JSON
//! Serialization".

mod batch;
mod by_name;
mod entity;
mod error;
mod evaluate;
mod field;
mod json;
mod mapping;
mod metadata;
mod options;
mod properties;
mod request;
mod response;
mod search;
#[cfg(test)]
mod tests;
mod trusted_mapping;

pub use batch::{EvaluationsRequest, MAX_EVALUATIONS};
pub use by_name::ByName;
pub use entity::{Action, Resource, Subject};
pub use error::{ItemError, RequestError};
pub use evaluate::{evaluate, evaluate_all};
pub use json::JsonError;
pub use mapping::{Mapping, RequestProperties};
pub use metadata::{Metadata, MetadataError};
pub use options::{Options, Semantic};
pub use properties::Properties;
pub use request::{Evaluation, EvaluationRequest};
pub use response::{EvaluationResponse, EvaluationsAnswer, EvaluationsResponse};
pub use search::{
    ActionSearch, EntityType, PageRequest, PageResponse, PageToken, ResourceSearch, ResourceType,
    ReverseMapping, SearchError, SearchResponse, SubjectSearch, search_actions, search_resources,
    search_subjects,
};
pub use trusted_mapping::TrustedMapping;
