//! Limits that go away without judgement, and what people hold and reach without some of them.
//!
//! A limit keeps something from somebody today, and the host, a release or the clock may lift it
//! tomorrow without a judgement by G2. So the promise is about every subset of limits: whatever a
//! group makes of an organization, its union in the organization without these limits never grows.
//!
//! [`Limit`] is the whole list. [`without`] lifts some of them, plainly, by changing rows.
//! [`Subset`] says which.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use tenantry::access::{Context, Snapshot};
use tenantry::catalog::Catalog;
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Grant, Membership, Organization, OrganizationStatus,
    Profile, Reach, Remove, Resource, RoleRef, Scope, SecurityPolicy, Status, SubAccount,
    SubAccountKind, Workspace, WorkspaceStatus,
};
use tenantry::{
    AssignmentId, ConsentId, Label, Name, OrganizationId, PermissionNames, Permissions, ResourceId,
    SubAccountId, WorkspaceId,
};

use super::held::{is_active, with_licences, with_licences_for};

/// One limit of one organization that may go away.
///
/// Never lifted: denies, ends that lie ahead, windows and conditions. Always lifted, because R sets
/// them aside: the status of the organization and its security policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Limit {
    /// The ceiling of the organization: its plan.
    Plan,
    /// The ceiling of a workspace or a resource.
    Ceiling(Scope),
    /// The mask of a workspace or a resource.
    Mask(Scope),
    /// A workspace is archived.
    Archive(WorkspaceId),
    /// No scope carries the label (`None`), or this one does not: it will.
    Carried(Label, Option<Scope>),
    /// Some scope carries the label (`None`), or this one does: it will not.
    Uncarried(Label, Option<Scope>),
    /// What a permission needs besides itself, by the catalog.
    Prerequisites,
    /// The boundary of one account.
    Boundary(SubAccountId),
    /// One account's credential must be renewed.
    Flag(SubAccountId),
    /// One account is invited, suspended or gone.
    Status(SubAccountId),
    /// The end of one account has passed.
    End(SubAccountId),
    /// What the owner of one service has.
    ServiceOwner(SubAccountId),
}

/// The kinds of limit, one for each variant of [`Limit`] and each way in which labels are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LimitKind {
    Plan,
    Ceiling,
    Mask,
    Archive,
    Carried,
    CarriedAt,
    Uncarried,
    UncarriedAt,
    Prerequisites,
    Boundary,
    Flag,
    Status,
    End,
    ServiceOwner,
}

impl LimitKind {
    pub(crate) const ALL: [Self; 14] = [
        Self::Plan,
        Self::Ceiling,
        Self::Mask,
        Self::Archive,
        Self::Carried,
        Self::CarriedAt,
        Self::Uncarried,
        Self::UncarriedAt,
        Self::Prerequisites,
        Self::Boundary,
        Self::Flag,
        Self::Status,
        Self::End,
        Self::ServiceOwner,
    ];

    /// Whether a limit of this kind is one of a place or of the catalog, which is lifted for
    /// whoever acts as well.
    pub(crate) const fn is_of_places(self) -> bool {
        match self {
            Self::Plan
            | Self::Ceiling
            | Self::Mask
            | Self::Archive
            | Self::Carried
            | Self::CarriedAt
            | Self::Uncarried
            | Self::UncarriedAt
            | Self::Prerequisites => true,
            Self::Boundary | Self::Flag | Self::Status | Self::End | Self::ServiceOwner => false,
        }
    }

    /// The kinds that are looked at: those that `GOVERNED_LIMITS` lists, separated by commas. By
    /// default all but three.
    ///
    /// R sets aside what is archived, so that it counts as lifted unless it is listed. Whoever
    /// takes a label away takes a way of an allow, as if it was revoked, or sheds a deny: neither
    /// is a limit that goes away.
    pub(crate) fn enabled() -> &'static [Self] {
        static ENABLED: LazyLock<Vec<LimitKind>> = LazyLock::new(|| {
            let Ok(listed) = std::env::var("GOVERNED_LIMITS") else {
                let is_by_default = |kind: &LimitKind| {
                    !matches!(
                        kind,
                        LimitKind::Archive | LimitKind::Uncarried | LimitKind::UncarriedAt
                    )
                };
                return LimitKind::ALL.into_iter().filter(is_by_default).collect();
            };
            let listed: Vec<String> =
                listed.split(',').map(|it| it.trim().to_lowercase()).collect();
            let is_listed = |kind: &LimitKind| listed.contains(&format!("{kind:?}").to_lowercase());
            LimitKind::ALL.into_iter().filter(is_listed).collect()
        });
        &ENABLED
    }
}

impl Limit {
    pub(crate) const fn kind(&self) -> LimitKind {
        match self {
            Self::Plan => LimitKind::Plan,
            Self::Ceiling(_) => LimitKind::Ceiling,
            Self::Mask(_) => LimitKind::Mask,
            Self::Archive(_) => LimitKind::Archive,
            Self::Carried(_, None) => LimitKind::Carried,
            Self::Carried(_, Some(_)) => LimitKind::CarriedAt,
            Self::Uncarried(_, None) => LimitKind::Uncarried,
            Self::Uncarried(_, Some(_)) => LimitKind::UncarriedAt,
            Self::Prerequisites => LimitKind::Prerequisites,
            Self::Boundary(_) => LimitKind::Boundary,
            Self::Flag(_) => LimitKind::Flag,
            Self::Status(_) => LimitKind::Status,
            Self::End(_) => LimitKind::End,
            Self::ServiceOwner(_) => LimitKind::ServiceOwner,
        }
    }

    /// A number of its own, the same in every organization that has this limit.
    fn number(&self) -> u64 {
        let scope = |scope: &Scope| match scope {
            Scope::Organization => 1,
            Scope::Workspace(id) => mix(2, id.to_u128()),
            Scope::Resource(id) => mix(3, id.to_u128()),
        };
        let label = |label: &Label, at: &Option<Scope>| {
            let text = label.as_str().bytes().fold(5, |so_far, byte| mix(so_far, byte.into()));
            at.as_ref().map_or(text, |at| mix(text, scope(at).into()))
        };
        let about = match self {
            Self::Plan | Self::Prerequisites => 0,
            Self::Ceiling(at) | Self::Mask(at) => scope(at),
            Self::Archive(id) => mix(4, id.to_u128()),
            Self::Carried(text, at) | Self::Uncarried(text, at) => label(text, at),
            Self::Boundary(id)
            | Self::Flag(id)
            | Self::Status(id)
            | Self::End(id)
            | Self::ServiceOwner(id) => mix(6, id.to_u128()),
        };
        mix(about, self.kind() as u128)
    }
}

/// Numbers that look random and are the same every time.
fn mix(seed: u64, with: u128) -> u64 {
    let [low, high] = [with & u128::from(u64::MAX), with >> 64];
    let [low, high] = [low, high].map(|half| u64::try_from(half).unwrap());
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ low.rotate_left(17) ^ high;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// Which limits are lifted: a rule, so that it means the same before a change and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subset {
    Nothing,
    Everything,
    /// All limits of some kinds.
    Kinds(Vec<LimitKind>),
    /// For every kind, drawn from the number: no limit of it, all, or each at a throw.
    Drawn(u64),
    /// Exactly these.
    Limits(BTreeSet<Limit>),
    /// Those of another subset that are limits of places or of the catalog.
    OfPlaces(Box<Self>),
}

impl Subset {
    pub(crate) fn has(&self, limit: &Limit) -> bool {
        let kind = limit.kind();
        let is_enabled = LimitKind::enabled().contains(&kind);
        if kind == LimitKind::Archive && !is_enabled {
            return true;
        }
        match self {
            Self::Nothing => false,
            Self::Everything => is_enabled,
            Self::Kinds(kinds) => kinds.contains(&kind),
            Self::Drawn(seed) => {
                is_enabled
                    && match mix(*seed, kind as u128) % 4 {
                        0 => false,
                        1 => true,
                        _ => mix(*seed, limit.number().into()).is_multiple_of(2),
                    }
            }
            Self::Limits(limits) => limits.contains(limit),
            Self::OfPlaces(of) => kind.is_of_places() && of.has(limit),
        }
    }

    /// What of it is lifted for whoever acts.
    pub(crate) fn of_places(&self) -> Self {
        Self::OfPlaces(Box::new(self.clone()))
    }

    /// Nothing, everything, each kind by itself, and subsets drawn from a number.
    pub(crate) fn sampled(seed: u64) -> impl Iterator<Item = Self> {
        let kinds = LimitKind::enabled().iter().map(|kind| Self::Kinds(vec![*kind]));
        let fixed = [Self::Nothing, Self::Everything].into_iter().chain(kinds);
        fixed.chain((0..).map(move |number| Self::Drawn(mix(seed, number))))
    }
}

/// Every subset of some limits, if there are no more than `most`; otherwise nothing, everything,
/// each kind by itself and some that are drawn.
pub(crate) fn subsets_of(limits: &BTreeSet<Limit>, most: usize) -> Vec<Subset> {
    let limits: Vec<&Limit> =
        limits.iter().filter(|it| LimitKind::enabled().contains(&it.kind())).collect();
    if limits.len() < 32 && 1 << limits.len() <= most {
        let subset = |number: usize| {
            let lifted = limits.iter().enumerate().filter(|(bit, _)| number >> bit & 1 == 1);
            Subset::Limits(lifted.map(|(_, limit)| (*limit).clone()).collect())
        };
        return (0..1 << limits.len()).map(subset).collect();
    }
    let kinds: BTreeSet<LimitKind> = limits.iter().map(|it| it.kind()).collect();
    // Labels differ by themselves; to look at all of them at once can hide what one of them shows.
    let labels = limits.iter().filter(|it| matches!(it, Limit::Carried(_, None)));
    let labels = labels.map(|it| Subset::Limits([(*it).clone()].into()));
    let fixed = [Subset::Nothing, Subset::Everything].into_iter().chain(labels);
    let kinds = kinds.into_iter().map(|kind| Subset::Kinds(vec![kind]));
    let mut subsets: Vec<Subset> = fixed.chain(kinds).collect();
    let drawn = most.saturating_sub(subsets.len()).max(2);
    subsets.extend((0..drawn as u64).map(|number| Subset::Drawn(mix(number, 1))));
    subsets
}

/// Every limit that an organization has.
pub(crate) fn limits_of(organization: &Organization, now: Timestamp) -> BTreeSet<Limit> {
    let mut limits = BTreeSet::from([Limit::Prerequisites]);
    if organization.profile().ceiling.is_some() {
        limits.insert(Limit::Plan);
    }
    let mut scopes = vec![Scope::Organization];
    for it in organization.workspaces().values() {
        let scope = Scope::Workspace(it.id);
        scopes.push(scope);
        limits.extend(limits_of_place(scope, &it.inherits, it.ceiling.as_ref()));
        if it.status == WorkspaceStatus::Archived {
            limits.insert(Limit::Archive(it.id));
        }
    }
    for it in organization.resources().values() {
        let scope = Scope::Resource(it.id);
        scopes.push(scope);
        limits.extend(limits_of_place(scope, &it.inherits, it.ceiling.as_ref()));
    }
    for it in organization.sub_accounts().values() {
        let of_account = [
            (it.boundary.is_some(), Limit::Boundary(it.id)),
            (it.credential_reset_required, Limit::Flag(it.id)),
            (it.status != Status::Active, Limit::Status(it.id)),
            (it.ends.is_some_and(|ends| ends <= now), Limit::End(it.id)),
            (it.kind == SubAccountKind::Service, Limit::ServiceOwner(it.id)),
        ];
        limits.extend(of_account.into_iter().filter(|(is, _)| *is).map(|(_, limit)| limit));
    }
    // A label that no assignment is about makes no difference.
    let labels = organization.assignments().values().filter_map(|it| match &it.reach {
        Reach::Labelled(label) => Some(label.clone()),
        Reach::Subtree | Reach::Here => None,
    });
    for label in labels.collect::<BTreeSet<_>>() {
        for at in scopes.iter().copied().map(Some).chain([None]) {
            limits.insert(Limit::Carried(label.clone(), at));
            limits.insert(Limit::Uncarried(label.clone(), at));
        }
    }
    limits
}

fn limits_of_place(
    scope: Scope,
    inherits: &PermissionNames,
    ceiling: Option<&PermissionNames>,
) -> impl Iterator<Item = Limit> {
    let mask = (*inherits != PermissionNames::Full).then_some(Limit::Mask(scope));
    mask.into_iter().chain(ceiling.map(|_| Limit::Ceiling(scope)))
}

/// The rows that limits are kept in.
struct Rows {
    profile: Profile,
    workspaces: BTreeMap<WorkspaceId, Workspace>,
    resources: BTreeMap<ResourceId, Resource>,
    accounts: BTreeMap<SubAccountId, SubAccount>,
    /// Invitations go with the status that they stand for.
    removed: Vec<Remove>,
}

impl Rows {
    fn of(organization: &Organization) -> Self {
        let workspaces = organization.workspaces().values();
        let resources = organization.resources().values();
        let accounts = organization.sub_accounts().values();
        let profile = Profile {
            status: OrganizationStatus::Active,
            security: SecurityPolicy::default(),
            ..organization.profile().clone()
        };
        Self {
            profile,
            workspaces: workspaces.map(|it| (it.id, it.clone())).collect(),
            resources: resources.map(|it| (it.id, it.clone())).collect(),
            accounts: accounts.map(|it| (it.id, it.clone())).collect(),
            removed: Vec::new(),
        }
    }

    fn mask(&mut self, scope: Scope) -> Option<&mut PermissionNames> {
        match scope {
            Scope::Organization => None,
            Scope::Workspace(id) => Some(&mut self.workspaces.get_mut(&id)?.inherits),
            Scope::Resource(id) => Some(&mut self.resources.get_mut(&id)?.inherits),
        }
    }

    fn ceiling(&mut self, scope: Scope) -> Option<&mut Option<PermissionNames>> {
        match scope {
            Scope::Organization => Some(&mut self.profile.ceiling),
            Scope::Workspace(id) => Some(&mut self.workspaces.get_mut(&id)?.ceiling),
            Scope::Resource(id) => Some(&mut self.resources.get_mut(&id)?.ceiling),
        }
    }

    /// The labels of one scope, or of all.
    fn labels(&mut self, at: Option<Scope>) -> Vec<&mut BTreeSet<Label>> {
        let is_meant = |scope: Scope| at.is_none_or(|at| at == scope);
        let root = is_meant(Scope::Organization).then_some(&mut self.profile.labels);
        let workspaces = self.workspaces.values_mut();
        let workspaces = workspaces.filter(|it| is_meant(it.id.into())).map(|it| &mut it.labels);
        let resources = self.resources.values_mut();
        let resources = resources.filter(|it| is_meant(it.id.into())).map(|it| &mut it.labels);
        root.into_iter().chain(workspaces).chain(resources).collect()
    }

    fn lift(&mut self, limit: &Limit, organization: &Organization) {
        let account = |rows: &mut Self, id, change: &dyn Fn(&mut SubAccount)| {
            if let Some(account) = rows.accounts.get_mut(&id) {
                change(account);
            }
        };
        match limit {
            Limit::Plan => self.profile.ceiling = None,
            Limit::Ceiling(scope) => {
                if let Some(ceiling) = self.ceiling(*scope) {
                    *ceiling = None;
                }
            }
            Limit::Mask(scope) => {
                if let Some(mask) = self.mask(*scope) {
                    *mask = PermissionNames::Full;
                }
            }
            Limit::Archive(id) => {
                if let Some(workspace) = self.workspaces.get_mut(id) {
                    workspace.status = WorkspaceStatus::Active;
                }
            }
            Limit::Carried(label, at) => {
                for labels in self.labels(*at) {
                    labels.insert(label.clone());
                }
            }
            Limit::Uncarried(label, at) => {
                for labels in self.labels(*at) {
                    labels.remove(label);
                }
            }
            // The catalog says what a permission needs: see `Catalogs`.
            Limit::Prerequisites => {}
            Limit::Boundary(id) => account(self, *id, &|it| it.boundary = None),
            Limit::Flag(id) => account(self, *id, &|it| it.credential_reset_required = false),
            Limit::Status(id) => {
                let open = organization.invitations().values();
                let open = open.filter(|it| it.sub_account == *id);
                self.removed.extend(open.map(|it| Remove::Invitation(it.id)));
                account(self, *id, &|it| it.status = Status::Active);
            }
            // A guest must have an end.
            Limit::End(id) => account(self, *id, &|it| it.ends = Some(Timestamp::MAX)),
            // A service stays one: see `unbound`.
            Limit::ServiceOwner(_) => {}
        }
    }
}

/// The organization without some of its limits.
///
/// `stands_for` names the scope that says whether a label is lifted at a scope: for one that came
/// into being meanwhile it is the scope that the new one is compared with.
pub(crate) fn without(
    organization: &Organization,
    now: Timestamp,
    subset: &Subset,
    stands_for: &dyn Fn(Scope) -> Scope,
) -> Organization {
    let mut rows = Rows::of(organization);
    let limits = limits_of(organization, now);
    let is_lifted = |limit: &&Limit| match limit {
        Limit::Carried(label, Some(at)) => {
            subset.has(&Limit::Carried(label.clone(), Some(stands_for(*at))))
        }
        Limit::Uncarried(label, Some(at)) => {
            subset.has(&Limit::Uncarried(label.clone(), Some(stands_for(*at))))
        }
        limit => subset.has(limit),
    };
    // A label that is lifted both ways is carried, in whichever order.
    let (last, first): (Vec<_>, Vec<_>) =
        limits.iter().filter(is_lifted).partition(|it| matches!(it, Limit::Carried(..)));
    for limit in first.into_iter().chain(last) {
        rows.lift(limit, organization);
    }
    let Rows { profile, workspaces, resources, accounts, removed } = rows;
    let mut changes = vec![Change::from(profile)];
    changes.extend(workspaces.into_values().map(Change::from));
    changes.extend(resources.into_values().map(Change::from));
    changes.extend(accounts.into_values().map(Change::from));
    changes.extend(removed.into_iter().map(Change::from));
    let organization = changed(organization, changes);
    let services = limits.iter().filter(is_lifted).filter_map(|limit| match limit {
        Limit::ServiceOwner(id) => Some(*id),
        _ => None,
    });
    let unbound = services.flat_map(|id| unbound(&organization, id)).collect();
    changed(&organization, unbound)
}

/// The service of which somebody is the twin that nobody owns; anybody else is itself.
pub(crate) const fn itself(who: SubAccountId) -> SubAccountId {
    let number = who.to_u128();
    match number >> 100 {
        prefix @ (4 | 6) => SubAccountId::from_u128(number ^ prefix << 100),
        _ => who,
    }
}

/// A twin of a service that nobody owns: a member who is given what the service is given.
fn unbound(organization: &Organization, service: SubAccountId) -> Vec<Change> {
    let Some(row) = organization.sub_accounts().get(&service) else { return Vec::new() };
    if !is_active(row) {
        return Vec::new();
    }
    let twin = SubAccountId::from_u128(6 << 100 ^ service.to_u128());
    let (boundary, ends) = (row.boundary.clone(), row.ends);
    let mut changes = vec![Change::from(SubAccount { boundary, ends, ..SubAccount::member(twin) })];
    for team in organization.teams_of(service) {
        changes.push(Membership { sub_account: twin, team }.into());
    }
    for (number, it) in organization.assignments().values().enumerate() {
        let its_own = it.assignee == Assignee::SubAccount(service);
        if its_own || it.delegator == Some(service) {
            let id = AssignmentId::from_u128(6 << 100 ^ (number as u128) << 64 ^ it.id.to_u128());
            let assignee = if its_own { twin.into() } else { it.assignee };
            let passed_on = it.delegator == Some(service);
            let copy = Assignment { id, assignee, reason: None, ..it.clone() };
            let copy = copy.with(|it| {
                if passed_on {
                    it.delegator = Some(twin);
                }
            });
            changes.push(copy.into());
        }
    }
    changes
}

pub(crate) fn changed(organization: &Organization, changes: Vec<Change>) -> Organization {
    let set = ChangeSet { time: organization.time(), changes, personal: Vec::new() };
    organization.clone().with(&set).unwrap()
}

/// A catalog, and the same without prerequisites.
#[derive(Debug, Clone)]
pub(crate) struct Catalogs<P> {
    pub(crate) full: Catalog<P>,
    without_prerequisites: Catalog<P>,
}

impl<P: Permissions> Catalogs<P> {
    pub(crate) fn new(catalog: &Catalog<P>) -> Self {
        let mut document = catalog.document().clone();
        document.permissions.iter_mut().for_each(|it| it.needs.clear());
        let without_prerequisites = Catalog::from_document(document).unwrap();
        Self { full: catalog.clone(), without_prerequisites }
    }

    pub(crate) fn under(&self, subset: &Subset) -> &Catalog<P> {
        if subset.has(&Limit::Prerequisites) { &self.without_prerequisites } else { &self.full }
    }
}

/// A plain workspace that is in no organization: what is so there is so below the organization.
pub(crate) const BELOW: WorkspaceId = WorkspaceId::from_u128(u128::MAX - 5);

/// An organization without some of its limits, and what everybody has and reaches in it.
#[derive(Debug)]
pub(crate) struct Lifted<P> {
    pub(crate) organization: Organization,
    catalog: Catalog<P>,
    has: OnceCell<Snapshot<P>>,
    reach: OnceCell<Snapshot<P>>,
    /// The organizations of operators, in each of which [`OPERATOR`] has everything.
    homes: OnceCell<Vec<Snapshot<P>>>,
    /// The organization with one of several consents alone.
    alone: RefCell<BTreeMap<ConsentId, Snapshot<P>>>,
}

/// An operator that its own organization keeps nothing from.
const OPERATOR: SubAccountId = SubAccountId::from_u128(u128::MAX - 6);

impl<P: Permissions> Lifted<P> {
    pub(crate) fn new(
        organization: &Organization,
        catalogs: &Catalogs<P>,
        now: Timestamp,
        subset: &Subset,
        stands_for: &dyn Fn(Scope) -> Scope,
    ) -> Self {
        let catalog = catalogs.under(subset).clone();
        let below = Workspace::new(BELOW, Name::new("below").unwrap());
        let organization = changed(organization, vec![below.into()]);
        let organization = without(&organization, now, subset, stands_for);
        let (has, reach, homes, alone) = Default::default();
        Self { organization, catalog, has, reach, homes, alone }
    }

    /// What one account has.
    pub(crate) fn has(&self, who: SubAccountId, scope: Scope, context: &Context) -> P {
        let compile = || Snapshot::compile(self.organization.clone(), &self.catalog);
        let snapshot = self.has.get_or_init(compile);
        snapshot.subject(who).in_context(context.clone()).permissions(scope)
    }

    /// What one account has, and could hand out by assigning roles, on and on.
    pub(crate) fn reach(&self, who: SubAccountId, scope: Scope, context: &Context) -> P {
        self.reaching().subject(who).in_context(context.clone()).permissions(scope)
    }

    /// Everybody with what they have and could hand out by assigning these very roles.
    pub(crate) fn licensed(&self, roles: &BTreeSet<RoleRef>) -> Snapshot<P> {
        let with_licences = with_licences_for(&self.organization, &self.catalog, roles);
        Snapshot::compile(with_licences, &self.catalog)
    }

    fn reaching(&self) -> &Snapshot<P> {
        self.reach.get_or_init(|| {
            let with_licences = with_licences(&self.organization, &self.catalog);
            Snapshot::compile(with_licences, &self.catalog)
        })
    }

    /// What the operators of other organizations are let in for. A consent licenses nobody.
    pub(crate) fn operators(&self, scope: Scope, context: &Context) -> P {
        self.let_in(self.reaching(), scope, context)
    }

    /// What one consent by itself lets operators in for.
    pub(crate) fn operators_of(&self, consent: ConsentId, scope: Scope, context: &Context) -> P {
        let mut alone = self.alone.borrow_mut();
        let snapshot = alone.entry(consent).or_insert_with(|| {
            let others = self.organization.consents().keys().filter(|it| **it != consent);
            let gone = others.map(|it| Remove::Consent(*it).into()).collect();
            Snapshot::compile(changed(&self.organization, gone), &self.catalog)
        });
        self.let_in(snapshot, scope, context)
    }

    fn let_in(&self, visited: &Snapshot<P>, scope: Scope, context: &Context) -> P {
        let homes = self.homes.get_or_init(|| {
            let consents = self.organization.consents().values();
            let operators: BTreeSet<OrganizationId> = consents.map(|it| it.operators).collect();
            operators.into_iter().map(|id| home(id, &self.catalog)).collect()
        });
        let operators = homes.iter().map(|home| {
            let operator = visited.operator(home, OPERATOR).in_context(context.clone());
            operator.permissions(scope)
        });
        operators.fold(P::empty(), P::union)
    }

    /// What a group reaches together, operators included.
    pub(crate) fn union(
        &self,
        is_in_group: impl Fn(SubAccountId) -> bool,
        scope: Scope,
        context: &Context,
    ) -> P {
        let group = self.organization.sub_accounts().keys().copied().filter(|it| is_in_group(*it));
        let reached = group.map(|it| self.reach(it, scope, context));
        reached.fold(self.operators(scope, context), P::union)
    }

    /// Everybody in a group who reaches any of some permissions: for messages.
    pub(crate) fn who_reaches(
        &self,
        is_in_group: impl Fn(SubAccountId) -> bool,
        some: P,
        scope: Scope,
        context: &Context,
    ) -> String {
        let group = self.organization.sub_accounts().keys().copied().filter(|it| is_in_group(*it));
        let mut who: Vec<String> = group
            .filter(|it| !self.reach(*it, scope, context).intersection(some).is_empty())
            .map(|it| it.to_u128().to_string())
            .collect();
        if !self.operators(scope, context).intersection(some).is_empty() {
            who.push("operators".to_owned());
        }
        who.join(", ")
    }
}

/// An organization in which [`OPERATOR`] has everything.
fn home<P: Permissions>(id: OrganizationId, catalog: &Catalog<P>) -> Snapshot<P> {
    let owner = RoleRef::System(catalog.document().owner.clone());
    let made = AssignmentId::from_u128(1);
    let given = Assignment::allow(made, OPERATOR, Grant::Role(owner), Scope::Organization);
    let profile = Profile::new(Name::new("home").unwrap());
    let changes = vec![profile.into(), SubAccount::member(OPERATOR).into(), given.into()];
    let first = ChangeSet { time: Timestamp::UNIX_EPOCH, changes, personal: Vec::new() };
    Snapshot::compile(Organization::create(id, &first).unwrap(), catalog)
}
