//! Strategies: random organizations, contexts and permissions for property tests.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use crate::access::generate::{apply_random_steps, empty_organization, random_steps};
use crate::access::{Context, Ownership};
use crate::catalog::Catalog;
use crate::model::{LoginMethod, Organization};
use crate::permission::{Bits, Permissions};

/// Random organizations of an application with this catalog: nested resources, sub-accounts of
/// every kind and status, teams, custom roles, assignments with windows, conditions, reaches and
/// delegators, denies, masks, ceilings and boundaries. Everything that starts or ends does so at
/// the start of 1970.
///
/// ```
/// use proptest::prelude::*;
/// use tenantry::messaging::{self, Permission};
/// use tenantry::testing::{contexts, organizations};
/// use tenantry::{Scope, Snapshot};
///
/// let catalog = messaging::catalog();
/// proptest!(|(organization in organizations(&catalog), context in contexts())| {
///     let snapshot = Snapshot::compile(organization, &catalog);
///     for id in snapshot.organization().sub_accounts().keys() {
///         // Whoever may do two things may do each.
///         let subject = snapshot.subject(*id).in_context(context.clone());
///         let both = Permission::VIEW_CONVERSATIONS | Permission::REPLY;
///         if subject.can(both, Scope::Organization) {
///             prop_assert!(subject.can(Permission::REPLY, Scope::Organization));
///         }
///     }
/// });
/// ```
pub fn organizations<P: Permissions>(
    catalog: &Catalog<P>,
) -> impl Strategy<Value = Organization> + use<P> {
    let document = catalog.document().clone();
    random_steps(20..200).prop_map(move |steps| {
        let mut organization = empty_organization();
        apply_random_steps(&mut organization, &document, &steps);
        organization
    })
}

/// Random contexts, each with some facts known. None has a time.
pub fn contexts() -> impl Strategy<Value = Context> {
    let address = prop_oneof![Just(Ipv4Addr::new(10, 1, 2, 3)), Just(Ipv4Addr::new(192, 0, 2, 7))];
    let method = prop_oneof![Just("password"), Just("saml")];
    let ownership =
        proptest::sample::select(vec![Ownership::Unsaid, Ownership::Owned, Ownership::NotOwned]);
    let known = (prop::option::of(address), any::<Option<bool>>(), prop::option::of(method));
    (known, ownership).prop_map(|((address, mfa, method), ownership)| {
        let mut context = Context::new().mfa(mfa).ownership(ownership);
        if let Some(address) = address {
            context = context.network(IpAddr::V4(address));
        }
        if let Some(method) = method.and_then(|method| method.parse::<LoginMethod>().ok()) {
            context = context.login_method(method);
        }
        context
    })
}

/// Random sets of the catalog's permissions, including the empty and the full one.
pub fn permissions<P: Permissions + fmt::Debug>(
    catalog: &Catalog<P>,
) -> impl Strategy<Value = P> + use<P> {
    let universe = Bits::of(catalog.permissions());
    any::<u128>().prop_map(move |bits| universe.intersection(Bits(bits)).to())
}
