//! Explanation: why, and why not.
//!
//! An explanation is read from the plain organization with the pieces of the reference evaluator, never from what was
//! compiled: it shows every piece, and its decision is what the pieces come to. It must agree with the check, always.
//!
//! `reading` finds the pieces, `ways` how they come to somebody; `bar`, `permission` and `path` are what they are shown as, `text` puts them in words.
//! Who could give what is missing is a question of governance, and answered there.

mod bar;
mod named;
mod path;
mod permission;
mod reading;
mod text;
mod ways;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::context::Context;
use crate::access::decision::Decision;
use crate::access::explain::reading::explain;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::{OrganizationId, SubAccountId};
use crate::model::Scope;
use crate::model::record::Revision;
use crate::permission::{Bits, PermissionNames, Permissions};

pub use bar::{Bar, JudgedCondition};
pub use named::Named;
pub use path::{ExplainedPath, Outcome, Part, Way};
pub use permission::{Cut, ExplainedPermission};

/// Why a request is allowed or denied: the decision, with everything that it comes from.
///
/// Plain data for user interfaces, and readable text by [`Display`](std::fmt::Display). It is for the host and its
/// administrators, not for whoever asked: it names roles, teams and scopes that not everybody may know of. It holds no
/// personal data; sub-accounts are named by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "an explanation is for somebody to read"]
#[non_exhaustive]
pub struct Explanation {
    /// The organization.
    pub organization: Named<OrganizationId>,
    /// The revision that was asked.
    pub revision: Revision,
    /// The instant as of which it was judged.
    pub at: Timestamp,
    /// Who asks.
    pub sub_account: SubAccountId,
    /// Where; `None` if the target is unknown, which is one of the bars.
    pub scope: Option<Named<Scope>>,
    /// Whether what is asked about is the sub-account's own (D6); `None` if nobody says.
    pub is_owned: Option<bool>,
    /// The answer of the check, reason included.
    pub decision: Decision,
    /// What denies the request whatever was assigned, all of it. The first one is the reason of the decision.
    pub bars: Vec<Bar>,
    /// What was asked for, in the order of bits, then what that needs.
    pub permissions: Vec<ExplainedPermission>,
}

impl Explanation {
    /// The fewest permissions that would have to become effective for the request to be allowed, by name: those asked
    /// for or needed that are not effective for a reason of their own. Bars are aside; they have to go too.
    pub fn missing(&self) -> PermissionNames {
        let missing = self.permissions.iter().filter(|permission| permission.is_missing());
        missing.map(|permission| permission.name.clone()).collect()
    }

    /// What is said of one permission, by its present name; `None` if it was neither asked for nor needed.
    pub fn permission(&self, name: &str) -> Option<&ExplainedPermission> {
        self.permissions.iter().find(|permission| permission.name.as_str() == name)
    }
}

impl<P: Permissions> Snapshot<P> {
    /// Why [`check`](Self::check) allows or denies. Not for the hot path: computes in time linear in the assignments
    /// that concern the sub-account, and in all of the organization's where a delegation or a service is bounded.
    ///
    /// Who could give what is missing is what [`remedy`](Self::remedy) says.
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
