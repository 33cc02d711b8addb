//! What governance promises of one accepted change, each checked on what everybody holds before and after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tenantry::access::{Context, Ownership};
use tenantry::catalog::{AdminAction, Catalog};
use tenantry::model::{
    Assignee, Effect, Grant, Organization, OrganizationStatus, RoleRef, Scope, SubAccountKind,
    Wants,
};
use tenantry::{Action, Impact, SubAccountId, TeamId};

use super::application::{
    MANAGER, MOST_ADMINISTRATORS, MOST_SEATS, OWNER, Permission, USER_ADMINISTRATOR, points, strict,
};
use super::held::is_active;
use super::imagined::{Asked, Imagined};
use super::matrix::{Matrix, scopes};

/// What broke.
pub(crate) type Checked = Result<(), String>;

/// The points that lie ahead.
fn ahead(now: Timestamp) -> impl Iterator<Item = usize> {
    points().iter().enumerate().filter(move |(_, it)| it.time >= now).map(|(number, _)| number)
}

/// The point at a time in a session with this ownership, to ask about right now.
fn at(context: &Context, now: Timestamp, owned: Ownership) -> Context {
    context.clone().at(now).ownership(owned)
}

/// Whether somebody is an owner, as far as the points tell.
pub(crate) fn is_owner(matrix: &Matrix, who: SubAccountId, now: Timestamp) -> bool {
    let row = matrix.organization.sub_accounts().get(&who);
    row.is_some_and(is_active) && is_owner_once_active(matrix, who, now)
}

/// Whether somebody is in a team, or in one that it holds.
fn is_in(organization: &Organization, who: SubAccountId, team: TeamId) -> bool {
    organization.teams_of(who).any(|own| {
        let above = |id: &TeamId| organization.teams().get(id).and_then(|it| it.parent);
        std::iter::successors(Some(own), above).any(|id| id == team)
    })
}

/// Whether somebody is an owner, but that it may be kept out for now.
fn is_owner_once_active(matrix: &Matrix, who: SubAccountId, now: Timestamp) -> bool {
    let organization = &matrix.organization;
    let Some(row) = organization.sub_accounts().get(&who) else { return false };
    let is_made = organization.assignments().values().any(|it| {
        let to = match it.assignee {
            Assignee::SubAccount(id) => id == who,
            Assignee::Team(team) => is_in(organization, who, team),
            Assignee::MembersOf(scope) => scope == Scope::Organization,
        };
        to && it.scope == Scope::Organization
            && it.effect == Effect::Allow
            && it.delegator.is_none()
            && it.grant == Grant::Role(RoleRef::from(OWNER))
    });
    let ceiling = organization.profile().ceiling.as_ref();
    let all = ceiling.map_or(Permission::all(), |names| strict().known(names));
    let has_all = |point| {
        let effective = matrix.has(who, Scope::Organization, point);
        // What the host's ceiling shuts out takes along what needs it.
        effective.contains(all) || ceiling.is_some()
    };
    is_made && row.kind == SubAccountKind::Member && ahead(now).all(has_all)
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

/// G2: what anybody gains, real or imagined, the actor reaches then - and reaches now, in its own session. What it has
/// itself is enough where no role is assigned; a licence is for roles alone.
pub(crate) fn g2_what_is_given_is_reached(
    before: &Matrix,
    after: &Matrix,
    (actor, context): (SubAccountId, &Context),
    actions: &[Action],
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    let imagined = [before, after].map(|it| Imagined::new(&it.organization, catalog));
    let [earlier, later] = &imagined;
    let by_role = assigns_roles(actions);
    let passes_on = format!("{actions:?}").contains("delegator: Some");
    let edits_roles = actions.iter().any(|action| {
        matches!(action, Action::CreateRole(_) | Action::ReplaceRole(_) | Action::DeleteRole(_))
    });
    for scope in scopes(&before.organization) {
        if !after.organization.contains(scope) {
            continue;
        }
        for point in ahead(now) {
            let Some(asked) = points().get(point) else { continue };
            // Who is registered as the owner may differ; what is had as an owner is compared with that.
            if asked.owned == Ownership::Unsaid && matches!(scope, Scope::Resource(_)) {
                continue;
            }
            let at_once = at(context, now, asked.owned);
            let held = |context: &Context| {
                if by_role {
                    before.held.reach(actor, scope, context)
                } else {
                    before.held.permissions(actor, scope, context)
                }
            };
            let (then, now) = (held(&asked.context), held(&at_once));
            let question = Asked { scope, context: &asked.context, edits_roles, passes_on };
            for (who, gained) in later.gained_since(earlier, &question) {
                for (covers, when) in [(then, "then"), (now, "now")] {
                    let missing = gained.difference(covers);
                    if !missing.is_empty() {
                        return Err(format!(
                            "G2: {who} gains {missing:?} at {scope:?}, {asked:?}, which {actor} does not reach {when}"
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Whether actions assign a role, or let somebody in who has one.
fn assigns_roles(actions: &[Action]) -> bool {
    !actions.iter().all(|action| {
        let words = action.to_string();
        let is_bare = words.starts_with("assign {") || words.starts_with("assign no permission");
        is_bare
            || matches!(
                action,
                Action::AddToTeam(_)
                    | Action::Revoke(_)
                    | Action::SetLabels(..)
                    | Action::SetInheritance(..)
                    | Action::SetCeiling(..)
                    | Action::SetBoundary(..)
                    | Action::SetEnd(..)
                    | Action::ReplaceRole(_)
                    | Action::CreateRole(_)
                    | Action::MoveTeam(..)
                    | Action::MoveResource(..)
            )
    })
}

/// G3: whoever loses something, or is put down, is no owner and governs nothing there that the actor does not reach.
pub(crate) fn g3_who_loses_is_not_above(
    before: &Matrix,
    after: &Matrix,
    actor: SubAccountId,
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    let owner = before.organization.sub_accounts().get(&actor).and_then(|it| it.owner);
    let rows = |matrix: &Matrix, who| matrix.organization.sub_accounts().get(&who).cloned();
    for who in before.sub_accounts() {
        if who == actor || Some(who) == owner {
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
            // Under the host's ceiling the points do not tell who is an owner and who merely has the role.
            let tells = before.organization.profile().ceiling.is_none();
            if tells && is_owner(before, who, now) {
                return Err(format!("G3: {actor} took {lost:?} at {scope:?} from {who}, an owner"));
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
    actor: SubAccountId,
    place: Scope,
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    for point in ahead(now) {
        let Some(asked) = points().get(point) else { continue };
        let has = before.has(who, place, point);
        let hands_out = before.reaches(who, place, point).difference(has);
        let governs = has.intersection(governance(catalog, place)).union(hands_out);
        let above = governs.difference(before.reaches(actor, place, point));
        if !above.is_empty() && asked.owned != Ownership::Unsaid {
            return Err(format!(
                "G3: {actor} took from {who}, who governs {above:?} above it at {place:?}, {asked:?}"
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

/// I1, I2, I3 and I5.
pub(crate) fn invariants_hold(
    matrix: &Matrix,
    catalog: &Catalog<Permission>,
    now: Timestamp,
) -> Checked {
    let organization = &matrix.organization;
    let is_open = organization.profile().status == OrganizationStatus::Active;
    if is_open && !matrix.sub_accounts().any(|who| is_owner(matrix, who, now)) {
        return Err("I1: nobody is an owner".to_owned());
    }
    if catalog.document().guardrails.is_empty() {
        return Ok(());
    }
    let ever = |who| -> Permission {
        let everywhere = scopes(organization);
        everywhere
            .iter()
            .flat_map(|scope| ahead(now).map(|it| matrix.has(who, *scope, it)))
            .collect()
    };
    let mut duties: BTreeMap<SubAccountId, Permission> = BTreeMap::new();
    let apart = Permission::DELETE | Permission::AUDIT;
    for row in organization.sub_accounts().values() {
        let ever = ever(row.id);
        if row.kind == SubAccountKind::Guest && ever.contains(Permission::EXPORT) {
            return Err(format!("I5: guest {} may export", row.id));
        }
        let person = row.owner.unwrap_or(row.id);
        let so_far = duties.entry(person).or_insert(Permission::empty());
        *so_far |= ever.intersection(apart);
    }
    let both = duties
        .into_iter()
        .find(|(who, it)| *it == apart && !is_owner_once_active(matrix, *who, now));
    if let Some((who, _)) = both {
        return Err(format!("I2: {who} deletes and audits"));
    }
    if organization.seats() > MOST_SEATS {
        return Err(format!("I3: {} seats", organization.seats()));
    }
    let role = RoleRef::from(USER_ADMINISTRATOR);
    let administrators = organization.granting(&role);
    let mut holders: Vec<_> = administrators
        .filter(|it| it.effect == Effect::Allow)
        .filter_map(|it| match it.assignee {
            Assignee::SubAccount(id) => organization.sub_accounts().get(&id),
            Assignee::Team(_) | Assignee::MembersOf(_) => None,
        })
        .filter(|it| !matches!(format!("{:?}", it.status).as_str(), "Left" | "Removed"))
        .map(|it| it.id)
        .collect();
    holders.sort_unstable();
    holders.dedup();
    if holders.len() > MOST_ADMINISTRATORS {
        return Err(format!("I3: {} user administrators", holders.len()));
    }
    Ok(())
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
