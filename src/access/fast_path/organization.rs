//! [`PackedOrganization`]: the packed subjects and scopes of an organization.

use std::sync::Arc;

use crate::access::compiled::grants::Grants;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::compiled::word::Word;
use crate::access::fast_path::conditions::ConditionLists;
use crate::access::fast_path::overflow::Overflow;
use crate::access::fast_path::overflow_grant::OverflowGrant;
use crate::access::fast_path::parts::InternedParts;
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::scopes::PackedScopes;
use crate::access::fast_path::subject::PackedSubject;
use crate::catalog::CatalogCore;
use crate::id::SubAccountId;
use crate::index::Index;
use crate::model::Scope;
use crate::permission::Bits;
use crate::table::Table;

/// The packed subjects and scopes of an organization.
#[derive(Debug, Clone)]
#[repr(C)] // keeps the fields that every check reads together
pub(in crate::access) struct PackedOrganization {
    pub(super) subjects: Index<PackedSubject>,
    /// The permissions that plain grants give to everyone at any scope.
    pub(super) given_to_everyone: Bits,
    /// The bits that packed subjects and scopes do not decide alone: permissions with
    /// prerequisites, bits that are no permission, and all bits if a security policy or a special
    /// grant to everyone has to be judged first.
    pub(super) needs_slow_path: Bits,
    pub(in crate::access) parts: InternedParts,
    pub(super) scopes: PackedScopes,
    /// The overflow of the subjects that have one.
    pub(super) overflow: Index<Overflow>,
    /// The conditions of overflows and guards.
    pub(in crate::access) condition_lists: ConditionLists,
    /// The special grants to everyone; `None` if the packed form cannot express them all.
    pub(super) overflow_of_everyone: Option<Arc<[OverflowGrant]>>,
}

impl PackedOrganization {
    /// Packs every scope, with capacity for so many subjects.
    pub(in crate::access) fn new(
        scopes: &Table<Scope, CompiledScope>,
        everyone: &Grants,
        catalog: &CatalogCore,
        subjects: usize,
    ) -> Self {
        let mut packed = Self {
            subjects: Index::with_capacity(subjects),
            given_to_everyone: Bits::NONE,
            needs_slow_path: Bits::ALL,
            parts: InternedParts::new(),
            scopes: PackedScopes::new(scopes),
            overflow: Index::with_capacity(0),
            condition_lists: ConditionLists::new(),
            overflow_of_everyone: None,
        };
        packed.rebuild_scopes(scopes, everyone, catalog);
        packed
    }

    /// Packs every scope and the grants to everyone again. Scopes keep their numbers.
    pub(in crate::access) fn rebuild_scopes(
        &mut self,
        scopes: &Table<Scope, CompiledScope>,
        everyone: &Grants,
        catalog: &CatalogCore,
    ) {
        let given = everyone.plain.iter().map(|(_, parts)| parts.both());
        self.given_to_everyone = given.fold(Bits::NONE, Bits::union);
        for scope in scopes.keys() {
            self.insert_scope(*scope, scopes, everyone, catalog);
        }
        let Self { scopes, parts, condition_lists, .. } = self;
        self.overflow_of_everyone =
            OverflowGrant::all(everyone, scopes, parts, condition_lists).map(Into::into);
    }

    /// Packs one scope, or removes it if it is not in `scopes`. Its parent must be packed before.
    pub(in crate::access) fn insert_scope(
        &mut self,
        scope: Scope,
        scopes: &Table<Scope, CompiledScope>,
        everyone: &Grants,
        catalog: &CatalogCore,
    ) {
        self.scopes.insert(scope, scopes, everyone, catalog.vocabulary().universe());
    }

    /// Packs a subject if that is possible. Returns whether the packed form, without an overflow,
    /// is all there is to know of it.
    pub(in crate::access) fn insert_subject(
        &mut self,
        id: SubAccountId,
        subject: &CompiledSubject,
        catalog: &CatalogCore,
    ) -> bool {
        let all = catalog.vocabulary().universe();
        let Self { scopes, parts, condition_lists, .. } = self;
        let packed = PackedSubject::new(id, subject, all, scopes, parts, condition_lists);
        let packed = packed.and_then(|packed| {
            Some((packed, Overflow::new(&packed, subject, scopes, parts, condition_lists)?))
        });
        let Some((packed, overflow)) = packed else {
            self.remove_subject(id);
            return false;
        };
        if packed.has_overflow() {
            self.overflow.insert(overflow);
        } else {
            self.overflow.remove(id.to_u128());
        }
        self.subjects.insert(packed);
        !packed.has_overflow()
    }

    pub(in crate::access) fn remove_subject(&mut self, id: SubAccountId) {
        self.subjects.remove(id.to_u128());
        self.overflow.remove(id.to_u128());
    }

    /// The compiled subject that was packed; `None` if it has an overflow.
    pub(in crate::access) fn unpack(
        &self,
        packed: &PackedSubject,
        catalog: &CatalogCore,
    ) -> Option<CompiledSubject> {
        if packed.has_overflow() {
            return None;
        }
        let boundary = match packed.boundary() {
            0 => catalog.vocabulary().universe(),
            id => self.parts.get(id).any,
        };
        let at_root = match packed.root() {
            0 => None,
            root => Some((Scope::Organization, self.parts.get(root))),
        };
        let below = packed
            .pairs()
            .filter_map(|(number, id)| Some((self.scopes.scope(number)?, self.parts.get(id))));
        let mut plain: Vec<_> = at_root.into_iter().chain(below).collect();
        plain.sort_unstable_by_key(|(scope, _)| *scope);
        Some(CompiledSubject {
            barred: None,
            ends: None,
            kind: packed.kind(),
            owner: None,
            boundary,
            grants: Grants { plain: plain.into(), special: Arc::default() },
        })
    }

    #[inline]
    pub(in crate::access) fn subject(&self, id: SubAccountId) -> Option<&PackedSubject> {
        self.subjects.get(id.to_u128())
    }

    #[inline]
    pub(in crate::access) fn scope(&self, scope: Scope) -> Option<&PackedScope> {
        self.scopes.get(scope)
    }

    /// Whether a packed subject and a packed scope decide these permissions alone: without
    /// prerequisites, security policy or overflow of everyone.
    #[inline]
    pub(in crate::access) fn is_complete_for<W: Word>(&self, need: W) -> bool {
        need & W::truncated(self.needs_slow_path) == W::NONE && need != W::NONE
    }

    /// Sets the permissions for which the packed form is complete; every other permission takes a
    /// slower path.
    pub(in crate::access) fn set_complete_for(&mut self, permissions: Bits) {
        self.needs_slow_path = Bits::ALL.difference(permissions);
    }

    /// Whether no further parts or condition lists can be interned.
    pub(in crate::access) fn is_full(&self) -> bool {
        self.parts.is_full() || self.condition_lists.is_full()
    }

    /// Whether the packed form expresses all grants to everyone.
    pub(in crate::access) fn is_everyone_packed(&self) -> bool {
        self.overflow_of_everyone.is_some()
    }

    /// Whether there are special grants to everyone, which concern every subject.
    pub(in crate::access) fn has_overflow_of_everyone(&self) -> bool {
        self.overflow_of_everyone.as_ref().is_some_and(|grants| !grants.is_empty())
    }
}
