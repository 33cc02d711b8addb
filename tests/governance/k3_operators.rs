//! K3: the operators whom a consent lets in gain like everybody else.

use tenantry::model::{Consent, Maker};
use tenantry::{Action, ConsentId, OrganizationId, Scope};

use crate::setup::*;

/// Lets operators of another organization in, as the host does.
fn consent(house: &House, permissions: Permission, scope: impl Into<Scope>) {
    let consent = Consent {
        id: ConsentId::from_u128(8),
        operators: OrganizationId::from_u128(5),
        scope: scope.into(),
        mask: house.names(permissions),
        starts: None,
        ends: at(9_000),
        by: Maker::Host,
    };
    house.host().perform([Action::GiveConsent(consent)]).unwrap();
}

fn registrar(house: &House) -> tenantry::SubAccountId {
    let m = house.member("m");
    house.host().grant(m, Permission::SCOPES, ROOT).unwrap();
    m
}

#[test]
fn k3_a_move_into_a_consent_is_covered_by_who_moves() {
    let house = House::new();
    consent(&house, Permission::EXPORT, house.sales);
    let m = registrar(&house);
    let into_it = Action::MoveResource(house.inbox, house.sales.into());
    house.refuses("G2", &house.by(m), [into_it.clone()]);
    house.give(m, EXPORTER, ROOT);
    house.accepts(&house.by(m), [into_it]);
    house.host().perform([Action::EndConsent(ConsentId::from_u128(8))]).unwrap();
}

#[test]
fn k3_a_limit_is_lifted_for_operators_too() {
    let house = House::new();
    consent(&house, Permission::EXPORT, house.support);
    let m = registrar(&house);
    let lift = Action::SetCeiling(house.support.into(), None);
    let ceiling = house.names(Permission::VIEW | Permission::SCOPES);
    let set = Action::SetCeiling(house.support.into(), Some(ceiling));
    house.host().perform([set]).unwrap();
    house.refuses("G2", &house.by(m), [lift]);
}
