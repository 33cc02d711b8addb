//! The reference evaluator: the rules D1 to D13 as plainly as they can be written, reading every assignment each time.
//!
//! It is the specification in executable form, not a way to serve requests. It uses nothing of the compiled side, so
//! that the two cannot be wrong in the same way.

use jiff::Timestamp;

use crate::access::context::{Context, Ownership, Truth};
use crate::access::decision::{Decision, Reason};
use crate::access::target::Target;
use crate::catalog::{Catalog, CatalogCore, Parts};
use crate::id::{SubAccountId, TeamId};
use crate::model::{
    Assignee, Assignment, Condition, Effect, Grant, Organization, OrganizationStatus, Reach,
    RoleRef, Scope, Status, SubAccount, SubAccountKind, Validity, WorkspaceStatus,
};
use crate::permission::{Bits, PermissionNames, Permissions};

/// The naive evaluator of one organization under one catalog, at one instant. Every question costs **O(n)** in the
/// assignments.
#[derive(Debug)]
pub struct Reference<'a, P> {
    catalog: &'a Catalog<P>,
    rules: Rules<'a>,
}

impl<'a, P: Permissions> Reference<'a, P> {
    /// Reads `organization` as `catalog` understands it; `now` is the time of every question that names none.
    pub fn new(organization: &'a Organization, catalog: &'a Catalog<P>, now: Timestamp) -> Self {
        Self { catalog, rules: Rules { organization, catalog: catalog.core(), now } }
    }

    /// May `sub_account` do all of `permissions` at `target`, in `context`?
    pub fn check(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
        context: &Context,
    ) -> Decision {
        let need = Bits::of(permissions);
        match self.rules.decide(sub_account, need, target.into(), context) {
            Ok(()) => Decision::Allow,
            Err(reason) => Decision::Deny(reason),
        }
    }

    /// Every permission that `sub_account` has at `target`, in `context`.
    pub fn permissions(
        &self,
        sub_account: SubAccountId,
        target: impl Into<Target>,
        context: &Context,
    ) -> P {
        let target = target.into();
        let may = |bit: &Bits| self.rules.decide(sub_account, *bit, target, context).is_ok();
        let universe = self.catalog.core().vocabulary().universe();
        universe.iter().filter(may).fold(Bits::NONE, Bits::union).to()
    }

    /// May `operator`, a sub-account of the organization of `home`, do all of `permissions` at `target` here (D12)?
    pub fn check_operator(
        &self,
        home: &Self,
        operator: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
        context: &Context,
    ) -> Decision {
        let need = Bits::of(permissions);
        match self.rules.decide_operator(&home.rules, operator, need, target.into(), context) {
            Ok(()) => Decision::Allow,
            Err(reason) => Decision::Deny(reason),
        }
    }
}

#[derive(Debug)]
struct Rules<'a> {
    organization: &'a Organization,
    catalog: &'a CatalogCore,
    now: Timestamp,
}

/// One sub-account at one scope in one context.
#[derive(Debug, Clone, Copy)]
struct Question<'a> {
    sub_account: &'a SubAccount,
    scope: Scope,
    context: &'a Context,
    now: Timestamp,
    /// Whether this is the bounding side of D13: conditions count as met.
    bounding: bool,
    /// Whether what was passed on to the sub-account counts.
    delegations: bool,
}

/// How an assignment comes to contain a sub-account: directly or by team, or by an allow that makes it a member of a
/// scope.
#[derive(Debug, Clone, Copy)]
struct Path<'a> {
    assignment: &'a Assignment,
    membership: Option<&'a Assignment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owned {
    Yes,
    No,
    Unknown,
}

impl<'a> Rules<'a> {
    fn decide(
        &self,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
    ) -> Result<(), Reason> {
        let now = context.time().unwrap_or(self.now);
        self.well_formed(need)?;
        let sub_account =
            self.organization.sub_accounts().get(&sub_account).ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        self.organization_is_active()?;
        Self::may_act(sub_account, now)?;
        self.meets_security_policy(sub_account.kind, context)?;
        let question =
            Question { sub_account, scope, context, now, bounding: false, delegations: true };
        let before = self.before_prerequisites(&question);
        let effective = self.with_prerequisites(before);
        let Some(missing) = first(need.difference(effective)) else { return Ok(()) };
        if before.holds(missing) {
            return Err(Reason::PrerequisiteMissing);
        }
        Err(self.miss(&question, missing))
    }

    /// D9: a request for none, or for a bit that the catalog does not name, is Deny.
    fn well_formed(&self, need: Bits) -> Result<(), Reason> {
        if need.is_empty() {
            return Err(Reason::NothingRequested);
        }
        if !self.catalog.vocabulary().universe().holds(need) {
            return Err(Reason::UnknownPermission);
        }
        Ok(())
    }

    /// D1: unknown is Deny; nothing falls back to a parent.
    fn resolve(&self, target: Target) -> Result<Scope, Reason> {
        match target {
            Target::UnknownKey => Err(Reason::UnknownKey),
            Target::Organization(id) if id == self.organization.id() => Ok(Scope::Organization),
            Target::Scope(scope) if self.organization.contains(scope) => Ok(scope),
            Target::Organization(_) | Target::Scope(_) => Err(Reason::UnknownScope),
        }
    }

    /// D2: in an Active organization ...
    fn organization_is_active(&self) -> Result<(), Reason> {
        match self.organization.profile().status {
            OrganizationStatus::Active => Ok(()),
            OrganizationStatus::Suspended | OrganizationStatus::Closed => {
                Err(Reason::OrganizationInactive)
            }
        }
    }

    /// D2: ... only an Active, unflagged sub-account before its own end ...
    fn may_act(sub_account: &SubAccount, now: Timestamp) -> Result<(), Reason> {
        match sub_account.status {
            Status::Active => {}
            Status::Invited => return Err(Reason::Invited),
            Status::Suspended => return Err(Reason::Suspended),
            Status::Left => return Err(Reason::Left),
            Status::Removed => return Err(Reason::Removed),
        }
        if sub_account.credential_reset_required {
            return Err(Reason::CredentialResetRequired);
        }
        if sub_account.ends.is_some_and(|ends| ends <= now) {
            return Err(Reason::Ended);
        }
        Ok(())
    }

    /// D2: ... whose security policy the context meets (services: its network part).
    fn meets_security_policy(&self, kind: SubAccountKind, context: &Context) -> Result<(), Reason> {
        let concerns = |condition: &&Condition| {
            kind != SubAccountKind::Service || matches!(condition, Condition::Network(_))
        };
        let policy = &self.organization.profile().security.conditions;
        match context.meets_all(policy.iter().filter(concerns)) {
            Truth::True => Ok(()),
            Truth::False => Err(Reason::SecurityPolicyUnmet),
            Truth::Unknown => Err(Reason::SecurityPolicyUnknown),
        }
    }

    /// The scopes from the root down to `scope`.
    fn chain(&self, scope: Scope) -> Vec<Scope> {
        let mut chain = vec![scope];
        while let Some(parent) = chain.last().and_then(|last| self.organization.parent(*last)) {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }

    /// The scopes from `above` down to `scope`, `above` first; none if `above` is not on the way.
    fn way_down(&self, above: Scope, scope: Scope) -> Vec<Scope> {
        self.chain(scope).into_iter().skip_while(|on_the_way| *on_the_way != above).collect()
    }

    /// D3: an assignment reaches x by *here*, *subtree* or *labelled*.
    fn reaches(&self, assignment: &Assignment, scope: Scope) -> bool {
        let way = self.way_down(assignment.scope, scope);
        match &assignment.reach {
            Reach::Here => assignment.scope == scope,
            Reach::Subtree => !way.is_empty(),
            Reach::Labelled(label) => way.into_iter().any(|on_the_way| match on_the_way {
                Scope::Organization => self.organization.profile().labels.contains(label),
                Scope::Workspace(id) => {
                    let workspace = self.organization.workspaces().get(&id);
                    workspace.is_some_and(|it| it.labels.contains(label))
                }
                Scope::Resource(id) => {
                    let resource = self.organization.resources().get(&id);
                    resource.is_some_and(|it| it.labels.contains(label))
                }
            }),
        }
    }

    /// D3: it contains s directly, through teams, or as a member of a scope.
    fn paths(&self, assignment: &'a Assignment, sub_account: SubAccountId) -> Vec<Path<'a>> {
        let path = |membership| Path { assignment, membership };
        match assignment.assignee {
            Assignee::MembersOf(Scope::Organization) => vec![path(None)],
            Assignee::MembersOf(scope) => self
                .organization
                .assignments()
                .values()
                .filter(|made| made.effect == Effect::Allow && made.scope == scope)
                .filter(|made| self.names(made.assignee, sub_account))
                .map(|made| path(Some(made)))
                .collect(),
            named if self.names(named, sub_account) => vec![path(None)],
            Assignee::SubAccount(_) | Assignee::Team(_) => Vec::new(),
        }
    }

    fn names(&self, assignee: Assignee, sub_account: SubAccountId) -> bool {
        match assignee {
            Assignee::SubAccount(id) => id == sub_account,
            Assignee::Team(team) => {
                self.organization.teams_of(sub_account).any(|own| self.is_within(own, team))
            }
            Assignee::MembersOf(_) => false,
        }
    }

    /// D3: a sub-team's members belong to the parent.
    fn is_within(&self, team: TeamId, ancestor: TeamId) -> bool {
        let mut above = Some(team);
        while let Some(id) = above {
            if id == ancestor {
                return true;
            }
            above = self.organization.teams().get(&id).and_then(|team| team.parent);
        }
        false
    }

    /// D3, D7, D8: the windows of an assignment and of the membership it comes by, both.
    fn in_time(path: Path<'_>, now: Timestamp) -> Result<(), Reason> {
        let windows = || Self::both(path).map(|assignment| assignment.validity);
        if windows().any(|window| Validity::is_ahead(window, now)) {
            return Err(Reason::NotYetValid);
        }
        if windows().any(|window| Validity::is_over(window, now)) {
            return Err(Reason::Expired);
        }
        Ok(())
    }

    fn both(path: Path<'_>) -> impl Iterator<Item = &Assignment> {
        std::iter::once(path.assignment).chain(path.membership)
    }

    /// D8: conditions are joined by "and"; D13: on the bounding side they count as met.
    fn conditions(path: Path<'_>, question: &Question<'_>) -> Truth {
        if question.bounding {
            return Truth::True;
        }
        question.context.meets_all(Self::both(path).flat_map(|it| &it.conditions))
    }

    /// D3: roles are closed over includes.
    fn parts(&self, grant: &Grant) -> Parts {
        let known = |names: &PermissionNames| self.catalog.vocabulary().bits(names);
        match grant {
            Grant::Permissions { any, own } => Parts { any: known(any), own: known(own) },
            Grant::Role(RoleRef::System(name)) => self.catalog.role(name),
            Grant::Role(RoleRef::Custom(id)) => {
                let Some(role) = self.organization.roles().get(id) else { return Parts::default() };
                let itself = Parts { any: known(&role.any), own: known(&role.own) };
                role.includes.iter().fold(itself, |parts, included| {
                    parts.union(self.parts(&Grant::Role(included.clone())))
                })
            }
        }
    }

    /// D4: the bits that `inherits(n)` passes at every n below `above` down to `scope`.
    fn flow(&self, above: Scope, scope: Scope) -> Bits {
        let inherits = |on_the_way: Scope| match on_the_way {
            Scope::Organization => None,
            Scope::Workspace(id) => self.organization.workspaces().get(&id).map(|it| &it.inherits),
            Scope::Resource(id) => self.organization.resources().get(&id).map(|it| &it.inherits),
        };
        self.way_down(above, scope)
            .into_iter()
            .skip(1)
            .map(|below| self.catalog.vocabulary().bits(inherits(below).unwrap_or(&NOTHING)))
            .fold(self.catalog.vocabulary().universe(), Bits::intersection)
    }

    /// D4: all ceilings of root..x, intersected.
    fn ceiling(&self, scope: Scope) -> Bits {
        self.chain(scope)
            .into_iter()
            .filter_map(|on_the_way| match on_the_way {
                Scope::Organization => self.organization.profile().ceiling.as_ref(),
                Scope::Workspace(id) => self.organization.workspaces().get(&id)?.ceiling.as_ref(),
                Scope::Resource(id) => self.organization.resources().get(&id)?.ceiling.as_ref(),
            })
            .map(|ceiling| self.catalog.vocabulary().bits(ceiling))
            .fold(self.catalog.vocabulary().universe(), Bits::intersection)
    }

    fn boundary(&self, sub_account: &SubAccount) -> Bits {
        match &sub_account.boundary {
            Some(boundary) => self.catalog.vocabulary().bits(boundary),
            None => self.catalog.vocabulary().universe(),
        }
    }

    /// D2: at and below an archived workspace only the catalog's read set is left.
    fn left_by_archiving(&self, scope: Scope) -> Bits {
        let archived = self.chain(scope).into_iter().any(|on_the_way| match on_the_way {
            Scope::Workspace(id) => {
                let workspace = self.organization.workspaces().get(&id);
                workspace.is_some_and(|it| it.status == WorkspaceStatus::Archived)
            }
            Scope::Organization | Scope::Resource(_) => false,
        });
        if archived { self.catalog.archived() } else { self.catalog.vocabulary().universe() }
    }

    /// D6: as claimed; unsaid, whether s is the registered owner of x itself, unknown where none is registered.
    fn owned(&self, sub_account: SubAccountId, scope: Scope, context: &Context) -> Owned {
        let registered = match scope {
            Scope::Resource(id) => self.organization.resources().get(&id).and_then(|it| it.owner),
            Scope::Organization | Scope::Workspace(_) => None,
        };
        match (context.claimed(), registered) {
            (Ownership::Owned, _) => Owned::Yes,
            (Ownership::NotOwned, _) => Owned::No,
            (Ownership::Unsaid, Some(owner)) if owner == sub_account => Owned::Yes,
            (Ownership::Unsaid, Some(_)) => Owned::No,
            (Ownership::Unsaid, None) => Owned::Unknown,
        }
    }

    /// D3, D4, D7, D8, D13: what one path gives at the scope, or the step at which it fails for `bit`.
    fn gives(&self, path: Path<'_>, question: &Question<'_>) -> Parts {
        let assignment = path.assignment;
        let acts = self.reaches(assignment, question.scope)
            && Self::in_time(path, question.now).is_ok()
            && Self::conditions(path, question) == Truth::True;
        if !acts {
            return Parts::default();
        }
        self.parts(&assignment.grant)
            .intersection(self.flow(assignment.scope, question.scope))
            .intersection(self.delegated(assignment, question))
    }

    /// D13: a delegation gives at most what the delegator has there otherwise than by delegation.
    fn delegated(&self, assignment: &Assignment, question: &Question<'_>) -> Bits {
        match assignment.delegator {
            None => self.catalog.vocabulary().universe(),
            Some(_) if !question.delegations => Bits::NONE,
            Some(delegator) => self.bound(delegator, &Question { delegations: false, ..*question }),
        }
    }

    /// D13: what another sub-account has at the scope now, its conditions counted as met.
    fn bound(&self, bounding: SubAccountId, question: &Question<'_>) -> Bits {
        let Some(sub_account) = self.organization.sub_accounts().get(&bounding) else {
            return Bits::NONE;
        };
        if Self::may_act(sub_account, question.now).is_err() {
            return Bits::NONE;
        }
        let bounding = Question { sub_account, bounding: true, ..*question };
        self.with_prerequisites(self.before_prerequisites(&bounding))
    }

    /// D13: a service has at most what its owner, an Active Member, has at x now.
    fn service_bound(&self, question: &Question<'_>) -> Bits {
        if question.sub_account.kind != SubAccountKind::Service {
            return self.catalog.vocabulary().universe();
        }
        let owner = question.sub_account.owner;
        let owner = owner.and_then(|owner| self.organization.sub_accounts().get(&owner));
        match owner {
            Some(owner) if owner.kind == SubAccountKind::Member => self.bound(owner.id, question),
            _ => Bits::NONE,
        }
    }

    /// D4: `A(x)`, by part.
    fn allows(&self, question: &Question<'_>) -> Parts {
        let assignments = self.organization.assignments().values();
        assignments
            .filter(|assignment| assignment.effect == Effect::Allow)
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .map(|path| self.gives(path, question))
            .fold(Parts::default(), Parts::union)
    }

    /// D4: `D(x)`, by part. D8: a deny acts unless its conditions are false. D4: masks never stop a deny.
    fn denies(&self, question: &Question<'_>) -> Parts {
        let assignments = self.organization.assignments().values();
        assignments
            .filter(|assignment| assignment.effect == Effect::Deny)
            .filter(|assignment| self.reaches(assignment, question.scope))
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .filter(|path| Self::in_time(*path, question.now).is_ok())
            .filter(|path| Self::conditions(*path, question) != Truth::False)
            .map(|path| self.parts(&path.assignment.grant))
            .fold(Parts::default(), Parts::union)
    }

    /// D5: `((A.any | A.own if owned) - (D.any | D.own unless not owned)) & C & boundary`, D2 and D13 applied.
    fn before_prerequisites(&self, question: &Question<'_>) -> Bits {
        let owned = self.owned(question.sub_account.id, question.scope, question.context);
        granted(self.allows(question), owned)
            .difference(denied(self.denies(question), owned))
            .intersection(self.ceiling(question.scope))
            .intersection(self.boundary(question.sub_account))
            .intersection(self.left_by_archiving(question.scope))
            .intersection(self.service_bound(question))
    }

    /// D10: last of all, a permission whose prerequisites are not effective is not effective.
    fn with_prerequisites(&self, mut effective: Bits) -> Bits {
        loop {
            let met = |bit: &Bits| effective.holds(self.catalog.needs(*bit));
            let kept = effective.iter().filter(met).fold(Bits::NONE, Bits::union);
            if kept == effective {
                return kept;
            }
            effective = kept;
        }
    }

    /// The reason why one permission, asked for and not there before prerequisites, is missing.
    fn miss(&self, question: &Question<'_>, bit: Bits) -> Reason {
        if !self.left_by_archiving(question.scope).holds(bit) {
            return Reason::Archived;
        }
        let owned = self.owned(question.sub_account.id, question.scope, question.context);
        if granted(self.allows(question), owned).holds(bit) {
            return if denied(self.denies(question), owned).holds(bit) {
                Reason::Denied
            } else if !self.ceiling(question.scope).holds(bit) {
                Reason::Ceiling
            } else if !self.boundary(question.sub_account).holds(bit) {
                Reason::Boundary
            } else {
                Reason::ServiceOwnerLacks
            };
        }
        self.organization
            .assignments()
            .values()
            .filter(|assignment| assignment.effect == Effect::Allow)
            .filter(|assignment| self.parts(&assignment.grant).both().holds(bit))
            .filter(|assignment| self.chain(question.scope).contains(&assignment.scope))
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .map(|path| self.fails_at(path, question, bit, owned))
            .max()
            .unwrap_or(Reason::NotGranted)
    }

    /// The step at which a path that could have granted `bit` fails.
    fn fails_at(&self, path: Path<'_>, question: &Question<'_>, bit: Bits, owned: Owned) -> Reason {
        let assignment = path.assignment;
        if !self.reaches(assignment, question.scope) {
            return Reason::OutOfReach;
        }
        if let Err(reason) = Self::in_time(path, question.now) {
            return reason;
        }
        match Self::conditions(path, question) {
            Truth::True => {}
            Truth::False => return Reason::ConditionUnmet,
            Truth::Unknown => return Reason::ConditionUnknown,
        }
        if !self.flow(assignment.scope, question.scope).holds(bit) {
            return Reason::Masked;
        }
        if !self.delegated(assignment, question).holds(bit) {
            return Reason::DelegatorLacks;
        }
        match owned {
            Owned::Unknown => Reason::OwnershipUnknown,
            Owned::Yes | Owned::No => Reason::NotOwned,
        }
    }

    /// D12: operator o at x of organization T has `effective(o, home root) & consent.mask & C(x)`, through every
    /// `inherits` from the consent's scope to x, less T's denies to all members; D2 holds in both.
    fn decide_operator(
        &self,
        home: &Rules<'_>,
        operator: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
    ) -> Result<(), Reason> {
        let now = context.time().unwrap_or(self.now);
        self.well_formed(need)?;
        let operator =
            home.organization.sub_accounts().get(&operator).ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        for side in [self, home] {
            side.organization_is_active()?;
            Self::may_act(operator, now)?;
            side.meets_security_policy(operator.kind, context)?;
        }
        let chain = self.chain(scope);
        let consents: Vec<_> = self
            .organization
            .consents()
            .values()
            .filter(|consent| consent.operators == home.organization.id())
            .filter(|consent| consent.holds(now) && chain.contains(&consent.scope))
            .collect();
        if consents.is_empty() {
            return Err(Reason::NoConsent);
        }
        let at_home = Question {
            sub_account: operator,
            scope: Scope::Organization,
            context,
            now,
            bounding: false,
            delegations: true,
        };
        let has = home.with_prerequisites(home.before_prerequisites(&at_home));
        let known = |names| self.catalog.vocabulary().bits(names);
        let mask = consents.iter().map(|it| known(&it.mask)).fold(Bits::NONE, Bits::union);
        let let_in = consents
            .iter()
            .map(|it| known(&it.mask).intersection(self.flow(it.scope, scope)))
            .fold(Bits::NONE, Bits::union);
        let denies = self.denied_to_operators(scope, context, now);
        let ceiling = self.ceiling(scope);
        let left = self.left_by_archiving(scope);
        let before =
            has.intersection(let_in).difference(denies).intersection(ceiling).intersection(left);
        let effective = self.with_prerequisites(before);
        let Some(missing) = first(need.difference(effective)) else { return Ok(()) };
        Err(if before.holds(missing) {
            Reason::PrerequisiteMissing
        } else if !left.holds(missing) {
            Reason::Archived
        } else if !has.holds(missing) {
            Reason::OperatorLacks
        } else if !mask.holds(missing) {
            Reason::ConsentMask
        } else if !let_in.holds(missing) {
            Reason::Masked
        } else if denies.holds(missing) {
            Reason::Denied
        } else {
            Reason::Ceiling
        })
    }

    /// D12: T's denies to all members. What a sub-account of T owns, an operator does not.
    fn denied_to_operators(&self, scope: Scope, context: &Context, now: Timestamp) -> Bits {
        let registered = match scope {
            Scope::Resource(id) => self.organization.resources().get(&id).and_then(|it| it.owner),
            Scope::Organization | Scope::Workspace(_) => None,
        };
        let owned = match (context.claimed(), registered) {
            (Ownership::Owned, _) => Owned::Yes,
            (Ownership::NotOwned, _) | (Ownership::Unsaid, Some(_)) => Owned::No,
            (Ownership::Unsaid, None) => Owned::Unknown,
        };
        let parts = self
            .organization
            .assignments()
            .values()
            .filter(|assignment| assignment.effect == Effect::Deny)
            .filter(|assignment| assignment.assignee == Assignee::MembersOf(Scope::Organization))
            .filter(|assignment| self.reaches(assignment, scope))
            .filter(|assignment| assignment.validity.holds(now))
            .filter(|assignment| context.meets_all(&assignment.conditions) != Truth::False)
            .map(|assignment| self.parts(&assignment.grant))
            .fold(Parts::default(), Parts::union);
        denied(parts, owned)
    }
}

static NOTHING: PermissionNames = PermissionNames::none();

/// D5, D6: `A.any | A.own if owned`; unknown helps no allow.
fn granted(allows: Parts, owned: Owned) -> Bits {
    if owned == Owned::Yes { allows.both() } else { allows.any }
}

/// D5, D6: `D.any | D.own unless not owned`; unknown lifts no deny.
fn denied(denies: Parts, owned: Owned) -> Bits {
    if owned == Owned::No { denies.any } else { denies.both() }
}

fn first(bits: Bits) -> Option<Bits> {
    bits.iter().next()
}
