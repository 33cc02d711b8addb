//! The catalog builder, in the application's own types.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use crate::catalog::action::AdminAction;
use crate::catalog::catalog::Catalog;
use crate::catalog::document::{
    CatalogDocument, Duty, DutySet, Guardrail, Holders, Limits, PermissionDocument, RoleDocument,
    Sensitivity, Separation,
};
use crate::catalog::error::CatalogError;
use crate::catalog::validate;
use crate::model::{RoleName, ScopeKinds, SubAccountKind, SystemRole};
use crate::permission::{Bits, PermissionName, PermissionNames, Permissions};
use crate::text::{Name, TextError};

/// Collects the definitions of a catalog. Nothing is checked before [`build`](Self::build).
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct CatalogBuilder<P> {
    flags: Vec<(PermissionName, Bits)>,
    document: CatalogDocument,
    owner: Option<SystemRole>,
    administration: Option<PermissionNames>,
    /// The first error while collecting.
    error: Option<CatalogError>,
    permissions: PhantomData<fn() -> P>,
}

/// How a user interface shows a permission.
#[derive(Debug, Clone, Copy, Default)]
#[must_use]
pub struct PermissionInfo<'a> {
    title: &'a str,
    group: Option<&'a str>,
    sensitivity: Sensitivity,
}

impl<'a> PermissionInfo<'a> {
    /// Returns a description with this title.
    pub const fn new(title: &'a str) -> Self {
        Self { title, group: None, sensitivity: Sensitivity::Normal }
    }

    /// Sets the heading under which a user interface lists the permission.
    pub const fn group(self, group: &'a str) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Sets how harmful a misuse of the permission is.
    pub const fn sensitivity(self, sensitivity: Sensitivity) -> Self {
        Self { sensitivity, ..self }
    }
}

/// A system role with all its options. [`CatalogBuilder::role`] is the short form.
#[derive(Debug, Clone)]
#[must_use]
pub struct RoleDefinition<P> {
    role: SystemRole,
    title: Option<String>,
    any: P,
    own: P,
    includes: Vec<SystemRole>,
    assignable: ScopeKinds,
    assigns: Vec<SystemRole>,
    holders: Holders,
}

impl<P: Permissions> RoleDefinition<P> {
    /// Returns a role that grants nothing yet and may be assigned at every kind of scope.
    pub fn new(role: SystemRole) -> Self {
        Self {
            role,
            title: None,
            any: P::empty(),
            own: P::empty(),
            includes: Vec::new(),
            assignable: ScopeKinds::all(),
            assigns: Vec::new(),
            holders: Holders::default(),
        }
    }

    /// Sets its title.
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// Sets the permissions that it grants on everything in scope.
    pub fn any(mut self, permissions: P) -> Self {
        self.any = permissions;
        self
    }

    /// Sets the permissions that it grants only on objects that the sub-account owns or is
    /// assigned.
    pub fn own(mut self, permissions: P) -> Self {
        self.own = permissions;
        self
    }

    /// Sets the roles whose permissions it has too.
    pub fn includes(mut self, roles: impl IntoIterator<Item = SystemRole>) -> Self {
        self.includes.extend(roles);
        self
    }

    /// Sets the kinds of scope at which it may be assigned.
    pub fn assignable(mut self, kinds: ScopeKinds) -> Self {
        self.assignable = kinds;
        self
    }

    /// Sets its licence: the roles that a holder may assign without having their permissions.
    pub fn assigns(mut self, roles: impl IntoIterator<Item = SystemRole>) -> Self {
        self.assigns.extend(roles);
        self
    }

    /// Sets how many sub-accounts may hold it in one organization. `at_most` is `None` for no
    /// limit.
    pub fn holders(mut self, at_least: u32, at_most: Option<u32>) -> Self {
        self.holders = Holders { at_least, at_most };
        self
    }
}

/// One duty of a separation-of-duty set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyDefinition<P> {
    /// Every holder of this role has the duty.
    Role(SystemRole),
    /// Everyone with all of these permissions at one scope has the duty.
    Permissions(P),
}

impl<P: Permissions> Catalog<P> {
    /// Starts a catalog.
    pub fn builder() -> CatalogBuilder<P> {
        CatalogBuilder::new()
    }
}

impl<P: Permissions> CatalogBuilder<P> {
    pub(super) fn new() -> Self {
        let (flags, error) = match validate::flags::<P>() {
            Ok(flags) => (flags, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let permissions = flags
            .iter()
            .map(|(name, _)| PermissionDocument {
                name: name.clone(),
                formerly: BTreeSet::new(),
                title: None,
                group: None,
                sensitivity: Sensitivity::Normal,
                needs: BTreeSet::new(),
            })
            .collect();
        let document = CatalogDocument {
            format: validate::FORMAT,
            edition: 0,
            permissions,
            roles: Vec::new(),
            owner: SystemRole::new("owner").into(),
            creator: None,
            requirements: BTreeMap::new(),
            archived: PermissionNames::none(),
            duty_sets: Vec::new(),
            guardrails: Vec::new(),
            limits: Limits::NONE,
        };
        let permissions = PhantomData;
        Self { flags, document, owner: None, administration: None, error, permissions }
    }

    /// Sets the edition of the catalog; 0 by default. Raise it with every change of the catalog,
    /// however small, and never lower it. To go back to an older release's content, give it a
    /// higher edition.
    ///
    /// Several releases may run over one store at the same time. In each organization, the catalog
    /// with the highest edition that was introduced there decides, in every process. Two contents
    /// with one edition do not replace each other.
    pub fn edition(mut self, edition: u64) -> Self {
        self.document.edition = edition;
        self
    }

    /// Sets how a user interface shows a permission.
    pub fn describe(mut self, permission: P, info: PermissionInfo<'_>) -> Self {
        let title = self.text("a title", Name::new(info.title));
        let group = info.group.and_then(|group| self.text("a group", Name::new(group)));
        self.update_permission("`describe`", permission, |document| {
            document.title.clone_from(&title);
            document.group.clone_from(&group);
            document.sensitivity = info.sensitivity;
        })
    }

    /// Adds a name that a permission had in earlier releases. Stored data with that name counts as
    /// this permission.
    pub fn formerly(mut self, permission: P, name: &str) -> Self {
        let former = self.text("a former name", PermissionName::new(name));
        self.update_permission("`formerly`", permission, |document| {
            document.formerly.extend(former.clone());
        })
    }

    /// Sets prerequisites: each of `permissions` is effective only together with all of `needed`.
    pub fn needs(mut self, permissions: P, needed: P) -> Self {
        let needed = self.names("`needs`", needed);
        for bit in Bits::of(permissions).iter() {
            self = self.update_permission("`needs`", bit.to(), |document| {
                document.needs.extend(needed.iter().cloned());
            });
        }
        self
    }

    /// Adds a system role that grants `permissions` on everything in scope and may be assigned
    /// everywhere.
    pub fn role(self, role: SystemRole, permissions: P) -> Self {
        self.define(RoleDefinition::new(role).any(permissions))
    }

    /// Adds a system role that grants `any` on everything in scope and `own` on objects that its
    /// holder owns or is assigned.
    pub fn role_with(self, role: SystemRole, any: P, own: P) -> Self {
        self.define(RoleDefinition::new(role).any(any).own(own))
    }

    /// Adds a system role with all its options.
    pub fn define(mut self, definition: RoleDefinition<P>) -> Self {
        let place = format!("the role `{}`", definition.role.name());
        let names = |roles: Vec<SystemRole>| roles.into_iter().map(RoleName::from).collect();
        let title = definition.title.and_then(|title| self.text(&place, Name::new(title)));
        let role = RoleDocument {
            name: definition.role.into(),
            title,
            any: self.names(&place, definition.any),
            own: self.names(&place, definition.own),
            includes: names(definition.includes),
            assignable: definition.assignable,
            assigns: names(definition.assigns),
            holders: definition.holders,
        };
        self.document.roles.push(role);
        self
    }

    /// Sets the role of owners. It must have every permission and be assignable at the
    /// organization.
    pub fn owner(mut self, role: SystemRole) -> Self {
        self.owner = Some(role);
        self
    }

    /// Sets the role that the creator of a workspace or a resource gets there.
    pub fn creator(mut self, role: SystemRole) -> Self {
        self.document.creator = Some(role.into());
        self
    }

    /// Sets what every administrative action requires that [`requires`](Self::requires) does not
    /// name.
    pub fn administration(mut self, permissions: P) -> Self {
        self.administration = Some(self.names("`administration`", permissions));
        self
    }

    /// Sets what one administrative action requires.
    pub fn requires(mut self, action: AdminAction, permissions: P) -> Self {
        let names = self.names("`requires`", permissions);
        self.document.requirements.insert(action, names);
        self
    }

    /// Sets the read set: the permissions that remain at and below an archived workspace. Empty by
    /// default.
    pub fn archived(mut self, permissions: P) -> Self {
        self.document.archived = self.names("`archived`", permissions);
        self
    }

    /// Adds a separation-of-duty set: no one may have `limit` or more of `duties`.
    pub fn separate(
        mut self,
        name: &str,
        limit: u32,
        separation: Separation,
        duties: impl IntoIterator<Item = DutyDefinition<P>>,
    ) -> Self {
        let duties = duties
            .into_iter()
            .map(|duty| match duty {
                DutyDefinition::Role(role) => Duty::Role(role.into()),
                DutyDefinition::Permissions(all) => Duty::Permissions(self.names("a duty", all)),
            })
            .collect();
        if let Some(name) = self.text("a duty set", Name::new(name)) {
            self.document.duty_sets.push(DutySet { name, duties, limit, separation });
        }
        self
    }

    /// Adds a guardrail: sub-accounts of these kinds never have any of `permissions`.
    pub fn guardrail(
        mut self,
        name: &str,
        kinds: impl IntoIterator<Item = SubAccountKind>,
        permissions: P,
    ) -> Self {
        let never = self.names("a guardrail", permissions);
        if let Some(name) = self.text("a guardrail", Name::new(name)) {
            let kinds = kinds.into_iter().collect();
            self.document.guardrails.push(Guardrail { name, kinds, never });
        }
        self
    }

    /// Sets the default limits of an organization.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.document.limits = limits;
        self
    }

    /// Checks the definitions and returns the catalog.
    ///
    /// # Errors
    ///
    /// [`CatalogError`] with the first error found.
    pub fn build(mut self) -> Result<Catalog<P>, CatalogError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.document.owner = self.owner.ok_or(CatalogError::NoOwner)?.into();
        if let Some(administration) = self.administration {
            for action in AdminAction::ALL {
                let requirements = &mut self.document.requirements;
                requirements.entry(*action).or_insert_with(|| administration.clone());
            }
        }
        Catalog::from_document(self.document)
    }

    /// Changes the definition of exactly one permission.
    fn update_permission(
        mut self,
        place: &str,
        permission: P,
        change: impl Fn(&mut PermissionDocument),
    ) -> Self {
        let given = self.names(place, permission);
        let mut names = given.iter();
        if let (Some(name), None) = (names.next(), names.next()) {
            let described = self.document.permissions.iter_mut().filter(|it| it.name == *name);
            described.for_each(change);
        } else {
            let (place, given) = (place.to_owned(), given.to_string());
            self.fail(CatalogError::NotOnePermission { place, given });
        }
        self
    }

    fn names(&mut self, place: &str, permissions: P) -> PermissionNames {
        let bits = Bits::of(permissions);
        let named = |bits: Bits, bit: &Bits| bits.difference(*bit);
        let unnamed = self.flags.iter().map(|(_, bit)| bit).fold(bits, named);
        if !unnamed.is_empty() {
            self.fail(CatalogError::UnnamedBits { place: place.to_owned(), bits: unnamed.0 });
        }
        self.flags
            .iter()
            .filter(|(_, bit)| bits.holds(*bit))
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn text<T>(&mut self, place: &str, text: Result<T, TextError>) -> Option<T> {
        match text {
            Ok(text) => Some(text),
            Err(error) => {
                self.fail(CatalogError::Text { place: place.to_owned(), error });
                None
            }
        }
    }

    fn fail(&mut self, error: CatalogError) {
        self.error.get_or_insert(error);
    }
}
