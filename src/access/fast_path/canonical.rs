//! [`Canonical`]: the packed form without numbers that depend on history, so that two of them can
//! be compared.

use std::collections::BTreeMap;

use crate::access::fast_path::instant::PackedInstant;
use crate::access::fast_path::organization::PackedOrganization;
use crate::access::fast_path::overflow_grant::OverflowGrant;
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::window::CoarseWindow;
use crate::catalog::Parts;
use crate::id::{ResourceId, WorkspaceId};
use crate::index::{Index, IndexRecord};
use crate::model::{Condition, Scope};
use crate::permission::Bits;

/// Overflow grants with their scopes, parts and conditions in full.
type CanonicalGrants = Vec<(Scope, Parts, Vec<Condition>, OverflowGrant)>;

/// The parts at the organization and the boundary, the parts at other scopes, and the guard.
type CanonicalSubject =
    ([Parts; 2], BTreeMap<Scope, Parts>, Option<(CoarseWindow, Vec<Condition>, Parts)>);

impl PackedOrganization {
    /// The packed form with scopes and values in place of their numbers, which depend on earlier
    /// revisions.
    pub(in crate::access) fn canonical(&self) -> Canonical {
        let by_id = |packed: &Index<PackedScope>, scope: fn(u128) -> Scope| {
            packed.iter().map(|packed| (scope(packed.id()), *packed)).collect::<Vec<_>>()
        };
        let mut scopes = by_id(&self.scopes.workspaces, |id| WorkspaceId::from_u128(id).into());
        scopes.extend(by_id(&self.scopes.resources, |id| ResourceId::from_u128(id).into()));
        let known: BTreeMap<u32, Scope> =
            scopes.iter().map(|(scope, packed)| (packed.number, *scope)).collect();
        assert_eq!(known.len(), scopes.len(), "no two scopes have one number");
        scopes.push((Scope::Organization, self.scopes.root));
        let scopes = scopes.into_iter().map(|(scope, packed)| {
            let workspace = known.get(&packed.workspace).copied();
            (scope, (workspace, PackedScope { number: 0, workspace: 0, ..packed }))
        });
        let listed = |id| self.condition_lists.get(id).unwrap().to_vec();
        let subjects = self.subjects.iter().map(|packed| {
            let here =
                |(number, scope): (&u32, &Scope)| (*scope, self.parts.get(packed.at(*number)));
            let granted = known.iter().map(here).filter(|(_, parts)| *parts != Parts::default());
            let parts = [packed.root(), packed.boundary()].map(|id| self.parts.get(id));
            let guard = packed
                .guard()
                .map(|it| (it.window, listed(it.conditions), self.parts.get(it.uncertain)));
            (packed.id(), (parts, granted.collect(), guard))
        });
        let canonical_grants = |grants: &[OverflowGrant]| -> CanonicalGrants {
            let scope = |number| known.get(&number).copied().unwrap_or(Scope::Organization);
            let canonical = |it: &OverflowGrant| {
                let conditions = listed(it.condition_list());
                (scope(it.scope), self.parts.get(it.parts), conditions, it.with_ids(0, 0, 0))
            };
            grants.iter().map(canonical).collect()
        };
        let overflow = self.overflow.iter().map(|it| {
            let grants: Vec<_> = it.grants().copied().collect();
            (it.id(), (it.ends(), canonical_grants(&grants)))
        });
        Canonical {
            scopes: scopes.collect(),
            subjects: subjects.collect(),
            given_to_everyone: self.given_to_everyone,
            needs_slow_path: self.needs_slow_path,
            overflow: overflow.collect(),
            overflow_of_everyone: self.overflow_of_everyone.as_deref().map(canonical_grants),
        }
    }
}

/// The packed form of an organization, comparable with that of another.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::access) struct Canonical {
    scopes: BTreeMap<Scope, (Option<Scope>, PackedScope)>,
    subjects: BTreeMap<u128, CanonicalSubject>,
    given_to_everyone: Bits,
    needs_slow_path: Bits,
    overflow: BTreeMap<u128, (PackedInstant, CanonicalGrants)>,
    overflow_of_everyone: Option<CanonicalGrants>,
}
