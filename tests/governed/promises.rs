//! What governance promises of one accepted change, each checked on what everybody holds before and
//! after it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use tenantry::access::Ownership;
use tenantry::catalog::{AdminAction, Catalog};
use tenantry::model::{
    Effect, Organization, OrganizationStatus, RoleRef, Scope, SubAccountKind, Wants,
};
use tenantry::{Action, Impact, SubAccountId};

use super::application::{
    MANAGER, MOST_ADMINISTRATORS, MOST_INVITATIONS, MOST_SEATS, Permission, USER_ADMINISTRATOR,
    points, strict,
};
use super::bound::scopes;
use super::held::{is_active, whole};
use super::lasting::{Checked, holders_of, inviter_of};
use super::matrix::Matrix;

/// The points that lie ahead.
fn ahead(now: Timestamp) -> impl Iterator<Item = usize> {
    points().iter().enumerate().filter(move |(_, it)| it.time >= now).map(|(number, _)| number)
}

/// The plan said what came of it.
pub(crate) fn impact_is_what_differs(
    impact: &Impact,
    before: &Matrix,
    after: &Matrix,
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    let there = scopes(&before.organization);
    for who in after.sub_accounts() {
        for scope in scopes(&after.organization) {
            if !there.contains(&scope) {
                continue;
            }
            for point in ahead(now) {
                let Some(asked) = points().get(point) else { continue };
                let (gained, lost) =
                    impact.at(&after.organization, who, scope, &asked.context, asked.time);
                let (had, has) = (before.has(who, scope, point), after.has(who, scope, point));
                let said = (catalog.known(&gained), catalog.known(&lost));
                let seen = (has.difference(had), had.difference(has));
                if said != seen {
                    return Err(format!(
                        "{who} at {scope:?}, {asked:?}: the impact says {said:?}, and it is {seen:?}\n{impact}"
                    ));
                }
            }
        }
    }
    Ok(())
}

/// G4: nobody raises themselves, nor the owner of a service that acts.
pub(crate) fn g4_nobody_rises_by_themselves(
    before: &Matrix,
    after: &Matrix,
    actor: SubAccountId,
    now: Timestamp,
) -> Checked {
    let owner = before.organization.sub_accounts().get(&actor).and_then(|it| it.owner);
    let there = scopes(&before.organization);
    for who in [Some(actor), owner].into_iter().flatten() {
        for scope in scopes(&after.organization) {
            for point in ahead(now) {
                let has = after.has(who, scope, point);
                let had = if there.contains(&scope) {
                    before.has(who, scope, point)
                } else {
                    as_new(before, after, scope, |parent| around(before, who, parent, point))
                };
                let raised = has.difference(had);
                if !raised.is_empty() {
                    let asked = points().get(point);
                    return Err(format!(
                        "G4: {who} raised itself by {raised:?} at {scope:?}, {asked:?}"
                    ));
                }
            }
        }
    }
    Ok(())
}

/// What somebody has at a scope at a point, whoever owns what is asked about.
fn around(matrix: &Matrix, who: SubAccountId, scope: Scope, point: usize) -> Permission {
    let group = point - point % 3;
    (group..group + 3).map(|point| matrix.has(who, scope, point)).collect()
}

/// What somebody may have at a new scope: what it had at its parent, and the creator's role.
fn as_new(
    before: &Matrix,
    after: &Matrix,
    scope: Scope,
    had: impl Fn(Scope) -> Permission,
) -> Permission {
    let mut parent = scope;
    while !scopes(&before.organization).contains(&parent) {
        parent = after.organization.parent(parent).unwrap_or(Scope::Organization);
    }
    had(parent).union(creator())
}

/// What the maker of a scope has there.
pub(crate) fn creator() -> Permission {
    let catalog = strict();
    let any = catalog.role_permissions(MANAGER).unwrap_or_else(Permission::empty);
    any.union(catalog.role_own_permissions(MANAGER).unwrap_or_else(Permission::empty))
}

/// What the maker of a scope has there and could hand out.
pub(crate) fn creator_of(organization: &Organization, catalog: &Catalog<Permission>) -> Permission {
    let (any, own) = whole(organization, catalog, &RoleRef::from(MANAGER));
    any.union(own)
}

/// G3: whoever loses something, or is put down, is no owner and governs nothing there that the
/// actor does not reach. The plan is set aside. An operator reaches nothing.
pub(crate) fn g3_who_loses_is_not_above(
    before: &Matrix,
    after: &Matrix,
    actor: Option<SubAccountId>,
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    let (before, after) = (before.without_plan(), after.without_plan());
    let accounts = before.organization.sub_accounts();
    let owner = actor.and_then(|actor| accounts.get(&actor)?.owner);
    let rows = |matrix: &Matrix, who| matrix.organization.sub_accounts().get(&who).cloned();
    for who in before.sub_accounts() {
        if Some(who) == actor || Some(who) == owner {
            continue;
        }
        let stands = |matrix: &Matrix| rows(matrix, who).is_some_and(|row| is_active(&row));
        let is_put_down = stands(before) && !stands(after);
        for scope in scopes(&before.organization) {
            if !after.organization.contains(scope) {
                continue;
            }
            let lost: Permission = ahead(now)
                .map(|it| before.has(who, scope, it).difference(after.has(who, scope, it)))
                .collect();
            if lost.is_empty() && !is_put_down {
                continue;
            }
            if before.owners.contains(&who) {
                return Err(format!(
                    "G3: {actor:?} took {lost:?} at {scope:?} from {who}, an owner"
                ));
            }
            // Who loses administration is not above the actor in anything above either.
            let mut places = vec![scope];
            let mut above = before.organization.parent(scope);
            while let Some(parent) = above.filter(|_| lost.intersects(governance(catalog, scope))) {
                places.push(parent);
                above = before.organization.parent(parent);
            }
            for place in places {
                is_not_above(before, who, actor, place, catalog, now)?;
            }
        }
    }
    Ok(())
}

/// What somebody governs at a scope, and could hand out there, lies in the actor's reach.
fn is_not_above(
    before: &Matrix,
    who: SubAccountId,
    actor: Option<SubAccountId>,
    place: Scope,
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    for point in ahead(now) {
        let Some(asked) = points().get(point) else { continue };
        let has = before.has(who, place, point);
        let hands_out = before.reaches(who, place, point).difference(has);
        let governs = has.intersection(governance(catalog, place)).union(hands_out);
        let reached =
            actor.map_or(Permission::empty(), |actor| before.reaches(actor, place, point));
        let above = governs.difference(reached);
        if !above.is_empty() && asked.owned != Ownership::Unsaid {
            return Err(format!(
                "G3: {actor:?} took from {who}, who governs {above:?} above it at {place:?}, {asked:?}"
            ));
        }
    }
    Ok(())
}

/// G5 and G6: nobody approves what is their own, and only owners loosen the security policy.
pub(crate) fn g5_g6_not_alone(
    before: &Matrix,
    after: &Matrix,
    actor: SubAccountId,
    actions: &[Action],
) -> Checked {
    let organization = &before.organization;
    let persons = |id: SubAccountId| {
        let owner = organization.sub_accounts().get(&id).and_then(|it| it.owner);
        [Some(id), owner].into_iter().flatten()
    };
    for action in actions {
        let Action::Approve { request, .. } = action else { continue };
        let Some(request) = organization.requests().get(request) else { continue };
        let beneficiary = match request.wants {
            Wants::Join { .. } => None,
            Wants::Rejoin { sub_account, .. } | Wants::Access { sub_account, .. } => {
                Some(sub_account)
            }
        };
        let mut concerned =
            request.requester.sub_account().into_iter().chain(beneficiary).flat_map(persons);
        if concerned.any(|it| persons(actor).any(|actor| actor == it)) {
            return Err(format!("{actor} approved a request of its own"));
        }
    }
    let policy = |matrix: &Matrix| matrix.organization.profile().security.conditions.clone();
    if policy(before).iter().any(|it| !policy(after).contains(it)) {
        return Err(format!("{actor} loosened the security policy and is no owner"));
    }
    Ok(())
}

/// What administrative actions at a scope require.
fn governance(catalog: &Catalog<Permission>, scope: Scope) -> Permission {
    let at = AdminAction::ALL.iter().filter(|action| action.kinds().contains(scope.kind().into()));
    at.filter_map(|action| catalog.requirement(*action)).collect()
}

/// I1, I2, I3 and I5; the plan is set aside.
pub(crate) fn invariants_hold(matrix: &Matrix, catalog: &Catalog<Permission>) -> Checked {
    let organization = &matrix.organization;
    promised("i1", || {
        let is_open = organization.profile().status == OrganizationStatus::Active;
        if is_open && matrix.owners.is_empty() {
            return Err("I1: nobody is an owner".to_owned());
        }
        Ok(())
    })?;
    promised("i3", || limits_hold(organization, catalog))?;
    if catalog.document().guardrails.is_empty() {
        return Ok(());
    }
    let without_plan = matrix.without_plan();
    let is_hidden = |check: &dyn Fn(&Matrix) -> Checked| {
        check(without_plan).map_err(|error| {
            let hidden = if check(matrix).is_ok() { " (behind the plan)" } else { "" };
            format!("{error}{hidden}")
        })
    };
    promised("i5", || is_hidden(&guests_are_kept_from_it))?;
    promised("i2", || is_hidden(&duties_are_apart))
}

/// I5.
fn guests_are_kept_from_it(matrix: &Matrix) -> Checked {
    for row in matrix.organization.sub_accounts().values() {
        let everywhere = scopes(&matrix.organization);
        let mut held = everywhere.iter().map(|scope| ever(matrix, row.id, *scope));
        if row.kind == SubAccountKind::Guest && held.any(|it| it.contains(Permission::EXPORT)) {
            return Err(format!("I5: guest {} may export", row.id));
        }
    }
    Ok(())
}

/// What somebody ever has at a scope.
fn ever(matrix: &Matrix, who: SubAccountId, scope: Scope) -> Permission {
    ahead(matrix.now).map(|it| matrix.has(who, scope, it)).collect()
}

/// I2: for every person, what it and its services ever have, anywhere and at each scope.
fn duties_are_apart(matrix: &Matrix) -> Checked {
    let anywhere = Permission::DELETE | Permission::AUDIT;
    let at_one_scope = Permission::SECURITY | Permission::REPLY;
    let mut everywhere: BTreeMap<SubAccountId, Permission> = BTreeMap::new();
    let mut somewhere: BTreeMap<(SubAccountId, Scope), Permission> = BTreeMap::new();
    let mut alone: BTreeSet<(SubAccountId, Scope)> = BTreeSet::new();
    for row in matrix.organization.sub_accounts().values() {
        let person = row.owner.unwrap_or(row.id);
        for scope in scopes(&matrix.organization) {
            let ever = ever(matrix, row.id, scope);
            *everywhere.entry(person).or_insert(Permission::empty()) |= ever;
            *somewhere.entry((person, scope)).or_insert(Permission::empty()) |= ever;
            if ever.contains(at_one_scope) {
                alone.insert((person, scope));
            }
        }
    }
    let is_exempt = |who: &SubAccountId| matrix.owners_once_active.contains(who);
    if let Some((who, _)) =
        everywhere.iter().find(|(who, it)| it.contains(anywhere) && !is_exempt(who))
    {
        return Err(format!("I2: {who} deletes and audits"));
    }
    let mut both = somewhere.iter();
    match both.find(|((who, _), it)| it.contains(at_one_scope) && !is_exempt(who)) {
        Some(((who, scope), _)) => {
            let alone = alone.contains(&(*who, *scope));
            let with = if alone { "" } else { " with a service" };
            Err(format!("I2 at one scope{with}: {who} keeps {scope:?} secure and replies there"))
        }
        None => Ok(()),
    }
}

/// I3: seats, open invitations of one person, and holders of a role, by whatever way they hold it.
fn limits_hold(organization: &Organization, catalog: &Catalog<Permission>) -> Checked {
    if catalog.document().limits.seats.is_some() && organization.seats() > MOST_SEATS {
        return Err(format!("I3: {} seats", organization.seats()));
    }
    if catalog.document().limits.open_invitations.is_some() {
        let mut open: BTreeMap<SubAccountId, usize> = BTreeMap::new();
        for inviter in organization.invitations().values().filter_map(inviter_of) {
            let row = organization.sub_accounts().get(&inviter);
            let person = row.and_then(|it| it.owner).unwrap_or(inviter);
            *open.entry(person).or_default() += 1;
        }
        if let Some((who, count)) = open.into_iter().find(|(_, count)| *count > MOST_INVITATIONS) {
            return Err(format!("I3: {who} and its services have {count} open invitations"));
        }
    }
    let holders = holders_of(organization, catalog, &RoleRef::from(USER_ADMINISTRATOR));
    if holders.len() > MOST_ADMINISTRATORS {
        return Err(format!("I3: {} user administrators: {holders:?}", holders.len()));
    }
    Ok(())
}

/// Checks one kind of promise, if it is looked at: `GOVERNED_PROMISES` lists them, separated by
/// commas; all by default.
pub(crate) fn promised(kind: &str, check: impl FnOnce() -> Checked) -> Checked {
    static LISTED: LazyLock<Option<Vec<String>>> = LazyLock::new(|| {
        let listed = std::env::var("GOVERNED_PROMISES").ok()?;
        Some(listed.split(',').map(|it| it.trim().to_lowercase()).collect())
    });
    let is_listed = LISTED.as_ref().is_none_or(|listed| listed.iter().any(|it| it == kind));
    if is_listed { check().map_err(|error| format!("[{kind}] {error}")) } else { Ok(()) }
}

/// Whether actions do nothing but lift what shuts owners out.
pub(crate) fn only_lift(actions: &[Action], matrix: &Matrix) -> bool {
    actions.iter().all(|action| match action {
        Action::SetInheritance(..) | Action::SetCeiling(..) => true,
        Action::Revoke(id) => {
            let assignment = matrix.organization.assignments().get(id);
            assignment.is_some_and(|it| it.effect == Effect::Deny)
        }
        _ => false,
    })
}
