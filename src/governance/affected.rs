//! Who is affected by a change, really or possibly, and where: found from what was touched, not from everything there is.

use std::collections::BTreeSet;

use crate::access::paths::{members, teams_below};
use crate::access::revision_diff::RevisionDiff;
use crate::governance::holding::Holder;
use crate::governance::view::View;
use crate::id::{SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignee, Consent, Effect, Organization, Reach, RoleRef, Scope};

/// Holders and scopes that a change may touch.
#[derive(Debug, Default)]
pub(super) struct Affected {
    /// Whoever may gain or lose something.
    pub(super) holders: BTreeSet<Holder>,
    /// Scopes at and below which something other than assignments differs for everybody: a mask, a ceiling, labels, the
    /// place in the tree, the registered owner, whether they are there at all, or what is assigned to everybody.
    pub(super) scopes: BTreeSet<Scope>,
}

impl Affected {
    pub(super) fn by<'a>(touched: &RevisionDiff<'_>, before: &View<'a>, after: &View<'a>) -> Self {
        let mut finding = Finding { before, after, affected: Self::default(), ahead: Vec::new() };
        for id in &touched.subjects {
            finding.add(Holder::SubAccount(*id));
        }
        if touched.everyone {
            finding.all();
        }
        for (one, other) in &touched.assignments {
            for assignment in one.iter().chain(other) {
                finding.imagined(assignment.assignee);
            }
        }
        finding.teams(&touched.teams);
        for role in &touched.roles {
            let role = RoleRef::Custom(*role);
            for organization in finding.both() {
                for assignment in organization.granting(&role) {
                    finding.imagined(assignment.assignee);
                }
            }
        }
        if touched.profile {
            finding.scope(Scope::Organization);
        }
        for scope in &touched.scopes {
            finding.scope(*scope);
        }
        for (_, one, other) in
            after.organization.consents().differences(before.organization.consents())
        {
            for consent in one.into_iter().chain(other) {
                finding.consent(consent);
            }
        }
        finding.dependents();
        finding.affected
    }
}

struct Finding<'f, 'a> {
    before: &'f View<'a>,
    after: &'f View<'a>,
    affected: Affected,
    /// Holders whose dependents have not been looked for yet.
    ahead: Vec<SubAccountId>,
}

impl<'a> Finding<'_, 'a> {
    const fn both(&self) -> [&'a Organization; 2] {
        [self.before.organization, self.after.organization]
    }

    fn add(&mut self, holder: Holder) {
        if self.affected.holders.insert(holder)
            && let Holder::SubAccount(id) = holder
        {
            self.ahead.push(id);
        }
    }

    fn all(&mut self) {
        for organization in self.both() {
            for id in organization.sub_accounts().keys() {
                self.add(Holder::SubAccount(*id));
            }
            for team in organization.teams().keys() {
                self.add(Holder::TeamMember(*team));
            }
            if organization.assigns_to_members() {
                let has_members = |it: &Scope| {
                    organization.assignments_by(*it, Relation::MembersOf).next().is_some()
                };
                for scope in organization.scopes().filter(has_members) {
                    self.add(Holder::MemberOf(scope));
                }
            }
        }
        self.add(Holder::MemberOf(Scope::Organization));
        for organization in self.both() {
            for consent in organization.consents().values() {
                self.consent(consent);
            }
        }
    }

    fn consent(&mut self, consent: &Consent) {
        self.add(Holder::OperatorOf { consent: consent.id, operators: consent.operators });
    }

    /// Whether a new scope is put where something acts that does not act below.
    fn parent_differs_from_below(&self, scope: Scope) -> bool {
        match self.before.nearest(scope, self.after) {
            Scope::Organization => false,
            parent => {
                let mut at = self.before.organization.assignments_by(parent, Relation::At);
                at.any(|it| it.reach == Reach::Here)
            }
        }
    }

    /// Those whom an assignment would concern if they were there.
    fn imagined(&mut self, assignee: Assignee) {
        match assignee {
            Assignee::SubAccount(_) => {}
            Assignee::Team(team) => self.teams(&BTreeSet::from([team])),
            Assignee::MembersOf(scope) => {
                self.add(Holder::MemberOf(scope));
                // Whoever is put into a team that is allowed something there becomes a member of
                // the scope.
                for organization in self.both() {
                    let allows = organization.assignments_by(scope, Relation::At);
                    let teams = allows.filter_map(|it| match it.assignee {
                        Assignee::Team(team) if it.effect == Effect::Allow => Some(team),
                        _ => None,
                    });
                    self.teams(&teams.collect());
                }
            }
        }
    }

    /// One more member of each of these teams and of every team in them.
    fn teams(&mut self, teams: &BTreeSet<TeamId>) {
        for organization in self.both() {
            for team in teams_below(organization, teams.iter().copied()) {
                self.add(Holder::TeamMember(team));
            }
        }
    }

    /// Those whom an assignment concerns, and those whom it would concern if they were there.
    fn assignee(&mut self, organization: &Organization, assignee: Assignee) {
        self.imagined(assignee);
        match assignee {
            Assignee::SubAccount(id) => self.add(Holder::SubAccount(id)),
            Assignee::Team(team) => self.members(organization, team),
            Assignee::MembersOf(Scope::Organization) => self.all(),
            Assignee::MembersOf(scope) => {
                for allow in organization.assignments_by(scope, Relation::At) {
                    match allow.assignee {
                        _ if allow.effect == Effect::Deny => {}
                        Assignee::SubAccount(id) => self.add(Holder::SubAccount(id)),
                        Assignee::Team(team) => self.members(organization, team),
                        Assignee::MembersOf(_) => {}
                    }
                }
            }
        }
    }

    fn members(&mut self, organization: &Organization, team: TeamId) {
        for id in members(organization, [team]) {
            self.add(Holder::SubAccount(id));
        }
    }

    /// Everybody to whom something was assigned on the way to a scope, at it or below, if the scope differs in anything
    /// but its name, key and status.
    fn scope(&mut self, scope: Scope) {
        let owner = |view: &View<'_>| registered_owner(view.organization, scope);
        let differs = self.before.node(scope) != self.after.node(scope)
            || (scope == Scope::Organization && self.before.ceiling != self.after.ceiling)
            || owner(self.before) != owner(self.after);
        // A scope that comes into being and limits nothing is what its parent is, but for what acts
        // at the parent alone.
        let is_plain = self.before.node(scope).is_none()
            && self.after.is_plain(scope)
            && !self.parent_differs_from_below(scope);
        if !differs || is_plain || !self.affected.scopes.insert(scope) {
            return;
        }
        for view in [self.before, self.after] {
            let organization = view.organization;
            let way = view.node(scope);
            let way = way.iter().flat_map(|node| &node.way).map(|step| step.scope);
            let scopes: Vec<Scope> = way.chain(below(organization, scope)).collect();
            for scope in scopes {
                for assignment in organization.assignments_by(scope, Relation::At) {
                    self.assignee(organization, assignment.assignee);
                }
                for made in organization.referring(scope, Relation::At) {
                    if let EntityId::Consent(id) = made
                        && let Some(consent) = organization.consents().get(&id)
                    {
                        self.consent(consent);
                    }
                }
            }
            if let Some(owner) = registered_owner(organization, scope) {
                self.add(Holder::SubAccount(owner));
            }
        }
    }

    /// Services of those affected, and those to whom they passed something on (D13).
    fn dependents(&mut self) {
        while let Some(id) = self.ahead.pop() {
            for organization in self.both() {
                for service in services_of(organization, id) {
                    self.add(Holder::SubAccount(service));
                }
                for passed_on in
                    organization.assignments_by(EntityId::SubAccount(id), Relation::Delegator)
                {
                    self.assignee(organization, passed_on.assignee);
                }
            }
        }
    }
}

/// The sub-account that a resource belongs to.
pub(super) fn registered_owner(organization: &Organization, scope: Scope) -> Option<SubAccountId> {
    match scope {
        Scope::Resource(id) => organization.resources().get(&id)?.owner,
        Scope::Organization | Scope::Workspace(_) => None,
    }
}

/// The services that a sub-account answers for.
pub(super) fn services_of(
    organization: &Organization,
    id: SubAccountId,
) -> impl Iterator<Item = SubAccountId> {
    let owned = organization.referring(EntityId::SubAccount(id), Relation::Owner);
    owned.filter_map(|owned| match owned {
        EntityId::SubAccount(service) => Some(service),
        _ => None,
    })
}

/// The resources that belong to a sub-account.
pub(super) fn owned_by(
    organization: &Organization,
    id: SubAccountId,
) -> impl Iterator<Item = Scope> {
    let owned = organization.referring(EntityId::SubAccount(id), Relation::Owner);
    owned.filter_map(|owned| match owned {
        EntityId::Resource(id) => Some(id.into()),
        _ => None,
    })
}

/// The scopes below a scope.
fn below(organization: &Organization, scope: Scope) -> Vec<Scope> {
    let mut found: Vec<Scope> = match scope {
        Scope::Organization => organization.workspaces().keys().map(|id| (*id).into()).collect(),
        Scope::Workspace(_) | Scope::Resource(_) => children(organization, scope).collect(),
    };
    let mut next = 0;
    while let Some(scope) = found.get(next) {
        found.extend(children(organization, *scope).collect::<Vec<_>>());
        next += 1;
    }
    found
}

fn children(organization: &Organization, scope: Scope) -> impl Iterator<Item = Scope> {
    organization.referring(scope, Relation::Parent).filter_map(|child| match child {
        EntityId::Resource(id) => Some(id.into()),
        _ => None,
    })
}
