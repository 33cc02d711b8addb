//! What several stories need: another organization whose sub-accounts are operators, and words for
//! what a step came to.

use std::fmt::Debug;

use tenantry::directory::CommitError;
use tenantry::model::Consent;
use tenantry::{
    Action, ConsentId, Context, NewAssignment, OrganizationId, PermissionNames, Scope, Status,
    SubAccountId,
};

use crate::setup::*;

/// Asserts that a step was refused, and by one of `rules`.
#[track_caller]
pub(crate) fn refused_by<T: Debug>(rules: &[&str], step: Result<T, CommitError>) {
    let error = step.unwrap_err();
    let rule = rule_of(&error);
    assert!(rules.contains(&rule), "{rule} refused it and not one of {rules:?}: {error}");
}

/// Asserts that actions are refused by one of `rules`, alike when they are planned and performed,
/// and that nothing is done.
#[track_caller]
pub(crate) fn refuses(house: &House, rules: &[&str], by: &By<'_>, actions: &[Action]) {
    let before = (house.json(), house.snapshot().revision());
    let planned = by.plan(actions.to_vec()).map(drop);
    let performed = by.perform(actions.to_vec()).map(drop);
    refused_by(rules, planned);
    refused_by(rules, performed);
    let after = (house.json(), house.snapshot().revision());
    assert_eq!(after, before, "something was done");
}

/// Everything except `permissions`.
pub(crate) fn all_but(permissions: Permission) -> Permission {
    Permission::all().difference(permissions)
}

pub(crate) fn status(house: &House, who: SubAccountId) -> Status {
    house.snapshot().organization().sub_accounts().get(&who).unwrap().status
}

/// The one allow by which somebody holds a role directly.
#[track_caller]
pub(crate) fn holding(
    house: &House,
    who: SubAccountId,
    role: tenantry::SystemRole,
) -> tenantry::AssignmentId {
    let snapshot = house.snapshot();
    let mut all = snapshot.organization().assignments().values();
    let grant = tenantry::Grant::from(role);
    all.find(|it| it.assignee == who.into() && it.terms.grant == grant).unwrap().id
}

/// The assignments that name somebody as their assignee, in no order.
pub(crate) fn held_by(house: &House, who: SubAccountId) -> Vec<tenantry::AssignmentId> {
    let snapshot = house.snapshot();
    let all = snapshot.organization().assignments().values();
    all.filter(|it| it.assignee == who.into()).map(|it| it.id).collect()
}

/// A member who holds bare permissions for the subtree of a scope.
pub(crate) fn holder(
    house: &House,
    name: &str,
    permissions: Permission,
    scope: impl Into<Scope>,
) -> SubAccountId {
    let id = house.member(name);
    house.host().grant(id, permissions, scope).unwrap();
    id
}

/// Limits a scope to `permissions`, by the host, as a plan does.
pub(crate) fn ceiling(house: &House, scope: impl Into<Scope>, permissions: Permission) {
    house.host().set_ceiling(scope, Some(permissions)).unwrap();
}

/// Lifts the limit of a scope, by the host, as an upgrade does.
pub(crate) fn lift(house: &House, scope: impl Into<Scope>) {
    house.host().set_ceiling(scope, None).unwrap();
}

/// Another organization in the same directory, with a second sub-account next to its owner.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) organization: OrganizationId,
    pub(crate) olga: SubAccountId,
}

impl Vendor {
    /// An organization whose owner is `olga`, who therefore may do everything at home.
    pub(crate) fn new(house: &House) -> Self {
        let founded = house.directory.create_organization("Vendor", &login("olga")).unwrap();
        Self { organization: founded.organization, olga: founded.owner }
    }

    /// Olga, who acts in the house by its consent.
    pub(crate) fn operate<'a>(&self, house: &'a House) -> By<'a> {
        let context = Context::new();
        house.directory.administer_as_operator(
            house.organization,
            self.organization,
            self.olga,
            &context,
        )
    }

    /// Whether olga may do something in the house by its consent.
    pub(crate) fn can(
        &self,
        house: &House,
        permissions: Permission,
        scope: impl Into<Scope>,
    ) -> bool {
        let home = house.directory.snapshot(self.organization).unwrap();
        house.snapshot().operator(&home, self.olga).can(permissions, scope.into())
    }

    /// The house's consent to this organization, until second 9,000.
    pub(crate) fn consent(
        &self,
        number: u128,
        scope: impl Into<Scope>,
        mask: PermissionNames,
    ) -> Consent {
        Consent {
            id: ConsentId::from_u128(number),
            operators: self.organization,
            scope: scope.into(),
            mask,
            starts: None,
            ends: at(9_000),
            by: tenantry::model::Maker::Host,
        }
    }
}

/// A role for whoever an approval or an invitation is about.
pub(crate) fn promised(
    grant: impl Into<tenantry::Grant>,
    scope: impl Into<Scope>,
) -> NewAssignment {
    NewAssignment::new(SubAccountId::from_u128(1), grant, scope)
}
