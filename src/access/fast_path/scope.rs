//! [`PackedScope`]: a scope in two cache lines.

use crate::access::compiled::scope::CompiledScope;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::index::IndexRecord;
use crate::permission::Bits;

/// The organization, a workspace, or a resource directly in a workspace. Scopes nested deeper have
/// one too, but it decides nothing. The layout of the 128 bytes is drawn in
/// [`fast_path`](crate::access::fast_path).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))] // puts the fields that most checks read into the first cache line
pub(in crate::access) struct PackedScope {
    pub(super) id: u128,
    /// The permissions that flow down from the organization.
    pub(super) flow_from_root: Bits,
    /// The permissions that ceilings and archiving leave.
    pub(super) limit: Bits,
    /// The number by which packed subjects name this scope; 0 for the organization.
    pub(super) number: u32,
    /// The number of the workspace of a resource; 0 for other scopes.
    pub(super) workspace: u32,
    /// Whether a check needs nothing of the second cache line.
    pub(super) is_first_line_enough: bool,
    /// Whether the path is longer than this form can express.
    pub(super) is_deep: bool,
    pub(super) is_archived: bool,
    pub(super) is_owned: bool,
    pub(super) is_taken: bool,
    /// The registered owner, if `is_owned`.
    pub(super) owner: u128,
    /// The permissions that flow down from the workspace of a resource.
    pub(super) flow_from_workspace: Bits,
    /// The permissions that plain grants give to everyone here.
    pub(super) everyone: Parts,
}

const _: () = assert!(size_of::<PackedScope>() == 128, "two cache lines");

impl PackedScope {
    /// Packs a scope. `workspace` is the number of the workspace directly above a resource, or 0;
    /// `all` is every permission.
    pub(super) fn new(
        scope: &CompiledScope,
        number: u32,
        workspace: u32,
        everyone: Parts,
        all: Bits,
    ) -> Self {
        let (_, id) = scope.scope.key();
        let flow_from_workspace =
            scope.parent_workspace().map_or(Bits::NONE, |workspace| workspace.flow);
        Self {
            id,
            flow_from_root: scope.flow_from_root,
            flow_from_workspace,
            limit: scope.ceiling.intersection(scope.archive_mask),
            everyone,
            owner: scope.owner.map_or(0, SubAccountId::to_u128),
            number,
            workspace,
            is_owned: scope.owner.is_some(),
            is_archived: scope.archive_mask != all,
            is_first_line_enough: workspace == 0
                && scope.owner.is_none()
                && scope.archive_mask == all
                && everyone == Parts::default()
                && scope.path.len() <= 3,
            is_deep: scope.path.len() > 3,
            is_taken: true,
        }
    }

    /// Whether a sub-account is the registered owner; `None` if no owner is registered.
    #[inline]
    pub(super) fn is_owned_by(&self, sub_account: u128) -> Option<bool> {
        self.is_owned.then_some(self.owner == sub_account)
    }
}

impl IndexRecord for PackedScope {
    #[inline]
    fn id(&self) -> u128 {
        self.id
    }

    #[inline]
    fn is_taken(&self) -> bool {
        self.is_taken
    }
}
