//! Random actions, each drawn to fit the organization that it is made for.

use std::collections::BTreeSet;
use std::slice;

use jiff::Timestamp;
use tenantry::model::resource::Parent;
use tenantry::model::{
    Assignee, Condition, Consent, Grant, Kind, Maker, Membership, Organization, OrganizationStatus,
    Resource, Role, RoleRef, Scope, ScopeKinds, SecurityPolicy, SubAccountKind, Team, Workspace,
    WorkspaceStatus,
};
use tenantry::{
    Action, AssignmentId, ConsentId, Departure, InvitationId, Label, NewAssignment, NewInvitation,
    NewRequest, NewSubAccount, PermissionNames, RequestId, ResourceId, RoleId, Snapshot,
    SubAccountId, TeamId, Token, WorkspaceId,
};

use super::application::{
    HOME, MOMENTS, ORGANIZATION, Permission, ROLES, label, login, moment, name, names, plain, saml,
    sessions,
};
use super::bound::scopes;
use super::held::is_active;

/// The numbers of one step.
pub(crate) type Numbers = [u8; 24];

/// One step in the drawing.
pub(crate) struct Draw<'a> {
    snapshot: &'a Snapshot<Permission>,
    now: Timestamp,
    /// Who will act, if it is a sub-account.
    actor: Option<SubAccountId>,
    /// The id of whatever is new; counts on.
    fresh: &'a mut u128,
    /// Logins that somebody had before.
    logins: &'a [String],
    /// Zero once they are used up.
    numbers: slice::Iter<'a, u8>,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(
        snapshot: &'a Snapshot<Permission>,
        now: Timestamp,
        actor: Option<SubAccountId>,
        fresh: &'a mut u128,
        numbers: &'a [u8],
    ) -> Self {
        Self { snapshot, now, actor, fresh, logins: &[], numbers: numbers.iter() }
    }

    /// The same drawing, which gives and invites logins that somebody had before, too.
    pub(crate) const fn among_logins(self, logins: &'a [String]) -> Self {
        Self { logins, ..self }
    }

    fn organization(&self) -> &'a Organization {
        self.snapshot.organization()
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.numbers.next().map_or(0, |number| usize::from(*number) % count.max(1))
    }

    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(crate) fn one_of<T>(&mut self, items: impl IntoIterator<Item = T>) -> Option<T> {
        let mut items: Vec<T> = items.into_iter().collect();
        let position = self.below(items.len());
        (position < items.len()).then(|| items.swap_remove(position))
    }

    fn fresh(&mut self) -> u128 {
        *self.fresh += 1;
        *self.fresh
    }

    /// One action, or a few at once.
    pub(crate) fn actions(mut self) -> Vec<Action> {
        let count = if self.once_in(6) { 2 } else { 1 };
        (0..count).filter_map(|_| self.action()).collect()
    }

    fn action(&mut self) -> Option<Action> {
        let number = self.below(64);
        let number = if self.once_in(4) { number } else { self.within_power(number) };
        Some(match number {
            0..16 => self.assignment()?.into(),
            16..20 => {
                Action::Revoke(self.one_of(self.organization().assignments().keys().copied())?)
            }
            20..29 => self.of_scopes()?,
            29..34 => self.of_teams()?,
            34..41 => self.of_roles()?,
            41..55 => self.of_people()?,
            55..58 => self.of_invitations()?,
            58..61 => self.of_requests()?,
            _ => self.of_organization(),
        })
    }

    /// The number of an action that whoever acts may try: mostly one that needs a permission that
    /// they have.
    fn within_power(&mut self, number: usize) -> usize {
        let root = Scope::Organization;
        let fits = match number {
            0..20 => self.may_somewhere(Permission::ASSIGN),
            20..29 => self.may_somewhere(Permission::SHAPE),
            29..34 => self.may(Permission::PEOPLE, root) || self.may(Permission::ROLES, root),
            34..41 => self.may(Permission::ROLES, root),
            41..55 => self.may(Permission::PEOPLE, root),
            55..58 => self.may_somewhere(Permission::INVITE),
            _ => true,
        };
        if fits {
            number
        } else if self.may_somewhere(Permission::ASSIGN) {
            number % 20
        } else {
            20 + number % 9
        }
    }

    /// Whether whoever acts has something in a session that meets every condition; the host has
    /// everything.
    fn may(&self, need: Permission, at: Scope) -> bool {
        let Some(actor) = self.actor else { return true };
        let [session, ..] = sessions();
        let subject = self.snapshot.subject(actor).in_context(session.at(self.now));
        subject.permissions(at).contains(need)
    }

    fn may_somewhere(&self, need: Permission) -> bool {
        scopes(self.organization()).into_iter().any(|at| self.may(need, at))
    }

    /// Something that the host does between two steps: limits set and lifted, accounts kept out and
    /// let in, something given or taken. `first` is left in peace.
    pub(crate) fn host_move(mut self, first: SubAccountId) -> Option<Action> {
        let organization = self.organization();
        let spared = |who: &SubAccountId| *who != first;
        Some(match self.below(24) {
            0..3 => Action::SetCeiling(Scope::Organization, self.limit()),
            3 | 4 => Action::SetCeiling(self.parent()?.into(), self.limit()),
            5 | 6 => Action::SetInheritance(self.parent()?, self.inherits()),
            7 => Action::SetLabels(self.parent()?.into(), self.labels()),
            8 => {
                let statuses = [WorkspaceStatus::Active, WorkspaceStatus::Archived];
                Action::SetWorkspaceStatus(self.workspace()?, self.one_of(statuses)?)
            }
            9..12 => {
                let flagged = organization.sub_accounts().values();
                let flagged = flagged.filter(|it| it.credential_reset_required).map(|it| it.id);
                match self.one_of(flagged).filter(|_| self.once_in(2)) {
                    Some(flagged) => Action::SetCredentialResetRequired(flagged, false),
                    None => {
                        Action::SetCredentialResetRequired(self.someone().filter(spared)?, true)
                    }
                }
            }
            12 => Action::Suspend(self.someone().filter(spared)?),
            13 => Action::Suspend(self.someone_limited().filter(spared)?),
            14 => Action::Reinstate(self.with_status(&["suspended"])?),
            15 => Action::Remove(self.departure().filter(|it| spared(&it.sub_account))?),
            16 => Action::Readmit {
                sub_account: self.with_status(&["left", "removed"])?,
                restore: self.below(3) > 0,
            },
            17 | 18 => {
                // An end that has passed keeps somebody out as well as any.
                let ends = [self.now, self.moment()];
                Action::SetEnd(self.someone().filter(spared)?, self.one_of(ends))
            }
            19 | 20 => Action::SetBoundary(self.someone().filter(spared)?, self.limit()),
            21 => Action::Revoke(self.one_of(organization.assignments().keys().copied())?),
            22 => self.assignment()?.into(),
            _ => self.of_organization(),
        })
    }

    fn of_organization(&mut self) -> Action {
        match self.below(9) {
            0 => Action::RenameOrganization(name("Acme again")),
            1 => Action::SetOrganizationStatus(if self.below(2) == 0 {
                OrganizationStatus::Suspended
            } else {
                OrganizationStatus::Active
            }),
            2 => {
                let policies = [vec![], vec![Condition::Mfa], vec![saml()]];
                let conditions = self.one_of(policies).unwrap();
                Action::SetSecurityPolicy(SecurityPolicy { conditions })
            }
            3 => Action::SetCeiling(Scope::Organization, self.limit()),
            4 => Action::SetLabels(Scope::Organization, self.labels()),
            5..8 => Action::GiveConsent(Consent {
                id: ConsentId::from_u128(self.fresh()),
                operators: if self.once_in(4) { ORGANIZATION } else { HOME },
                scope: self.scope(),
                mask: self.names(),
                starts: None,
                ends: self.moment(),
                by: Maker::Host,
            }),
            _ => {
                let consent = self.one_of(self.organization().consents().keys().copied());
                consent.map_or(Action::RenameOrganization(name("Acme")), Action::EndConsent)
            }
        }
    }

    fn of_scopes(&mut self) -> Option<Action> {
        Some(match self.below(12) {
            0 => {
                let mut workspace =
                    Workspace::new(WorkspaceId::from_u128(self.fresh()), name("new"));
                if self.below(3) == 0 {
                    (workspace.inherits, workspace.labels) = (self.inherits(), self.labels());
                    workspace.ceiling = self.limit();
                }
                Action::CreateWorkspace(workspace)
            }
            1 | 2 => {
                let (id, kind) = (self.fresh(), Kind::new("inbox").unwrap());
                let mut resource = Resource::new(ResourceId::from_u128(id), kind, self.parent()?);
                if self.below(2) == 0 {
                    resource.owner = self.someone();
                }
                if self.below(3) == 0 {
                    (resource.inherits, resource.labels) = (self.inherits(), self.labels());
                }
                Action::CreateResource(resource)
            }
            3 => Action::MoveResource(self.resource()?, self.parent()?),
            4 => Action::SetResourceOwner(
                self.resource()?,
                if self.once_in(4) { None } else { self.someone() },
            ),
            5 if self.below(2) == 0 => Action::DeleteResource(self.resource()?),
            6 if self.once_in(4) => Action::DeleteWorkspace(self.workspace()?),
            5..8 => Action::SetInheritance(self.parent()?, self.inherits()),
            8 => Action::SetCeiling(self.parent()?.into(), self.limit()),
            9 | 10 => Action::SetLabels(self.parent()?.into(), self.labels()),
            _ => {
                let statuses = [WorkspaceStatus::Active, WorkspaceStatus::Archived];
                let status = self.one_of(statuses)?;
                match self.below(3) {
                    0 => Action::RenameWorkspace(self.workspace()?, name("again")),
                    _ => Action::SetWorkspaceStatus(self.workspace()?, status),
                }
            }
        })
    }

    fn of_teams(&mut self) -> Option<Action> {
        let organization = self.organization();
        Some(match self.below(8) {
            0 => {
                let team = Team::new(TeamId::from_u128(self.fresh()), name("team"));
                Action::CreateTeam(Team { parent: self.team(), ..team })
            }
            1 => Action::MoveTeam(self.team()?, self.team()),
            2 => Action::DeleteTeam(self.team()?),
            3 => Action::RemoveFromTeam(self.one_of(organization.memberships().keys().copied())?),
            _ => {
                let (sub_account, team) = (self.someone()?, self.team()?);
                Action::AddToTeam(Membership { sub_account, team })
            }
        })
    }

    fn of_roles(&mut self) -> Option<Action> {
        let organization = self.organization();
        Some(match self.below(8) {
            0..3 => {
                let id = RoleId::from_u128(self.fresh());
                Action::CreateRole(self.role(id))
            }
            3 => Action::DeleteRole(self.one_of(organization.roles().keys().copied())?),
            _ => {
                let id = self.one_of(organization.roles().keys().copied())?;
                Action::ReplaceRole(self.role(id))
            }
        })
    }

    fn role(&mut self, id: RoleId) -> Role {
        let mut role = Role::new(id, name("role"), self.names());
        if self.below(3) == 0 {
            role.own = self.names();
        }
        if self.below(3) == 0 {
            role.includes.extend(self.role_ref());
        }
        if self.below(2) == 0 {
            role.assigns.extend(self.role_ref());
        }
        if self.once_in(4) {
            role.assignable = ScopeKinds::RESOURCE;
        }
        role
    }

    fn of_people(&mut self) -> Option<Action> {
        let organization = self.organization();
        Some(match self.below(18) {
            0 => {
                let id = SubAccountId::from_u128(self.fresh());
                let signs_in = login(id).parse().unwrap();
                match self.below(3) {
                    0 => NewSubAccount::member(id, signs_in).into(),
                    1 => NewSubAccount::guest(id, signs_in, self.moment()).into(),
                    _ => NewSubAccount::service(id, self.someone()?).into(),
                }
            }
            1 => {
                let changed = format!("{}@new.example", self.fresh());
                let known = self.one_of(self.logins.iter().cloned()).filter(|_| self.once_in(4));
                let departed = self.with_status(&["left", "removed"]).filter(|_| self.once_in(2));
                let who = departed.or_else(|| self.someone())?;
                Action::SetLogin(who, known.unwrap_or(changed).parse().unwrap())
            }
            2 => Action::SetName(self.someone()?, Some("Somebody".to_owned())),
            3 => {
                let kinds = [SubAccountKind::Guest, SubAccountKind::Member];
                let kind = self.one_of(kinds)?;
                Action::SetKind(self.someone()?, kind)
            }
            4 => Action::SetServiceOwner(self.service()?, self.someone()?),
            5 => Action::Suspend(self.someone()?),
            6 | 7 => Action::Reinstate(self.with_status(&["suspended"])?),
            8 => Action::Remove(self.departure()?),
            9 => Action::Leave(match self.actor {
                Some(actor) => actor.into(),
                None => self.departure()?,
            }),
            10 | 11 => Action::Readmit {
                sub_account: self.with_status(&["left", "removed"])?,
                restore: self.below(3) > 0,
            },
            12 => {
                let scopes: BTreeSet<_> =
                    organization.assignments().values().map(|it| (it.assignee, it.scope)).collect();
                let (assignee, scope) = self.one_of(scopes)?;
                let Assignee::SubAccount(sub_account) = assignee else { return None };
                let into = if self.below(2) == 0 { self.role_ref() } else { None };
                Action::StepDown { sub_account, scope, into }
            }
            13 => Action::Erase(self.with_status(&["left", "removed"])?),
            14 => Action::TransferOwnership { from: self.someone()?, to: self.someone()? },
            15 if self.once_in(3) => Action::Adopt(self.someone()?),
            15 => Action::SetCredentialResetRequired(self.someone()?, self.below(2) == 0),
            16 => Action::SetEnd(
                self.someone()?,
                if self.below(2) == 0 { None } else { Some(self.moment()) },
            ),
            _ => Action::SetBoundary(self.someone()?, self.limit()),
        })
    }

    fn departure(&mut self) -> Option<Departure> {
        let successor = if self.below(2) == 0 { self.someone() } else { None };
        Some(Departure { sub_account: self.someone()?, successor })
    }

    fn of_invitations(&mut self) -> Option<Action> {
        let organization = self.organization();
        let open: Vec<_> = organization.invitations().keys().copied().collect();
        Some(match self.below(6) {
            0 if !open.is_empty() => Action::WithdrawInvitation(self.one_of(open)?),
            1 if !open.is_empty() => {
                let id = self.one_of(open)?;
                let (token, expires) = (token(id).hash(), self.moment());
                Action::ResendInvitation { id, token, expires }
            }
            _ => {
                let (id, invited) = (self.fresh(), SubAccountId::from_u128(self.fresh()));
                let id = InvitationId::from_u128(id);
                // Somebody new, or somebody who was here before.
                let gone = self.with_status(&["left", "removed"]).filter(|_| self.below(2) == 0);
                let signs_in = gone.and_then(|id| {
                    organization.personal(organization.sub_accounts().get(&id)?.login.as_ref()?)
                });
                let signs_in = signs_in.map_or_else(|| login(invited), str::to_owned);
                let known = self.one_of(self.logins.iter().cloned()).filter(|_| self.once_in(4));
                let signs_in = known.unwrap_or(signs_in);
                let (token, expires) = (token(id).hash(), self.moment());
                let signs_in = signs_in.parse().unwrap();
                let mut new = NewInvitation::new(id, invited, signs_in, token, expires);
                if self.once_in(3) {
                    new = new.guest(self.moment());
                }
                if self.once_in(3) {
                    new = self.team().into_iter().fold(new, NewInvitation::team);
                }
                for _ in 0..=self.below(2) {
                    new = new.assignment(self.assignment()?);
                }
                Action::Invite(new)
            }
        })
    }

    fn of_requests(&mut self) -> Option<Action> {
        let organization = self.organization();
        let open: Vec<_> = organization.requests().keys().copied().collect();
        Some(match self.below(6) {
            0 if !open.is_empty() => Action::Reject(self.one_of(open)?),
            1 if !open.is_empty() => Action::WithdrawRequest(self.one_of(open)?),
            2 | 3 if !open.is_empty() => {
                let request = self.one_of(open)?;
                let also = if self.once_in(3) { self.assignment() } else { None };
                Action::Approve { request, assignments: also.into_iter().collect() }
            }
            _ => {
                let id = RequestId::from_u128(self.fresh());
                let expires = self.moment();
                Action::MakeRequest(match self.below(4) {
                    0 => {
                        let join = format!("{}@join.example", self.fresh()).parse().unwrap();
                        NewRequest::join(id, join, expires)
                    }
                    1 => {
                        let gone = self.with_status(&["left", "removed"])?;
                        NewRequest::rejoin(id, gone, self.below(2) == 0, expires)
                    }
                    _ => {
                        let scope = self.scope();
                        let who = self.actor.filter(|_| self.below(2) == 0);
                        let who = match who {
                            Some(who) => who,
                            None => self.someone()?,
                        };
                        let grant = self.grant(scope);
                        NewRequest::access(id, who, grant, scope, expires)
                    }
                })
            }
        })
    }

    fn assignment(&mut self) -> Option<NewAssignment> {
        let scope = self.scope();
        let assignee = match self.below(12) {
            0..5 => self.someone()?.into(),
            5 | 6 => self.someone_limited()?.into(),
            7..10 => self.team()?.into(),
            10 => Assignee::MembersOf(Scope::Organization),
            _ => Assignee::MembersOf(self.scope()),
        };
        let grant =
            if self.once_in(4) { self.kept_back(assignee, scope) } else { self.grant(scope) };
        let id = AssignmentId::from_u128(self.fresh());
        let mut new = NewAssignment::new(assignee, grant, scope).id(id);
        if self.below(2) == 0 {
            let condition = if self.below(2) == 0 { Condition::Mfa } else { saml() };
            new = new.when(condition);
        }
        new = match self.below(4) {
            0 => new.ends(self.moment()),
            // What starts when nothing is looked at any more would be given unseen.
            1 => match self.moment() {
                starts if starts < moment(MOMENTS) => new.starts(starts),
                _ => new,
            },
            _ => new,
        };
        new = match self.below(12) {
            0 => new.here(),
            1 | 2 => new.labelled(label()),
            3 => new.denying().here(),
            4 => new.denying(),
            5 | 6 => {
                let delegator = self.actor.filter(|_| self.below(4) > 0);
                let delegator = delegator.or_else(|| self.someone())?;
                new.ends(self.moment()).delegated_by(delegator)
            }
            _ => new,
        };
        Some(new)
    }

    /// Something to grant; often what the actor has or may assign.
    fn grant(&mut self, scope: Scope) -> Grant {
        match self.below(6) {
            0..3 => self.role_ref().map_or_else(|| Grant::any(names(1)), Grant::Role),
            3 => {
                let (any, own) = (self.names(), self.names());
                Grant::Permissions { any, own }
            }
            _ => {
                let has = self.actor.map_or(Permission::VIEW, |actor| {
                    let session = tenantry::Context::new().at(self.now);
                    self.snapshot.subject(actor).in_context(session).permissions(scope)
                });
                let pattern = self.pattern() | self.pattern();
                let some = has.intersection(Permission::from_bits_truncate(pattern));
                Grant::any(plain().names(some | Permission::VIEW).unwrap())
            }
        }
    }

    /// Some of what a limit keeps back there today.
    fn kept_back(&mut self, assignee: Assignee, scope: Scope) -> Grant {
        let organization = self.organization();
        let known = |names: &PermissionNames| plain().known(names);
        let mut left = organization.profile().ceiling.as_ref().map_or(Permission::all(), known);
        let mut at = Some(scope).filter(|it| *it != Scope::Organization);
        while let Some(scope) = at {
            let (inherits, ceiling) = match scope {
                Scope::Organization => break,
                Scope::Workspace(id) => {
                    organization.workspaces().get(&id).map(|it| (&it.inherits, it.ceiling.as_ref()))
                }
                Scope::Resource(id) => {
                    organization.resources().get(&id).map(|it| (&it.inherits, it.ceiling.as_ref()))
                }
            }
            .unwrap_or((&PermissionNames::Full, None));
            left &= known(inherits) & ceiling.map_or(Permission::all(), known);
            at = organization.parent(scope);
        }
        if let Assignee::SubAccount(id) = assignee {
            let row = organization.sub_accounts().get(&id);
            left &= row.and_then(|it| it.boundary.as_ref()).map_or(Permission::all(), known);
        }
        let some = Permission::from_bits_truncate(self.pattern() | self.pattern());
        let kept_back = Permission::all().difference(left).intersection(some);
        Grant::any(plain().names(kept_back | Permission::VIEW).unwrap())
    }

    fn pattern(&mut self) -> u16 {
        let (low, high) = (self.below(256), self.below(16));
        u16::try_from(low | high << 8).unwrap()
    }

    /// A permission or a few.
    fn names(&mut self) -> PermissionNames {
        let pattern = self.pattern() & (self.pattern() | 0x21);
        names(pattern | 1)
    }

    fn inherits(&mut self) -> PermissionNames {
        match self.below(3) {
            0 => PermissionNames::Full,
            _ => names(self.pattern() | self.pattern()),
        }
    }

    fn limit(&mut self) -> Option<PermissionNames> {
        match self.below(4) {
            0 => Some(names(self.pattern() | self.pattern() | self.pattern())),
            // All but one or two.
            1 => {
                let kept_back = 1 << self.below(12) | 1 << self.below(12);
                Some(names(!kept_back))
            }
            _ => None,
        }
    }

    /// Somebody whom a limit of their own keeps from something.
    fn someone_limited(&mut self) -> Option<SubAccountId> {
        let people = self.organization().sub_accounts().values();
        let is_limited = |it: &&tenantry::model::SubAccount| {
            let is_over = it.ends.is_some_and(|ends| ends <= self.now);
            it.boundary.is_some() || it.credential_reset_required || !is_active(it) || is_over
        };
        let limited: Vec<_> = people.filter(is_limited).map(|it| it.id).collect();
        self.one_of(limited).or_else(|| self.someone())
    }

    fn labels(&mut self) -> BTreeSet<Label> {
        if self.below(2) == 0 { [label()].into() } else { BTreeSet::new() }
    }

    /// A moment from now on.
    fn moment(&mut self) -> Timestamp {
        let ahead = (0..MOMENTS).map(moment).filter(|it| *it > self.now);
        let ahead: Vec<_> = ahead.chain([moment(MOMENTS)]).collect();
        self.one_of(ahead).unwrap()
    }

    fn role_ref(&mut self) -> Option<RoleRef> {
        let custom = self.organization().roles().keys().copied().map(RoleRef::Custom);
        let system = ROLES.map(RoleRef::from);
        self.one_of(system.into_iter().chain(custom))
    }

    pub(crate) fn someone(&mut self) -> Option<SubAccountId> {
        self.one_of(self.organization().sub_accounts().keys().copied())
    }

    fn service(&mut self) -> Option<SubAccountId> {
        let people = self.organization().sub_accounts().values();
        let services = people.filter(|it| it.kind == SubAccountKind::Service);
        self.one_of(services.map(|it| it.id))
    }

    fn with_status(&mut self, statuses: &[&str]) -> Option<SubAccountId> {
        let people = self.organization().sub_accounts().values();
        let fits = |status| statuses.contains(&format!("{status:?}").to_lowercase().as_str());
        self.one_of(people.filter(|it| fits(it.status)).map(|it| it.id))
    }

    fn team(&mut self) -> Option<TeamId> {
        self.one_of(self.organization().teams().keys().copied())
    }

    fn workspace(&mut self) -> Option<WorkspaceId> {
        self.one_of(self.organization().workspaces().keys().copied())
    }

    fn resource(&mut self) -> Option<ResourceId> {
        self.one_of(self.organization().resources().keys().copied())
    }

    /// A workspace or a resource, mostly one that whoever acts may shape.
    fn parent(&mut self) -> Option<Parent> {
        self.parent_with(Permission::SHAPE)
    }

    fn parent_with(&mut self, need: Permission) -> Option<Parent> {
        let workspaces = self.organization().workspaces().keys().copied().map(Parent::Workspace);
        let resources = self.organization().resources().keys().copied().map(Parent::Resource);
        let all: Vec<Parent> = workspaces.chain(resources).collect();
        let own: Vec<Parent> =
            all.iter().copied().filter(|it| self.may(need, Scope::from(*it))).collect();
        let is_any = own.is_empty() || self.once_in(4);
        self.one_of(if is_any { all } else { own })
    }

    /// A scope, mostly one at which whoever acts may assign something.
    fn scope(&mut self) -> Scope {
        let may_assign = self.may(Permission::ASSIGN, Scope::Organization);
        if self.once_in(if may_assign { 3 } else { 8 }) {
            return Scope::Organization;
        }
        self.parent_with(Permission::ASSIGN).map_or(Scope::Organization, Scope::from)
    }
}

/// The token of an invitation, as whoever made it gave it out.
pub(crate) fn token(id: InvitationId) -> Token {
    let text = format!("{:032x}{:032x}{:064x}", ORGANIZATION.to_u128(), id.to_u128(), 7);
    text.parse().unwrap()
}
