//! The methods of a [`Snapshot`] that explain a check.

use crate::access::context::Context;
use crate::access::explain::explainer::explain;
use crate::access::explain::explanation::Explanation;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::SubAccountId;
use crate::permission::{Bits, Permissions};

impl<P: Permissions> Snapshot<P> {
    /// Why [`check`](Self::check) allows or denies. Not for the hot path: computes in time linear
    /// in the assignments that concern the sub-account, and in all assignments of the organization
    /// if a delegation or a service is bounded.
    ///
    /// [`remedy`](Self::remedy) says who could give the missing permissions.
    ///
    /// ```
    /// # use tenantry::{Catalog, Context, Directory, Login, Reason, Scope, SystemRole};
    /// # bitflags::bitflags! {
    /// #     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    /// #     struct Permission: u64 {
    /// #         const VIEW = 1 << 0;
    /// #         const REPLY = 1 << 1;
    /// #         const EXPORT = 1 << 2;
    /// #         const ADMINISTER = 1 << 3;
    /// #     }
    /// # }
    /// # const OWNER: SystemRole = SystemRole::new("owner");
    /// # const AGENT: SystemRole = SystemRole::new("agent");
    /// # let catalog = Catalog::builder()
    /// #     .role(OWNER, Permission::all())
    /// #     .role(AGENT, Permission::VIEW | Permission::REPLY)
    /// #     .needs(Permission::EXPORT, Permission::VIEW)
    /// #     .owner(OWNER)
    /// #     .administration(Permission::ADMINISTER)
    /// #     .build()?;
    /// # let directory = Directory::new(catalog);
    /// # let (lin, wu): (Login, Login) = ("lin".parse()?, "wu".parse()?);
    /// # let acme = directory.create_organization("Acme", &lin)?;
    /// # let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    /// # let support = admin.create_workspace("Support")?;
    /// # let agent = admin.create_member(&wu)?;
    /// admin.assign(agent, AGENT, support)?;
    /// let snapshot = directory.snapshot(acme.organization)?;
    ///
    /// let explanation = snapshot.explain(agent, Permission::EXPORT, support);
    /// assert_eq!(explanation.decision.reason(), Some(Reason::NotGranted));
    /// assert_eq!(explanation.missing().to_string(), "EXPORT"); // it needs VIEW, which the role grants
    /// println!("{explanation}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Explanation {
        self.explain_in(&Context::new(), sub_account, permissions, target)
    }

    /// Why [`check_in`](Self::check_in) allows or denies.
    pub fn explain_in(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Explanation {
        let now = context.time().unwrap_or_else(|| self.clock().now());
        let catalog = self.catalog().core();
        let need = Bits::of(permissions);
        explain(self.organization(), catalog, sub_account, need, target.into(), context, now)
    }
}
