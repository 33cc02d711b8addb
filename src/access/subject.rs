//! Subject: a sub-account as seen in one snapshot, for the many questions of one request.

use crate::access::context::{Context, Ownership};
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::Now;
use crate::access::explain::Explanation;
use crate::access::listing::Listing;
use crate::access::place::Place;
use crate::access::quick::{QuickLine, QuickNode};
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::permission::{Bits, Permissions};

/// A sub-account in a snapshot, resolved once. One that is unknown there is a subject too: everything is denied.
#[derive(Debug)]
pub struct Subject<'a, P> {
    snapshot: &'a Snapshot<P>,
    id: SubAccountId,
    line: Option<&'a QuickLine>,
    context: Context,
}

impl<'a, P: Permissions> Subject<'a, P> {
    pub(super) fn new(snapshot: &'a Snapshot<P>, id: SubAccountId) -> Self {
        let line = snapshot.compiled().quick.line(id);
        Self { snapshot, id, line, context: Context::new() }
    }

    /// The sub-account.
    pub const fn id(&self) -> SubAccountId {
        self.id
    }

    pub(crate) const fn snapshot(&self) -> &'a Snapshot<P> {
        self.snapshot
    }

    pub(crate) const fn context(&self) -> &Context {
        &self.context
    }

    /// The same subject, asking in `context`.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// The same subject, asking about something that it owns, or does not own.
    #[must_use]
    pub fn owning(&self, ownership: impl Into<Ownership>) -> Self {
        Self { context: self.context.clone().ownership(ownership), ..*self }
    }

    /// May the subject do all of `permissions` at `target`? Computes in **O(1)** time if the
    /// subject has nothing but plain allows, otherwise in **O(log n)** in the size of the organization and linear in the
    /// subject's own assignments.
    pub fn check(&self, permissions: P, target: impl Into<Target>) -> Decision {
        let target = target.into();
        self.decide(permissions, self.snapshot.compiled().quick_node(target), target)
    }

    /// Whether [`check`](Self::check) allows.
    pub fn can(&self, permissions: P, target: impl Into<Target>) -> bool {
        self.check(permissions, target).is_allow()
    }

    /// As [`check`](Self::check), at a target that is resolved already: nothing is looked up. A place of another snapshot is
    /// resolved in this one.
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
    /// let (me, here) = (snapshot.subject(acme.owner), snapshot.place(support));
    /// for permission in Permission::all() {
    ///     assert!(me.can_at(permission, &here));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_at(&self, permissions: P, place: &Place<'_, P>) -> Decision {
        self.decide(permissions, place.node_in(self.snapshot), place.target())
    }

    /// Whether [`check_at`](Self::check_at) allows.
    pub fn can_at(&self, permissions: P, place: &Place<'_, P>) -> bool {
        self.check_at(permissions, place).is_allow()
    }

    #[inline]
    fn decide(&self, permissions: P, node: Option<&QuickNode>, target: Target) -> Decision {
        let need = Bits::of(permissions);
        self.snapshot.decide_at(&self.context, self.id, self.line, need, target, node)
    }

    /// The permissions that the subject has at `target` only with what it owns: those for which [`check`](Self::check)
    /// denies because ownership is neither claimed nor registered, and allows if it is claimed.
    pub fn own_permissions(&self, target: impl Into<Target>) -> P {
        let target = target.into();
        let compiled = self.snapshot.compiled();
        let is_unsaid = self.context.claimed() == Ownership::Unsaid;
        if !is_unsaid || compiled.resolve(target).is_ok_and(|node| node.owner.is_some()) {
            return P::empty();
        }
        let subject = self.as_of_now();
        let more = Bits::of(subject.owning(true).permissions(target));
        more.difference(Bits::of(subject.permissions(target))).to()
    }

    /// Every workspace where the subject may do all of `permissions`: those at which [`check`](Self::check) allows, no more
    /// and no fewer. For `WHERE workspace_id = ANY(...)`.
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
    /// // It may reply, but only to what is its own.
    /// assert_eq!(me.workspaces_with(Permission::REPLY).count(), 0);
    /// assert!(me.workspaces_with(Permission::REPLY).marked().eq([Listed::Own(support)]));
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

    /// Every resource of a kind where the subject may do all of `permissions`: those at which [`check`](Self::check)
    /// allows, no more and no fewer.
    pub fn resources_with(&self, kind: &str, permissions: P) -> Listing<'a, P, ResourceId> {
        self.snapshot.resources_with(self.id, kind, permissions, self.context.clone())
    }

    /// Those of the host's own `items` at whose targets the subject may do all of `permissions`, all at the same instant.
    ///
    /// `target` says where an item is asked about; what a look-up by key does not find is left out.
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

    /// Everything that the subject may do at `target`: exactly the permissions for which [`check`](Self::check) allows.
    pub fn permissions(&self, target: impl Into<Target>) -> P {
        let now = Now::new(&self.context, self.snapshot.clock());
        let compiled = self.snapshot.compiled();
        compiled
            .effective(
                self.id,
                compiled.line(self.id).as_deref(),
                target.into(),
                &self.context,
                &now,
            )
            .map_or_else(|_| P::empty(), |bits| self.snapshot.catalog().flags(bits))
    }

    /// The same subject, all of whose questions are as of one instant: the context's, or else now.
    pub(super) fn as_of_now(&self) -> Self {
        let now = Now::new(&self.context, self.snapshot.clock());
        Self { context: self.context.clone().at(now.get()), ..*self }
    }

    /// Why the subject may do nothing at all at `target`, if so.
    pub(super) fn barred(&self, target: Target) -> Option<Reason> {
        let now = Now::new(&self.context, self.snapshot.clock());
        let compiled = self.snapshot.compiled();
        compiled
            .effective(self.id, compiled.line(self.id).as_deref(), target, &self.context, &now)
            .err()
    }
}
