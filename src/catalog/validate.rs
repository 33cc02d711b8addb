//! Validation: compiles a document and the application's flags into a catalog.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::catalog::action::AdminAction;
use crate::catalog::core::CatalogCore;
use crate::catalog::document::{CatalogDocument, Duty, DutySet, Guardrail, RoleDocument};
use crate::catalog::error::CatalogError;
use crate::catalog::vocabulary::{Parts, Vocabulary};
use crate::model::record::CatalogText;
use crate::model::{RoleName, ScopeKinds};
use crate::permission::{Bits, PermissionName, PermissionNames, Permissions, declared};

/// The document format that this release reads and writes.
pub(super) const FORMAT: u32 = 1;

/// The named single-bit flags of `P`, in the order of declaration.
pub(super) fn flags<P: Permissions>() -> Result<Vec<(PermissionName, Bits)>, CatalogError> {
    let mut flags: Vec<(PermissionName, Bits)> = Vec::new();
    for (name, bit) in declared::<P>() {
        if let Some((first, _)) = flags.iter().find(|(_, other)| *other == bit) {
            let (first, second) = (first.to_string(), name.to_owned());
            return Err(CatalogError::SharedBit { first, second });
        }
        let name = PermissionName::new(name).map_err(|error| CatalogError::Text {
            place: "the permission type".to_owned(),
            error,
        })?;
        flags.push((name, bit));
    }
    if flags.is_empty() { Err(CatalogError::NoPermissions) } else { Ok(flags) }
}

/// Validates a document. Every rule is checked here and only here, for documents from code and from
/// stores.
///
/// `vocabulary` maps names to bits. It is called after the names are known to be unambiguous.
pub(super) fn validate(
    document: CatalogDocument,
    vocabulary: impl FnOnce(&CatalogDocument) -> Result<Vocabulary, CatalogError>,
) -> Result<CatalogCore, CatalogError> {
    if document.format != FORMAT {
        let (found, supported) = (document.format, FORMAT);
        return Err(CatalogError::IncompatibleFormat { found, supported });
    }
    let names = NameCheck::new(&document)?;
    names.check_all(&document)?;
    let vocabulary = vocabulary(&document)?;
    check_prerequisites(&document)?;
    let roles = close_roles(&document, &vocabulary)?;
    check_owner(&document)?;
    check_rules(&document)?;
    if let Some(action) = AdminAction::ALL
        .iter()
        .find(|action| document.requirements.get(action).is_none_or(PermissionNames::is_empty))
    {
        return Err(CatalogError::NoRequirement(*action));
    }
    let needs: BTreeMap<Bits, Option<Bits>> = document
        .permissions
        .iter()
        .filter_map(|permission| {
            let bit = vocabulary.bit(permission.name.as_str())?;
            let needs = PermissionNames::Only(permission.needs.clone());
            // A permission with an unknown prerequisite can never be effective here.
            let known = permission.needs.iter().all(|name| vocabulary.bit(name.as_str()).is_some());
            Some((bit, known.then(|| vocabulary.bits(&needs))))
        })
        .collect();
    let closures = close_prerequisites(&needs);
    let archived = vocabulary.bits(&document.archived);
    let required = requirements(&document, &vocabulary);
    let text = text(&document);
    let with_closure = |number: usize| {
        let bit = Bits(1 << number).intersection(vocabulary.declared());
        let needs = closures.get(number).copied().unwrap_or(Some(Bits::NONE));
        needs.filter(|_| !bit.is_empty()).map_or(Bits::NONE, |needs| bit.union(needs))
    };
    let with_closures: [Bits; 128] = std::array::from_fn(with_closure);
    let bits = vocabulary.declared().iter();
    let without_prerequisites =
        bits.filter(|bit| with_closures.contains(bit)).fold(Bits::NONE, Bits::union);
    Ok(CatalogCore {
        document,
        text,
        vocabulary,
        needs,
        closures,
        with_closures,
        without_prerequisites,
        roles,
        archived,
        required,
    })
}

/// The permissions that each administrative action requires, and whether this process knows all of
/// them.
fn requirements(
    document: &CatalogDocument,
    vocabulary: &Vocabulary,
) -> BTreeMap<AdminAction, (Bits, bool)> {
    let is_known = |name: &PermissionName| vocabulary.bit(name.as_str()).is_some();
    let required = |names: &PermissionNames| {
        let known = match names {
            PermissionNames::Full => document.permissions.iter().all(|it| is_known(&it.name)),
            PermissionNames::Only(names) => names.iter().all(is_known),
        };
        (vocabulary.bits(names), known)
    };
    document.requirements.iter().map(|(action, names)| (*action, required(names))).collect()
}

/// The transitive prerequisites of each permission. `None` if they cannot be met here.
/// Prerequisites have no cycles, so the longest chain has fewer links than there are bits.
fn close_prerequisites(needs: &BTreeMap<Bits, Option<Bits>>) -> Vec<Option<Bits>> {
    let direct = |bit: Bits| needs.get(&bit).copied().unwrap_or(Some(Bits::NONE));
    (0..u128::BITS)
        .map(|number| {
            let mut closure = direct(Bits(1 << number))?;
            loop {
                let further = |wider: Bits, bit| Some(wider.union(direct(bit)?));
                let wider = closure.iter().try_fold(closure, further)?;
                if wider == closure {
                    return Some(closure);
                }
                closure = wider;
            }
        })
        .collect()
}

fn text(document: &CatalogDocument) -> CatalogText {
    // Serializing cannot fail: every key is text, every value is plain data, and the target is
    // memory.
    CatalogText::new(serde_json::to_string(document).unwrap_or_default())
}

/// The names of permissions and of roles.
struct NameCheck<'a> {
    permissions: BTreeSet<&'a str>,
    roles: BTreeSet<&'a RoleName>,
}

impl<'a> NameCheck<'a> {
    /// Checks that every name is unambiguous: no duplicate permission or role, and no former name
    /// in use.
    fn new(document: &'a CatalogDocument) -> Result<Self, CatalogError> {
        let mut permissions = BTreeSet::new();
        for permission in &document.permissions {
            if !permissions.insert(permission.name.as_str()) {
                return Err(CatalogError::DuplicatePermission(permission.name.to_string()));
            }
        }
        let mut owners: BTreeMap<&str, &PermissionName> =
            document.permissions.iter().map(|it| (it.name.as_str(), &it.name)).collect();
        for permission in &document.permissions {
            for former in &permission.formerly {
                if let Some(used_by) = owners.insert(former.as_str(), &permission.name) {
                    return Err(CatalogError::FormerNameInUse {
                        name: former.to_string(),
                        of: permission.name.to_string(),
                        used_by: used_by.to_string(),
                    });
                }
            }
        }
        let mut roles = BTreeSet::new();
        for role in &document.roles {
            if !roles.insert(&role.name) {
                return Err(CatalogError::DuplicateRole(role.name.to_string()));
            }
        }
        Ok(Self { permissions, roles })
    }

    fn check_all(&self, document: &CatalogDocument) -> Result<(), CatalogError> {
        for permission in &document.permissions {
            let place = format!("the prerequisites of `{}`", permission.name);
            self.permissions(&place, permission.needs.iter())?;
        }
        for role in &document.roles {
            let place = format!("the role `{}`", role.name);
            self.permissions(&place, role.any.iter().chain(role.own.iter()))?;
            self.roles(&place, role.includes.iter().chain(&role.assigns))?;
        }
        for (action, needed) in &document.requirements {
            self.permissions(&format!("the requirement of `{action}`"), needed.iter())?;
        }
        self.permissions("the read set of archived workspaces", document.archived.iter())?;
        for set in &document.duty_sets {
            let place = format!("the duty set `{}`", set.name);
            for duty in &set.duties {
                match duty {
                    Duty::Role(role) => self.roles(&place, [role])?,
                    Duty::Permissions(names) => self.permissions(&place, names.iter())?,
                }
            }
        }
        for guardrail in &document.guardrails {
            let place = format!("the guardrail `{}`", guardrail.name);
            self.permissions(&place, guardrail.never.iter())?;
        }
        self.roles("`owner`", [&document.owner])?;
        self.roles("`creator`", document.creator.as_ref())
    }

    fn permissions<'n>(
        &self,
        place: &str,
        names: impl IntoIterator<Item = &'n PermissionName>,
    ) -> Result<(), CatalogError> {
        match names.into_iter().find(|name| !self.permissions.contains(name.as_str())) {
            Some(name) => Err(CatalogError::UnknownPermission {
                place: place.to_owned(),
                name: name.to_string(),
            }),
            None => Ok(()),
        }
    }

    fn roles<'n>(
        &self,
        place: &str,
        roles: impl IntoIterator<Item = &'n RoleName>,
    ) -> Result<(), CatalogError> {
        match roles.into_iter().find(|role| !self.roles.contains(role)) {
            Some(role) => {
                let (place, role) = (place.to_owned(), role.to_string());
                Err(CatalogError::UnknownRole { place, role })
            }
            None => Ok(()),
        }
    }
}

/// The vocabulary of exactly the names that the application's type declares.
pub(super) fn vocabulary(
    document: &CatalogDocument,
    flags: &[(PermissionName, Bits)],
) -> Vocabulary {
    let known = document.permissions.iter().filter_map(|permission| {
        let (_, bit) = flags.iter().find(|(name, _)| *name == permission.name)?;
        Some((permission, *bit))
    });
    let vocabulary = Vocabulary::of(known);
    let declared = vocabulary.universe;
    Vocabulary { declared, ..vocabulary }
}

fn check_prerequisites(document: &CatalogDocument) -> Result<(), CatalogError> {
    let needs: BTreeMap<&PermissionName, _> = document
        .permissions
        .iter()
        .map(|permission| (&permission.name, &permission.needs))
        .collect();
    for permission in &document.permissions {
        let mut seen = BTreeSet::new();
        let mut ahead: Vec<&PermissionName> = permission.needs.iter().collect();
        while let Some(name) = ahead.pop() {
            if *name == permission.name {
                return Err(CatalogError::PrerequisiteCycle(name.to_string()));
            }
            if seen.insert(name) {
                ahead.extend(needs.get(name).into_iter().flat_map(|needs| needs.iter()));
            }
        }
    }
    Ok(())
}

/// The permissions of every role, with those of included roles.
fn close_roles(
    document: &CatalogDocument,
    vocabulary: &Vocabulary,
) -> Result<IndexMap<RoleName, Parts>, CatalogError> {
    let by_name: BTreeMap<&RoleName, &RoleDocument> =
        document.roles.iter().map(|role| (&role.name, role)).collect();
    let mut closed = IndexMap::new();
    for role in &document.roles {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![role];
        let mut parts = Parts::default();
        while let Some(included) = ahead.pop() {
            if !seen.insert(&included.name) {
                continue;
            }
            parts = parts.union(Parts {
                any: vocabulary.bits(&included.any),
                own: vocabulary.bits(&included.own),
            });
            for name in &included.includes {
                if *name == role.name {
                    return Err(CatalogError::RoleCycle(role.name.to_string()));
                }
                ahead.extend(by_name.get(name).copied());
            }
        }
        closed.insert(role.name.clone(), parts);
    }
    Ok(closed)
}

/// Checks that the owner role has every permission of the document, known to this process or not,
/// and is assignable at the organization.
fn check_owner(document: &CatalogDocument) -> Result<(), CatalogError> {
    let by_name: BTreeMap<&RoleName, &RoleDocument> =
        document.roles.iter().map(|role| (&role.name, role)).collect();
    let mut missing: BTreeSet<&PermissionName> =
        document.permissions.iter().map(|permission| &permission.name).collect();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![&document.owner];
    while let Some(role) = ahead.pop().and_then(|name| by_name.get(name)) {
        if seen.insert(&role.name) {
            missing.retain(|name| !role.any.contains(name.as_str()));
            ahead.extend(&role.includes);
        }
    }
    if !missing.is_empty() {
        let missing: PermissionNames = missing.into_iter().cloned().collect();
        let (role, missing) = (document.owner.to_string(), missing.to_string());
        return Err(CatalogError::OwnerIncomplete { role, missing });
    }
    let assignable = by_name.get(&document.owner).map(|role| role.assignable);
    if !assignable.is_some_and(|kinds| kinds.contains(ScopeKinds::ORGANIZATION)) {
        let (role, place) = (document.owner.to_string(), "the organization");
        return Err(CatalogError::NotAssignable { role, place });
    }
    Ok(())
}

fn check_rules(document: &CatalogDocument) -> Result<(), CatalogError> {
    document.duty_sets.iter().try_for_each(check_duty_set)?;
    document.guardrails.iter().try_for_each(check_guardrail)?;
    for role in &document.roles {
        let at_least = role.holders.at_least;
        if let Some(at_most) = role.holders.at_most.filter(|at_most| *at_most < at_least) {
            let role = role.name.to_string();
            return Err(CatalogError::EmptyHolders { role, at_least, at_most });
        }
    }
    if document.limits.min_owners == 0 {
        return Err(CatalogError::NoMinimumOfOwners);
    }
    Ok(())
}

fn check_duty_set(set: &DutySet) -> Result<(), CatalogError> {
    let duties = set.duties.len();
    let useful = usize::try_from(set.limit).is_ok_and(|limit| (2..=duties).contains(&limit));
    if !useful {
        let (name, limit) = (set.name.to_string(), set.limit);
        return Err(CatalogError::UselessDutySet { name, duties, limit });
    }
    let empty = |duty: &Duty| matches!(duty, Duty::Permissions(names) if names.is_empty());
    if set.duties.iter().any(empty) {
        return Err(CatalogError::EmptyRule(format!("the duty set `{}`", set.name)));
    }
    Ok(())
}

fn check_guardrail(guardrail: &Guardrail) -> Result<(), CatalogError> {
    if guardrail.never.is_empty() || guardrail.kinds.is_empty() {
        return Err(CatalogError::EmptyRule(format!("the guardrail `{}`", guardrail.name)));
    }
    Ok(())
}
