//! Quick node: a scope that is not deep, in the 128 bytes of two cache lines.

use crate::access::nodes::Node;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::index::Record;
use crate::permission::Bits;

/// What a check needs to know of a scope: the organization, a workspace, or a resource directly in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))] // what most checks read lies in the first of the two
pub(in crate::access) struct QuickNode {
    pub(super) id: u128,
    /// What flows down from the organization.
    pub(super) root: Bits,
    /// What ceilings and archiving leave.
    pub(super) left: Bits,
    /// What this scope is known by in lines; 0 for the organization.
    pub(super) number: u32,
    /// The number of the workspace, if it is a resource.
    pub(super) above: u32,
    /// Whether there is nothing more to look at than what is before this.
    pub(super) is_plain: bool,
    /// Whether there is more on the path than fits here.
    pub(super) is_deep: bool,
    pub(super) is_archived: bool,
    pub(super) is_owned: bool,
    pub(super) is_taken: bool,
    /// The registered owner, if it has one.
    pub(super) owner: u128,
    /// What flows down from the workspace, if it is a resource.
    pub(super) above_flow: Bits,
    /// What everybody in the organization has here.
    pub(super) everyone: Parts,
}

impl QuickNode {
    /// A node whose scope has a number, and so has the workspace above it, if it is a resource directly in one.
    pub(super) fn new(node: &Node, number: u32, above: u32, everyone: Parts, all: Bits) -> Self {
        let (_, id) = node.scope.key();
        let above_flow = node.between().map_or(Bits::NONE, |workspace| workspace.flow);
        Self {
            id,
            root: node.root,
            above_flow,
            left: node.ceiling.intersection(node.left),
            everyone,
            owner: node.owner.map_or(0, SubAccountId::to_u128),
            number,
            above,
            is_owned: node.owner.is_some(),
            is_archived: node.left != all,
            is_plain: above == 0
                && node.owner.is_none()
                && node.left == all
                && everyone == Parts::default()
                && node.path.len() <= 3,
            is_deep: node.path.len() > 3,
            is_taken: true,
        }
    }

    /// Whether a sub-account is the registered owner; `None` if nobody is.
    #[inline]
    pub(super) fn is_owned_by(&self, sub_account: u128) -> Option<bool> {
        self.is_owned.then_some(self.owner == sub_account)
    }
}

impl Record for QuickNode {
    #[inline]
    fn id(&self) -> u128 {
        self.id
    }

    #[inline]
    fn is_taken(&self) -> bool {
        self.is_taken
    }
}
