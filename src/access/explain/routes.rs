//! How an assignment reaches a sub-account, and through which roles it holds a permission.

use std::collections::{BTreeSet, VecDeque};

use crate::access::explain::named::Named;
use crate::access::explain::path::{Part, Way};
use crate::access::paths::included;
use crate::access::reference::rules::Rules;
use crate::id::{SubAccountId, TeamId};
use crate::model::{Assignee, Assignment, Grant, RoleRef};
use crate::permission::{Bits, PermissionNames};

/// How an assignment reaches a sub-account that it names.
pub(super) fn way(rules: &Rules<'_>, assignment: &Assignment, sub_account: SubAccountId) -> Way {
    let organization = rules.organization;
    let team = match assignment.assignee {
        Assignee::SubAccount(_) => return Way::ByName,
        Assignee::MembersOf(_) => return Way::Everyone,
        Assignee::Team(team) => team,
    };
    let within = organization.teams_of(sub_account).find(|own| rules.is_within(*own, team));
    let above = |id: &TeamId| {
        let parent = organization.teams().get(id).and_then(|team| team.parent);
        parent.filter(|_| *id != team)
    };
    let chain = std::iter::successors(within, above);
    let named =
        |id: TeamId| Named::new(id, organization.teams().get(&id).map(|team| team.name.clone()));
    Way::Team(chain.map(named).collect())
}

/// The shortest chain of included roles from the assigned role to one that names a permission
/// itself, or else to one that the catalog does not know.
pub(super) fn roles(rules: &Rules<'_>, grant: &Grant, bit: Bits, part: Part) -> Vec<RoleRef> {
    let Grant::Role(granted) = grant else { return Vec::new() };
    let names = |any: &PermissionNames, own: &PermissionNames| {
        let names = if part == Part::Any { any } else { own };
        rules.catalog.vocabulary().bits(names).holds(bit)
    };
    let mut unknown = None;
    let mut seen = BTreeSet::from([granted.clone()]);
    let mut ahead = VecDeque::from([vec![granted.clone()]]);
    while let Some(way) = ahead.pop_front() {
        let Some(role) = way.last() else { continue };
        let holds = match role {
            RoleRef::System(name) => {
                rules.catalog.role_document(name).is_some_and(|it| names(&it.any, &it.own))
            }
            RoleRef::Custom(id) => {
                let role = rules.organization.roles().get(id);
                role.is_some_and(|it| names(&it.any, &it.own))
            }
        };
        if holds {
            return way;
        }
        if unknown.is_none() && !rules.is_known(role) {
            unknown = Some(way.clone());
        }
        for included in included(rules.organization, rules.catalog, role) {
            if seen.insert(included.clone()) {
                let mut longer = way.clone();
                longer.push(included);
                ahead.push_back(longer);
            }
        }
    }
    // Only a deny gets here with an unknown role: it takes all permissions, because an unknown role
    // may hold any. Without one, the assigned role holds the permission through a role that cannot
    // be named.
    unknown.unwrap_or_else(|| vec![granted.clone()])
}
