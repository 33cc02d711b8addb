//! Place: a target as found in one snapshot, for the many questions that are asked there.

use std::ptr;

use crate::access::quick::QuickNode;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::permission::Permissions;

/// A target in a snapshot, resolved once. One that is unknown there is a place too: everything is denied.
#[derive(Debug)]
pub struct Place<'a, P> {
    snapshot: &'a Snapshot<P>,
    target: Target,
    node: Option<&'a QuickNode>,
}

impl<'a, P: Permissions> Place<'a, P> {
    pub(super) fn new(snapshot: &'a Snapshot<P>, target: Target) -> Self {
        Self { snapshot, target, node: snapshot.compiled().quick_node(target) }
    }

    /// The target that it was found by.
    pub const fn target(&self) -> Target {
        self.target
    }

    /// What a check needs to know of it in `snapshot`: as it was found, or if it was found in another, as it is there.
    #[inline]
    pub(super) fn node_in(&self, snapshot: &'a Snapshot<P>) -> Option<&'a QuickNode> {
        if ptr::eq(self.snapshot.compiled(), snapshot.compiled()) {
            self.node
        } else {
            snapshot.compiled().quick_node(self.target)
        }
    }
}

impl<P> Clone for Place<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Place<'_, P> {}
