//! Evaluation of packed subjects at packed scopes, without a branch on the outcome.

use crate::access::compiled::now::LazyNow;
use crate::access::compiled::owned::Owned;
use crate::access::compiled::word::Word;
use crate::access::context::{Context, Ownership, Truth};
use crate::access::decision::{Decision, Reason};
use crate::access::fast_path::instant::PackedInstant;
use crate::access::fast_path::organization::PackedOrganization;
use crate::access::fast_path::overflow::Overflow;
use crate::access::fast_path::parts::PartsId;
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::subject::PackedSubject;
use crate::catalog::Parts;
use crate::index::IndexRecord;
use crate::permission::Bits;

/// The permissions that a subject is granted at a scope.
#[derive(Clone, Copy)]
struct Granted<W> {
    any: W,
    own: W,
    /// Everything that a grant on the path holds in either part, whether it flows down to the scope
    /// or not. A permission that is not in here is denied as *not granted*, for no other reason.
    on_path: W,
}

impl PackedOrganization {
    /// Decides from a packed subject and a packed scope, as if the subject had no overflow. `all`
    /// is `need` with all its prerequisites. `None` if the scope is nested deeply, or for a deny
    /// whose reason may be another than *not granted*.
    #[inline]
    pub(in crate::access) fn decide<W: Word>(
        &self,
        subject: &PackedSubject,
        scope: &PackedScope,
        need: W,
        all: W,
        ownership: Ownership,
    ) -> Option<Decision> {
        let (has, on_path) = self.permissions(subject, scope, ownership)?;
        decision(need, all, has, on_path)
    }

    /// The permissions that a packed subject has at a scope before prerequisites (D10), and those
    /// that any grant on the path holds. The overflow is not read. `None` if the scope is nested
    /// deeply.
    #[inline]
    pub(in crate::access) fn permissions<W: Word>(
        &self,
        subject: &PackedSubject,
        scope: &PackedScope,
        ownership: Ownership,
    ) -> Option<(W, W)> {
        let mut granted = self.granted_directly(subject, scope);
        let mut has = granted.any;
        if !scope.is_first_line_enough || ownership != Ownership::Unsaid {
            granted = self.with_inherited(granted, subject, scope)?;
            has = granted.to(Owned::new(ownership, scope.is_owned_by(subject.id())));
        }
        has = has & W::truncated(scope.limit);
        // The flags are read last: they lie between the scope numbers, and the comparison of those
        // is vectorized better if no single one was loaded before.
        if !subject.is_unlimited() {
            has = has & self.boundary_mask(subject);
        }
        Some((has, granted.on_path))
    }

    /// The permissions of the grants at the scope itself and at the organization.
    #[inline]
    fn granted_directly<W: Word>(
        &self,
        subject: &PackedSubject,
        scope: &PackedScope,
    ) -> Granted<W> {
        let here = self.granted_by::<W>(subject.at(scope.number));
        let root = self.granted_by::<W>(subject.root());
        let flow = W::truncated(scope.flow_from_root);
        Granted {
            any: here.any | root.any & flow,
            own: here.own | root.own & flow,
            on_path: here.on_path | root.on_path | W::truncated(self.given_to_everyone),
        }
    }

    /// Adds the permissions of everyone, and of the grants at the workspace above. `None` if the
    /// scope is nested deeply.
    #[inline]
    fn with_inherited<W: Word>(
        &self,
        mut granted: Granted<W>,
        subject: &PackedSubject,
        scope: &PackedScope,
    ) -> Option<Granted<W>> {
        if scope.is_deep {
            return None;
        }
        granted.any = granted.any | W::truncated(scope.everyone.any);
        granted.own = granted.own | W::truncated(scope.everyone.own);
        if scope.workspace != 0 {
            let workspace = self.granted_by(subject.at(scope.workspace));
            let flow = W::truncated(scope.flow_from_workspace);
            granted.any = granted.any | workspace.any & flow;
            granted.own = granted.own | workspace.own & flow;
            granted.on_path = granted.on_path | workspace.on_path;
        }
        if scope.is_archived {
            // Every deny at an archived scope may have the reason that it is archived.
            granted.on_path = !W::NONE;
        }
        Some(granted)
    }

    #[inline]
    fn granted_by<W: Word>(&self, id: PartsId) -> Granted<W> {
        let parts = self.parts.get(id);
        let (any, own) = (W::truncated(parts.any), W::truncated(parts.own));
        Granted { any, own, on_path: any | own }
    }

    #[inline]
    fn boundary_mask<W: Word>(&self, subject: &PackedSubject) -> W {
        match subject.boundary() {
            0 => !W::NONE,
            id => W::truncated(self.parts.get(id).any),
        }
    }

    /// As [`decide`](Self::decide), with the overflow of the subject and of everyone. The guard is
    /// not needed: the overflow repeats every grant that depends on it.
    pub(in crate::access) fn decide_with_overflow(
        &self,
        subject: &PackedSubject,
        scope: &PackedScope,
        (need, all): (Bits, Bits),
        context: &Context,
        now: &LazyNow<'_>,
    ) -> Option<Decision> {
        let overflow =
            if subject.has_overflow() { Some(self.overflow.get(subject.id())?) } else { None };
        let ends = overflow.map_or(PackedInstant::NEVER, Overflow::ends);
        if ends != PackedInstant::NEVER && ends <= PackedInstant::of_now(now.get()) {
            return None;
        }
        let subject = &subject.without_guarded();
        let grants = overflow.into_iter().flat_map(Overflow::grants);
        let granted = self.granted_directly(subject, scope);
        let mut granted = self.with_inherited::<u128>(granted, subject, scope)?;
        let mut denies = Parts::default();
        for grant in grants.chain(&**self.overflow_of_everyone.as_ref()?) {
            let Some(flow) = grant.flow_to(scope) else { continue };
            let parts = self.parts.get(grant.parts);
            let is_allow = grant.is_allow();
            if is_allow {
                granted.on_path |= parts.both().0;
            }
            let is_needed = !parts.both().intersection(all).is_empty();
            if !is_needed || !grant.reaches(scope) || !grant.is_valid(now) {
                continue;
            }
            // D8: an unknown condition neither grants nor lifts a deny.
            let is_met = context.meets_all(&**self.condition_lists.get(grant.condition_list())?);
            if is_allow && is_met == Truth::True {
                let flowing = parts.intersection(flow);
                granted.any |= flowing.any.0;
                granted.own |= flowing.own.0;
            } else if !is_allow && is_met != Truth::False {
                denies = denies.union(parts);
            }
        }
        let owned = Owned::new(context.claimed(), scope.is_owned_by(subject.id()));
        let limit = scope.limit.0 & self.boundary_mask::<u128>(subject) & !owned.denied(denies).0;
        decision(need.0, all.0, granted.to(owned) & limit, granted.on_path)
    }
}

impl<W: Word> Granted<W> {
    /// The permissions on an object that is owned, or is not known to be.
    #[inline]
    fn to(&self, owned: Owned) -> W {
        if owned == Owned::Yes { self.any | self.own } else { self.any }
    }
}

/// Allow if nothing is missing. Deny as *not granted* if a single permission is needed and no grant
/// on the path holds it. `None` otherwise: the deny has a reason that has to be found.
///
/// Allow and deny are about equally likely, so a branch would be mispredicted half the time. Both
/// are computed, and one is selected without branching.
#[inline]
fn decision<W: Word>(need: W, all: W, has: W, on_path: W) -> Option<Decision> {
    let missing = all & !has;
    // Bits for which a deny would need a closer look: with several permissions, which of them is
    // missing; with one that is granted on the path, why the grant does not count.
    let unexplained = (need.rest() | on_path) & need;
    // True if neither is empty. The minimum asks both in one comparison; two comparisons would
    // become a branch.
    if missing.min(unexplained) != W::NONE {
        return None;
    }
    let is_allowed = missing == W::NONE;
    Some(if is_allowed { Decision::Allow } else { Decision::Deny(Reason::NotGranted) })
}
