//! [`CompiledOrganization`]: an organization at one revision, ready for checks.

use std::sync::Arc;

use crate::access::compiled::grants::Grants;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::fast_path::organization::PackedOrganization;
use crate::catalog::CatalogCore;
use crate::id::SubAccountId;
use crate::model::{Condition, Organization, Scope};
use crate::table::Table;

/// An organization at one revision, ready for checks.
#[derive(Debug)]
pub(in crate::access) struct CompiledOrganization {
    pub(in crate::access) organization: Organization,
    pub(in crate::access) catalog: Arc<CatalogCore>,
    pub(in crate::access) scopes: Table<Scope, CompiledScope>,
    /// The sub-accounts that the packed form cannot express whole. All others are unpacked when
    /// the full evaluation needs them.
    pub(in crate::access) unpacked: Table<SubAccountId, CompiledSubject>,
    /// The grants to all sub-accounts of the organization.
    pub(in crate::access) everyone: Grants,
    /// The part of the security policy that services must meet.
    pub(in crate::access) network_policy: Vec<Condition>,
    pub(in crate::access) is_open: bool,
    /// The packed form of the subjects and scopes, as far as they have one.
    pub(in crate::access) packed: PackedOrganization,
    /// Whether the fast path can decide anything here.
    pub(in crate::access) has_fast_path: bool,
    /// Whether it can do so without judging a security policy and without special grants to
    /// everyone.
    pub(in crate::access) is_fast_path_plain: bool,
}
