//! [`ResolvedTarget`]: a target that was looked up once, for many checks.

use std::ptr;

use crate::access::fast_path::scope::PackedScope;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::permission::Permissions;

/// A target in a snapshot, looked up once for many checks. An unknown target can be resolved too;
/// everything is denied there.
#[derive(Debug)]
pub struct ResolvedTarget<'a, P> {
    snapshot: &'a Snapshot<P>,
    target: Target,
    scope: Option<&'a PackedScope>,
}

impl<'a, P: Permissions> ResolvedTarget<'a, P> {
    fn new(snapshot: &'a Snapshot<P>, target: Target) -> Self {
        Self { snapshot, target, scope: snapshot.compiled().packed_scope(target) }
    }

    /// The target that was resolved.
    pub const fn target(&self) -> Target {
        self.target
    }

    /// The packed scope in `snapshot`; looked up again if the target was resolved in another
    /// snapshot.
    #[inline]
    pub(super) fn scope_in(&self, snapshot: &'a Snapshot<P>) -> Option<&'a PackedScope> {
        if ptr::eq(self.snapshot.compiled(), snapshot.compiled()) {
            self.scope
        } else {
            snapshot.compiled().packed_scope(self.target)
        }
    }
}

impl<P: Permissions> Snapshot<P> {
    /// A target, looked up once for many checks. Computes in **O(1)** time.
    pub fn resolve(&self, target: impl Into<Target>) -> ResolvedTarget<'_, P> {
        ResolvedTarget::new(self, target.into())
    }
}

impl<P> Clone for ResolvedTarget<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for ResolvedTarget<'_, P> {}
