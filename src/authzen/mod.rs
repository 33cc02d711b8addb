//! The OpenID AuthZEN Authorization API 1.0: a standard's requests, answered by the same decision as every other check.
//!
//! A policy enforcement point sends "may this subject perform this action on this resource?" as JSON, one question or a
//! batch, or for whom, on what or which action it would be permitted. Here is everything between the bytes of the request
//! and the body of the answer: reading strictly ([`EvaluationRequest::parse`], [`EvaluationsRequest::parse`],
//! [`SubjectSearch::parse`] ...), translating ([`Mapping`], [`Naming`], [`ByName`], [`Believing`]), deciding ([`evaluate`],
//! [`evaluate_all`]) and searching ([`search_subjects`], [`search_resources`], [`search_actions`]), with the
//! [`Metadata`] that says where all that is found. Transport, authentication of the caller and the choice of the organization are the
//! host's.
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
//! # What it must never do
//!
//! - Accept a request in doubt. `parse` is the only way in from bytes, so no request type implements `Deserialize`;
//!   ambiguous documents are refused, nothing is coerced, a `null` is a wrong type rather than an absence, and an item
//!   of a batch that cannot be understood is a deny.
//! - Decide. There is no rule here: every allow comes out of [`Snapshot::check_in`](crate::Snapshot::check_in) or
//!   [`Snapshot::check_all`](crate::Snapshot::check_all), and what is unknown is a deny with its reason.
//! - Answer with more than codes: no name, login or reason in words leaves with a deny.
//!
//! The types follow the specification's sections "Information Model", "Access Evaluation API", "Access Evaluations API",
//! "Search APIs", "Policy Decision Point Metadata" and "JSON Serialization".

mod batch;
mod believing;
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

pub use batch::{EvaluationsRequest, MAX_EVALUATIONS};
pub use believing::Believing;
pub use by_name::ByName;
pub use entity::{Action, Resource, Subject};
pub use error::{ItemError, RequestError};
pub use evaluate::{evaluate, evaluate_all};
pub use json::JsonError;
pub use mapping::{Mapping, Sent};
pub use metadata::{Metadata, MetadataError};
pub use options::{Options, Semantic};
pub use properties::Properties;
pub use request::{Evaluation, EvaluationRequest};
pub use response::{EvaluationResponse, EvaluationsAnswer, EvaluationsResponse};
pub use search::{
    ActionSearch, EntityType, Naming, PageRequest, PageResponse, PageToken, ResourceSearch,
    SearchError, SearchResponse, Space, SubjectSearch, search_actions, search_resources,
    search_subjects,
};
