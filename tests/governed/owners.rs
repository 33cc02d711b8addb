//! Owners, computed plainly.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tenantry::model::{
    Assignee, Effect, Grant, Organization, Profile, RoleRef, Scope, SubAccountKind,
};
use tenantry::{Context, SubAccountId};

use super::application::{OWNER, Permission, moment, points, sessions};
use super::everybody::is_in;
use super::held::is_active;
use super::lifted::{Catalogs, Lifted, Limit, Subset, changed};

/// Whoever is an owner: active, and made one, and holding everything at the organization without
/// the plan, at every time from now on and in every session.
pub(crate) fn owners_of(
    organization: &Organization,
    catalogs: &Catalogs<Permission>,
    now: Timestamp,
) -> BTreeSet<SubAccountId> {
    let accounts = organization.sub_accounts();
    let once = owners_once_active(organization, catalogs, now).into_iter();
    once.filter(|it| accounts.get(it).is_some_and(is_active)).collect()
}

/// Whoever is an owner, or will be one when it is let in again.
pub(crate) fn owners_once_active(
    organization: &Organization,
    catalogs: &Catalogs<Permission>,
    now: Timestamp,
) -> BTreeSet<SubAccountId> {
    let plan = Profile { ceiling: None, ..organization.profile().clone() };
    let opened = changed(organization, vec![plan.into()]);
    let mut owners = BTreeSet::new();
    for row in organization.sub_accounts().values() {
        if row.kind != SubAccountKind::Member || !is_made_owner(organization, row.id) {
            continue;
        }
        let status = Subset::Limits([Limit::Status(row.id), Limit::Flag(row.id)].into());
        let world = Lifted::new(&opened, catalogs, now, &status, &|scope| scope);
        // An end that comes after everything that is looked at makes nobody an owner either.
        let ahead = points().iter().filter(|it| it.time >= now);
        let ahead = ahead.map(|it| it.context.clone());
        let last = sessions().map(|it| it.at(moment(1_000)));
        let has_all =
            |it: &Context| world.has(row.id, Scope::Organization, it) == Permission::all();
        if ahead.chain(last).all(|it| has_all(&it)) {
            owners.insert(row.id);
        }
    }
    owners
}

fn is_made_owner(organization: &Organization, who: SubAccountId) -> bool {
    organization.assignments().values().any(|it| {
        let to = match it.assignee {
            Assignee::SubAccount(id) => id == who,
            Assignee::Team(team) => is_in(organization, who, team),
            Assignee::MembersOf(scope) => scope == Scope::Organization,
        };
        to && it.scope == Scope::Organization
            && it.effect == Effect::Allow
            && it.delegator.is_none()
            && it.grant == Grant::Role(RoleRef::from(OWNER))
    })
}
