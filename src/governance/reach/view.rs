//! A view: one organization as governance reads it, computed lazily and cached, so that checking a
//! change costs what the change touches.
//!
//! A view follows the rules of a check (D3 to D5, D7, D8, D10, D13), by permission name instead of
//! by bit. It ignores what governance sets aside: status, archiving and the security policy.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::access::paths::paths_to_all;
use crate::catalog::{CatalogCore, Parts, RoleDocument};
use crate::governance::reach::holding::{AppliedAssignment, HolderId, Holding};
use crate::governance::reach::lifted_limits::LiftedLimits;
use crate::governance::reach::limits::Perspective;
use crate::governance::reach::names::{NameParts, NameSet, NameTable};
use crate::model::{Grant, Organization, RoleName, RoleRef, Scope, WorkspaceStatus};
use crate::permission::PermissionNames;
use crate::text::Label;

/// One revision of an organization, with everything computed from it so far.
pub(crate) struct View<'a> {
    pub(crate) organization: &'a Organization,
    pub(crate) catalog: &'a CatalogCore,
    pub(crate) names: &'a NameTable<'a>,
    /// The organization's own ceiling.
    pub(crate) ceiling: NameSet,
    roles: RefCell<HashMap<RoleRef, Rc<RoleClosure>>>,
    paths: RefCell<HashMap<Scope, Option<Rc<ScopePath<'a>>>>>,
    holdings: RefCell<HashMap<HolderId, Option<Rc<Holding<'a>>>>>,
    everyone: OnceCell<Vec<AppliedAssignment<'a>>>,
    /// The limits that an impact lifts.
    pub(crate) impact_limits: LiftedLimits<'static>,
    /// The limits that rank, I2, I5 and the recognition of owners lift.
    pub(crate) standing_limits: LiftedLimits<'static>,
}

/// What a role gives: the transitive closure over the roles it includes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RoleClosure {
    /// The role itself and every role it includes.
    pub(crate) roles: BTreeSet<RoleRef>,
    pub(crate) parts: NameParts,
    /// The roles that its holder may assign.
    pub(crate) licence: BTreeSet<RoleRef>,
    /// The permissions of those roles, and of the roles that these may assign in turn.
    pub(crate) by_licence: NameParts,
}

impl RoleClosure {
    /// The permissions that the role gives or lets its holder assign.
    pub(crate) const fn reach(&self) -> NameParts {
        self.parts.union(self.by_licence)
    }
}

/// A scope and its ancestors, with what restricts inheritance between them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ScopePath<'a> {
    /// From the organization down to the scope itself.
    pub(crate) steps: Vec<InheritanceStep<'a>>,
    /// The intersection of all ceilings on the path, without that of the organization, which the
    /// host sets.
    pub(crate) ceiling: NameSet,
    /// Whether a workspace on the path is archived.
    pub(crate) is_archived: bool,
}

impl ScopePath<'_> {
    /// The permissions that are inherited from the step at `position` down to the end of the path.
    pub(crate) fn flow_from(&self, position: usize) -> NameSet {
        self.steps.get(position).map_or(NameSet::NONE, |step| step.flow)
    }
}

/// One scope on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InheritanceStep<'a> {
    pub(crate) scope: Scope,
    /// The permissions inherited from the parent (D4).
    pub(crate) inherits: NameSet,
    /// The permissions inherited from here down to the end of the path.
    pub(crate) flow: NameSet,
    /// The ceiling of this scope alone; all permissions for the organization, whose ceiling the
    /// view holds.
    pub(crate) ceiling: NameSet,
    pub(crate) labels: &'a BTreeSet<Label>,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        organization: &'a Organization,
        catalog: &'a CatalogCore,
        names: &'a NameTable<'a>,
    ) -> Self {
        Self {
            organization,
            catalog,
            names,
            ceiling: names.limit(organization.profile().ceiling.as_ref()),
            roles: RefCell::default(),
            paths: RefCell::default(),
            holdings: RefCell::default(),
            everyone: OnceCell::new(),
            impact_limits: LiftedLimits::of(Perspective::Impact, None),
            standing_limits: LiftedLimits::of(Perspective::Standing, None),
        }
    }

    /// The path to a scope; `None` if the scope does not exist in this organization.
    pub(crate) fn path_to(&self, scope: Scope) -> Option<Rc<ScopePath<'a>>> {
        if let Some(path) = self.paths.borrow().get(&scope) {
            return path.clone();
        }
        let path = self.compute_path(scope).map(Rc::new);
        self.paths.borrow_mut().insert(scope, path.clone());
        path
    }

    fn compute_path(&self, scope: Scope) -> Option<ScopePath<'a>> {
        let organization = self.organization;
        let full = self.names.full();
        let (inherits, ceiling, labels, is_archived) = match scope {
            Scope::Organization => {
                let labels = &organization.profile().labels;
                let root =
                    InheritanceStep { scope, inherits: full, flow: full, ceiling: full, labels };
                return Some(ScopePath { steps: vec![root], ceiling: full, is_archived: false });
            }
            Scope::Workspace(id) => {
                let it = organization.workspaces().get(&id)?;
                let is_archived = it.status == WorkspaceStatus::Archived;
                (&it.inherits, it.ceiling.as_ref(), &it.labels, is_archived)
            }
            Scope::Resource(id) => {
                let it = organization.resources().get(&id)?;
                (&it.inherits, it.ceiling.as_ref(), &it.labels, false)
            }
        };
        let parent = self.path_to(organization.parent(scope)?)?;
        let inherits = self.names.set(inherits);
        let ceiling = self.names.limit(ceiling);
        let above = parent
            .steps
            .iter()
            .map(|step| InheritanceStep { flow: step.flow.intersection(inherits), ..*step });
        let steps = above
            .chain([InheritanceStep { scope, inherits, flow: full, ceiling, labels }])
            .collect();
        let ceiling = parent.ceiling.intersection(ceiling);
        let is_archived = is_archived || parent.is_archived;
        Some(ScopePath { steps, ceiling, is_archived })
    }

    /// The closure of a role. A role that neither the catalog nor the organization defines counts
    /// as one unknown permission.
    pub(crate) fn role(&self, role: &RoleRef) -> Rc<RoleClosure> {
        if let Some(known) = self.roles.borrow().get(role) {
            return Rc::clone(known);
        }
        let (mut parts, mut licence) = (NameParts::default(), BTreeSet::new());
        let mut roles = BTreeSet::new();
        self.collect(role, &mut roles, &mut parts, &mut licence);
        let (mut by_licence, mut seen) = (NameParts::default(), BTreeSet::new());
        let mut ahead: Vec<RoleRef> = licence.iter().cloned().collect();
        while let Some(next) = ahead.pop() {
            if seen.insert(next.clone()) {
                let (mut gives, mut further) = (NameParts::default(), BTreeSet::new());
                self.collect(&next, &mut BTreeSet::new(), &mut gives, &mut further);
                by_licence = by_licence.union(gives);
                ahead.extend(further);
            }
        }
        let view = Rc::new(RoleClosure { roles, parts, licence, by_licence });
        self.roles.borrow_mut().insert(role.clone(), Rc::clone(&view));
        view
    }

    /// Adds the permissions and licences of a role and of every role it includes.
    fn collect(
        &self,
        role: &RoleRef,
        seen: &mut BTreeSet<RoleRef>,
        parts: &mut NameParts,
        licence: &mut BTreeSet<RoleRef>,
    ) {
        if !seen.insert(role.clone()) {
            return;
        }
        match role {
            // Owners also hold permissions that later releases add to the catalog.
            RoleRef::System(name) if name == self.catalog.owner() => {
                *parts = parts.union(NameParts::any(self.names.full()));
            }
            RoleRef::System(name) => match self.catalog.role_document(name) {
                None => *parts = parts.union(NameParts::any(self.names.unknown_role(name))),
                Some(it) => {
                    *parts = parts.union(self.parts_of_system(name, it));
                    licence.extend(it.assigns.iter().cloned().map(RoleRef::System));
                    for included in &it.includes {
                        self.collect(&included.clone().into(), seen, parts, licence);
                    }
                }
            },
            RoleRef::Custom(id) => {
                let Some(it) = self.organization.roles().get(id) else { return };
                *parts = parts.union(self.parts(&it.any, &it.own));
                licence.extend(it.assigns.iter().cloned());
                for included in &it.includes {
                    self.collect(included, seen, parts, licence);
                }
            }
        }
    }

    /// What a role of the catalog gives. The bits of the catalog suffice unless the role names
    /// permissions that this process does not know.
    fn parts_of_system(&self, name: &RoleName, role: &RoleDocument) -> NameParts {
        let is_full = [&role.any, &role.own].contains(&&PermissionNames::Full);
        if is_full || !self.catalog.knows_all() {
            return self.parts(&role.any, &role.own);
        }
        let Parts { any, own } = self.catalog.role(name);
        NameParts { any: NameSet::known(any), own: NameSet::known(own) }
    }

    pub(crate) fn parts(&self, any: &PermissionNames, own: &PermissionNames) -> NameParts {
        NameParts { any: self.names.set(any), own: self.names.set(own) }
    }

    /// What the grant of an assignment gives.
    pub(crate) fn grant(&self, grant: &Grant) -> Rc<RoleClosure> {
        match grant {
            Grant::Role(role) => self.role(role),
            Grant::Permissions { any, own } => {
                let parts = self.parts(any, own);
                let by_licence = NameParts::default();
                let (roles, licence) = (BTreeSet::new(), BTreeSet::new());
                Rc::new(RoleClosure { roles, parts, licence, by_licence })
            }
        }
    }

    /// What a deny takes away (D5): everything, if one of its roles is unknown.
    pub(crate) fn denial(&self, grant: &Grant) -> Rc<RoleClosure> {
        let denied = self.grant(grant);
        let is_known = |role: &RoleRef| match role {
            RoleRef::System(name) => self.catalog.has_role(name),
            RoleRef::Custom(id) => self.organization.roles().contains_key(id),
        };
        if denied.roles.iter().all(is_known) {
            return denied;
        }
        let full = self.names.full();
        let parts = NameParts { any: full, own: full };
        Rc::new(RoleClosure {
            roles: denied.roles.clone(),
            parts,
            licence: denied.licence.clone(),
            by_licence: denied.by_licence,
        })
    }

    /// The holding of a holder; `None` if there is no such holder.
    pub(crate) fn holding(&self, holder: HolderId) -> Option<Rc<Holding<'a>>> {
        if let Some(holding) = self.holdings.borrow().get(&holder) {
            return holding.clone();
        }
        let holding = Holding::new(self, holder).map(Rc::new);
        self.holdings.borrow_mut().insert(holder, holding.clone());
        holding
    }

    /// Every assignment that applies to a holder, those to all members included.
    pub(crate) fn applied_to<'h>(
        &'h self,
        holding: &'h Holding<'a>,
    ) -> impl Iterator<Item = &'h AppliedAssignment<'a>> {
        // Of the assignments to all members, only denies apply to operators (D12).
        let concerns =
            |applied: &&AppliedAssignment<'a>| holding.consent.is_none() || !applied.is_allow();
        holding.assignments.iter().chain(self.everyone()).filter(concerns)
    }

    /// The assignments that apply to every sub-account.
    pub(crate) fn everyone(&self) -> &[AppliedAssignment<'a>] {
        self.everyone.get_or_init(|| {
            paths_to_all(self.organization).map(|path| AppliedAssignment::new(self, path)).collect()
        })
    }

    /// Whether `scope` is `above` or a descendant of it.
    pub(crate) fn is_within(&self, scope: Scope, above: Scope) -> bool {
        let up = |scope: &Scope| self.organization.parent(*scope);
        std::iter::successors(Some(scope), up).any(|scope| scope == above)
    }

    /// Whether a scope inherits everything, has no ceiling and carries no label.
    pub(crate) fn is_plain(&self, scope: Scope) -> bool {
        let Some(path) = self.path_to(scope) else { return false };
        let Some([parent, here]) = path.steps.last_chunk() else { return false };
        parent.flow == self.names.full()
            && here.labels.is_empty()
            && self.path_to(parent.scope).is_some_and(|above| above.ceiling == path.ceiling)
    }

    /// The nearest ancestor of `scope` in `elsewhere`, or `scope` itself, that exists in this view.
    pub(crate) fn nearest(&self, scope: Scope, elsewhere: &View<'_>) -> Scope {
        let steps = elsewhere.path_to(scope);
        let steps = steps.iter().flat_map(|path| path.steps.iter().rev());
        steps
            .map(|step| step.scope)
            .find(|scope| self.organization.contains(*scope))
            .unwrap_or(Scope::Organization)
    }
}
