//! [`Subject`]: a sub-account that was looked up once, for all checks of one request.

use crate::access::compiled::now::LazyNow;
use crate::access::context::{Context, Ownership};
use crate::access::decision::{Decision, Reason};
use crate::access::explain::explanation::Explanation;
use crate::access::fast_path::scope::PackedScope;
use crate::access::fast_path::subject::PackedSubject;
use crate::access::listing::listing::Listing;
use crate::access::resolved_target::ResolvedTarget;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::permission::{Bits, Permissions};

/// A sub-account in a snapshot, looked up once for all checks of a request. An unknown sub-account
/// is a subject too; everything is denied to it.
#[derive(Debug)]
pub struct Subject<'a, P> {
    snapshot: &'a Snapshot<P>,
    id: SubAccountId,
    packed: Option<&'a PackedSubject>,
    context: Context,
}

impl<'a, P: Permissions> Subject<'a, P> {
    fn new(snapshot: &'a Snapshot<P>, id: SubAccountId) -> Self {
        let packed = snapshot.compiled().packed.subject(id);
        Self { snapshot, id, packed, context: Context::new() }
    }

    /// The id of the sub-account.
    pub const fn id(&self) -> SubAccountId {
        self.id
    }

    pub(crate) const fn snapshot(&self) -> &'a Snapshot<P> {
        self.snapshot
    }

    pub(crate) const fn context(&self) -> &Context {
        &self.context
    }

    /// Sets the context of all checks.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// A copy of the subject that owns the object of every check, or does not.
    #[must_use]
    pub fn owning(&self, ownership: impl Into<Ownership>) -> Self {
        Self { context: self.context.clone().ownership(ownership), ..*self }
    }

    /// May the subject do all of `permissions` at `target`? Computes in **O(1)** time if the
    /// subject has plain allows only, otherwise in **O(log n)** in the size of the organization and
    /// linear in the subject's own assignments.
    pub fn check(&self, permissions: P, target: impl Into<Target>) -> Decision {
        let target = target.into();
        self.decide(permissions, self.snapshot.compiled().packed_scope(target), target)
    }

    /// Whether [`check`](Self::check) allows.
    pub fn can(&self, permissions: P, target: impl Into<Target>) -> bool {
        self.check(permissions, target).is_allow()
    }

    /// As [`check`](Self::check), at a target that was [resolved](Snapshot::resolve) before,
    /// without any look-up. A target of another snapshot is resolved again in this one.
    ///
    /// ```
    /// # use tenantry::{Catalog, Context, Directory, Login, SystemRole};
    /// # bitflags::bitflags! {
    /// #     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    /// #     pub struct Permission: u64 { const VIEW = 1; const ADMINISTER = 2; }
    /// # }
    /// # const OWNER: SystemRole = SystemRole::new("owner");
    /// # let catalog = Catalog::builder()
    /// #     .role(OWNER, Permission::all())
    /// #     .owner(OWNER)
    /// #     .administration(Permission::ADMINISTER)
    /// #     .build()?;
    /// # let directory = Directory::new(catalog);
    /// # let lin: Login = "lin@acme.example".parse()?;
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let support = admin.create_workspace("Support")?;
    /// let snapshot = directory.snapshot(acme.organization)?;
    /// let (me, here) = (snapshot.subject(acme.owner), snapshot.resolve(support));
    /// for permission in Permission::all() {
    ///     assert!(me.can_at(permission, &here));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_at(&self, permissions: P, target: &ResolvedTarget<'_, P>) -> Decision {
        self.decide(permissions, target.scope_in(self.snapshot), target.target())
    }

    /// Whether [`check_at`](Self::check_at) allows.
    pub fn can_at(&self, permissions: P, target: &ResolvedTarget<'_, P>) -> bool {
        self.check_at(permissions, target).is_allow()
    }

    #[inline]
    fn decide(&self, permissions: P, scope: Option<&PackedScope>, target: Target) -> Decision {
        let need = Bits::of(permissions);
        self.snapshot.decide_at(&self.context, self.id, self.packed, need, target, scope)
    }

    /// The permissions that the subject has at `target` only on objects that it owns.
    /// [`check`](Self::check) denies them because ownership is neither claimed nor registered, and
    /// allows them if it is claimed.
    pub fn own_permissions(&self, target: impl Into<Target>) -> P {
        let target = target.into();
        let compiled = self.snapshot.compiled();
        let is_unsaid = self.context.claimed() == Ownership::Unsaid;
        if !is_unsaid || compiled.resolve(target).is_ok_and(|scope| scope.owner.is_some()) {
            return P::empty();
        }
        let subject = self.as_of_now();
        let more = Bits::of(subject.owning(true).permissions(target));
        more.difference(Bits::of(subject.permissions(target))).to()
    }

    /// Every workspace where [`check`](Self::check) allows all of `permissions`. For
    /// `WHERE workspace_id = ANY(...)`.
    ///
    /// ```
    /// # use tenantry::{Catalog, Context, Directory, Listed, Login, SystemRole};
    /// # bitflags::bitflags! {
    /// #     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    /// #     pub struct Permission: u64 { const VIEW = 1; const REPLY = 2; const ADMINISTER = 4; }
    /// # }
    /// # const OWNER: SystemRole = SystemRole::new("owner");
    /// # const AGENT: SystemRole = SystemRole::new("agent");
    /// # let catalog = Catalog::builder()
    /// #     .role(OWNER, Permission::all())
    /// #     .role_with(AGENT, Permission::VIEW, Permission::REPLY)
    /// #     .owner(OWNER)
    /// #     .administration(Permission::ADMINISTER)
    /// #     .build()?;
    /// # let directory = Directory::new(catalog);
    /// # let (lin, wu): (Login, Login) = ("lin@acme.example".parse()?, "wu@acme.example".parse()?);
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let (support, sales) = (admin.create_workspace("Support")?, admin.create_workspace("Sales")?);
    /// # let agent = directory.accept(&admin.invite(&wu).role(AGENT, support).issue()?.token, &wu)?;
    /// let snapshot = directory.snapshot(acme.organization)?;
    /// let me = snapshot.subject(agent);
    /// assert!(me.workspaces_with(Permission::VIEW).eq([support]));
    ///
    /// // It may reply, but only to its own conversations.
    /// assert_eq!(me.workspaces_with(Permission::REPLY).count(), 0);
    /// assert!(me.workspaces_with(Permission::REPLY).including_own().eq([Listed::Own(support)]));
    ///
    /// // Page by page, for a user interface.
    /// let owner = snapshot.subject(acme.owner);
    /// let first = owner.workspaces_with(Permission::VIEW).page(1, None)?;
    /// let second = owner.workspaces_with(Permission::VIEW).page(1, first.next.as_ref())?;
    /// let both = [first.items, second.items].concat();
    /// assert!(both.len() == 2 && both.contains(&support) && both.contains(&sales));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn workspaces_with(&self, permissions: P) -> Listing<'a, P, WorkspaceId> {
        self.snapshot.workspaces_with(self.id, permissions, self.context.clone())
    }

    /// Every resource of a kind where [`check`](Self::check) allows all of `permissions`.
    pub fn resources_with(&self, kind: &str, permissions: P) -> Listing<'a, P, ResourceId> {
        self.snapshot.resources_with(self.id, kind, permissions, self.context.clone())
    }

    /// Keeps the host's `items` at whose targets the subject may do all of `permissions`, all as of
    /// the same instant.
    ///
    /// `target` gives the target of an item. An item whose key is not found is left out.
    pub fn filter<T, I: Into<Target>>(
        &self,
        permissions: P,
        items: impl IntoIterator<Item = T>,
        target: impl Fn(&T) -> I,
    ) -> impl Iterator<Item = T> {
        let subject = self.as_of_now();
        items.into_iter().filter(move |item| subject.can(permissions, target(item)))
    }

    /// Why [`check`](Self::check) allows or denies, as [`Snapshot::explain`] does.
    pub fn explain(&self, permissions: P, target: impl Into<Target>) -> Explanation {
        self.snapshot.explain_in(&self.context, self.id, permissions, target)
    }

    /// The effective permissions of the subject at `target`: those that [`check`](Self::check)
    /// allows.
    pub fn permissions(&self, target: impl Into<Target>) -> P {
        let now = LazyNow::new(&self.context, self.snapshot.clock());
        let compiled = self.snapshot.compiled();
        compiled
            .effective(
                self.id,
                compiled.subject(self.id).as_deref(),
                target.into(),
                &self.context,
                &now,
            )
            .map_or_else(|_| P::empty(), |bits| self.snapshot.catalog().flags(bits))
    }

    /// A copy of the subject whose checks are all as of one instant: the context's, or else now.
    pub(super) fn as_of_now(&self) -> Self {
        let now = LazyNow::new(&self.context, self.snapshot.clock());
        Self { context: self.context.clone().at(now.get()), ..*self }
    }

    /// Why every check at `target` is denied, whatever was assigned; `None` if it is not.
    pub(super) fn barred(&self, target: Target) -> Option<Reason> {
        let now = LazyNow::new(&self.context, self.snapshot.clock());
        let compiled = self.snapshot.compiled();
        compiled
            .effective(self.id, compiled.subject(self.id).as_deref(), target, &self.context, &now)
            .err()
    }
}

impl<P: Permissions> Snapshot<P> {
    /// A sub-account, looked up once for many checks. Computes in **O(1)** time.
    pub fn subject(&self, sub_account: SubAccountId) -> Subject<'_, P> {
        Subject::new(self, sub_account)
    }
}
