//! Affected: the holders and scopes that a change may concern, found from the rows that differ
//! and not by looking at the whole organization.

use std::collections::BTreeSet;

use crate::access::paths::{members, teams_below};
use crate::access::revision_diff::RevisionDiff;
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::view::View;
use crate::governance::relations::{registered_owner, services_of};
use crate::id::{SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignee, Consent, Effect, Organization, Reach, RoleRef, Scope};

/// The holders and scopes that a change may concern.
#[derive(Debug, Default)]
pub(crate) struct Affected {
    /// Holders, existing or hypothetical, that may gain or lose something.
    pub(crate) holders: BTreeSet<HolderId>,
    /// Scopes at and below which something other than an assignment differs for everyone: a mask, a
    /// ceiling, labels, the parent, the registered owner, whether the scope exists, or the
    /// assignments to all members.
    pub(crate) scopes: BTreeSet<Scope>,
}

impl Affected {
    pub(crate) fn by<'a>(diff: &RevisionDiff<'_>, before: &View<'a>, after: &View<'a>) -> Self {
        let mut finder =
            AffectedFinder { before, after, affected: Self::default(), ahead: Vec::new() };
        for id in &diff.subjects {
            finder.add(HolderId::SubAccount(*id));
        }
        if diff.everyone {
            finder.add_all();
        }
        for (one, other) in &diff.assignments {
            for assignment in one.iter().chain(other) {
                finder.hypothetical_holders(assignment.assignee);
            }
        }
        finder.hypothetical_members(&diff.teams);
        for role in &diff.roles {
            let role = RoleRef::Custom(*role);
            for organization in finder.both() {
                for assignment in organization.assignments_of(&role) {
                    finder.hypothetical_holders(assignment.assignee);
                }
            }
        }
        if diff.profile {
            finder.add_scope(Scope::Organization);
        }
        for scope in &diff.scopes {
            finder.add_scope(*scope);
        }
        for (_, one, other) in
            after.organization.consents().differences(before.organization.consents())
        {
            for consent in one.into_iter().chain(other) {
                finder.add_consent(consent);
            }
        }
        finder.add_dependents();
        finder.affected
    }
}

struct AffectedFinder<'f, 'a> {
    before: &'f View<'a>,
    after: &'f View<'a>,
    affected: Affected,
    /// Sub-accounts whose dependents have not been added yet.
    ahead: Vec<SubAccountId>,
}

impl<'a> AffectedFinder<'_, 'a> {
    const fn both(&self) -> [&'a Organization; 2] {
        [self.before.organization, self.after.organization]
    }

    fn add(&mut self, holder: HolderId) {
        if self.affected.holders.insert(holder)
            && let HolderId::SubAccount(id) = holder
        {
            self.ahead.push(id);
        }
    }

    fn add_all(&mut self) {
        for organization in self.both() {
            for id in organization.sub_accounts().keys() {
                self.add(HolderId::SubAccount(*id));
            }
            for team in organization.teams().keys() {
                self.add(HolderId::TeamMember(*team));
            }
            if organization.has_member_assignments() {
                let has_members = |it: &Scope| {
                    organization.assignments_by(*it, Relation::MembersOf).next().is_some()
                };
                for scope in organization.scopes().filter(has_members) {
                    self.add(HolderId::MemberOf(scope));
                }
            }
        }
        self.add(HolderId::MemberOf(Scope::Organization));
        for organization in self.both() {
            for consent in organization.consents().values() {
                self.add_consent(consent);
            }
        }
    }

    fn add_consent(&mut self, consent: &Consent) {
        self.add(HolderId::OperatorOf { consent: consent.id, operators: consent.operators });
    }

    /// Whether an assignment acts at the parent of a new scope and not below it.
    fn parent_differs_from_below(&self, scope: Scope) -> bool {
        match self.before.nearest(scope, self.after) {
            Scope::Organization => false,
            parent => {
                let mut at = self.before.organization.assignments_by(parent, Relation::At);
                at.any(|it| it.reach == Reach::Here)
            }
        }
    }

    /// Adds the hypothetical holders to whom an assignment would apply.
    fn hypothetical_holders(&mut self, assignee: Assignee) {
        match assignee {
            Assignee::SubAccount(_) => {}
            Assignee::Team(team) => self.hypothetical_members(&BTreeSet::from([team])),
            Assignee::MembersOf(scope) => {
                self.add(HolderId::MemberOf(scope));
                // A member of a team that has an allow at the scope is a member of the scope.
                for organization in self.both() {
                    let allows = organization.assignments_by(scope, Relation::At);
                    let teams = allows.filter_map(|it| match it.assignee {
                        Assignee::Team(team) if it.effect == Effect::Allow => Some(team),
                        _ => None,
                    });
                    self.hypothetical_members(&teams.collect());
                }
            }
        }
    }

    /// Adds a hypothetical member of each of these teams and their sub-teams.
    fn hypothetical_members(&mut self, teams: &BTreeSet<TeamId>) {
        for organization in self.both() {
            for team in teams_below(organization, teams.iter().copied()) {
                self.add(HolderId::TeamMember(team));
            }
        }
    }

    /// Adds the holders, existing and hypothetical, to whom an assignment applies.
    fn add_assignee(&mut self, organization: &Organization, assignee: Assignee) {
        self.hypothetical_holders(assignee);
        match assignee {
            Assignee::SubAccount(id) => self.add(HolderId::SubAccount(id)),
            Assignee::Team(team) => self.add_members(organization, team),
            Assignee::MembersOf(Scope::Organization) => self.add_all(),
            Assignee::MembersOf(scope) => {
                for allow in organization.assignments_by(scope, Relation::At) {
                    match allow.assignee {
                        _ if allow.effect == Effect::Deny => {}
                        Assignee::SubAccount(id) => self.add(HolderId::SubAccount(id)),
                        Assignee::Team(team) => self.add_members(organization, team),
                        Assignee::MembersOf(_) => {}
                    }
                }
            }
        }
    }

    fn add_members(&mut self, organization: &Organization, team: TeamId) {
        for id in members(organization, [team]) {
            self.add(HolderId::SubAccount(id));
        }
    }

    /// Adds every holder with an assignment at the scope, above it or below, if the scope differs
    /// in anything but its name, key and status.
    fn add_scope(&mut self, scope: Scope) {
        let owner = |view: &View<'_>| registered_owner(view.organization, scope);
        let differs = self.before.path_to(scope) != self.after.path_to(scope)
            || (scope == Scope::Organization && self.before.ceiling != self.after.ceiling)
            || owner(self.before) != owner(self.after);
        // A new scope without restrictions is equivalent to its parent, except for assignments that
        // act at the parent alone.
        let is_plain = self.before.path_to(scope).is_none()
            && self.after.is_plain(scope)
            && !self.parent_differs_from_below(scope);
        if !differs || is_plain || !self.affected.scopes.insert(scope) {
            return;
        }
        for view in [self.before, self.after] {
            let organization = view.organization;
            let steps = view.path_to(scope);
            let steps = steps.iter().flat_map(|path| &path.steps).map(|step| step.scope);
            let scopes: Vec<Scope> = steps.chain(below(organization, scope)).collect();
            for scope in scopes {
                for assignment in organization.assignments_by(scope, Relation::At) {
                    self.add_assignee(organization, assignment.assignee);
                }
                for made in organization.referring(scope, Relation::At) {
                    if let EntityId::Consent(id) = made
                        && let Some(consent) = organization.consents().get(&id)
                    {
                        self.add_consent(consent);
                    }
                }
            }
            if let Some(owner) = registered_owner(organization, scope) {
                self.add(HolderId::SubAccount(owner));
            }
        }
    }

    /// Adds the services of affected accounts, and the holders to whom they delegated something
    /// (D13).
    fn add_dependents(&mut self) {
        while let Some(id) = self.ahead.pop() {
            for organization in self.both() {
                for service in services_of(organization, id) {
                    self.add(HolderId::SubAccount(service));
                }
                for passed_on in
                    organization.assignments_by(EntityId::SubAccount(id), Relation::Delegator)
                {
                    self.add_assignee(organization, passed_on.assignee);
                }
            }
        }
    }
}

/// All descendants of a scope.
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
