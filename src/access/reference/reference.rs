//! [`Reference`]: the reference evaluator of one organization.

use jiff::Timestamp;

use crate::access::context::Context;
use crate::access::decision::Decision;
use crate::access::reference::rules::Rules;
use crate::access::target::Target;
use crate::catalog::Catalog;
use crate::id::SubAccountId;
use crate::model::Organization;
use crate::permission::{Bits, Permissions};

/// The reference evaluator of one organization under one catalog, at one instant. Every check
/// computes in **O(n)** time in the assignments.
#[derive(Debug)]
pub struct Reference<'a, P> {
    catalog: &'a Catalog<P>,
    rules: Rules<'a>,
}

impl<'a, P: Permissions> Reference<'a, P> {
    /// Evaluates `organization` under `catalog`. `now` is the instant of every check whose context
    /// names none.
    pub fn new(organization: &'a Organization, catalog: &'a Catalog<P>, now: Timestamp) -> Self {
        Self { catalog, rules: Rules { organization, catalog: catalog.core(), now } }
    }

    /// May `sub_account` do all of `permissions` at `target`, in `context`?
    pub fn check(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
        context: &Context,
    ) -> Decision {
        let need = Bits::of(permissions);
        self.rules.decide(sub_account, need, target.into(), context).into()
    }

    /// The effective permissions of `sub_account` at `target`, in `context`.
    pub fn permissions(
        &self,
        sub_account: SubAccountId,
        target: impl Into<Target>,
        context: &Context,
    ) -> P {
        let target = target.into();
        let may = |bit: &Bits| self.rules.decide(sub_account, *bit, target, context).is_ok();
        let declared = self.catalog.core().vocabulary().declared();
        declared.iter().filter(may).fold(Bits::NONE, Bits::union).to()
    }

    /// May `operator`, a sub-account of the organization of `home`, do all of `permissions` at
    /// `target` here (D12)?
    pub fn check_operator(
        &self,
        home: &Self,
        operator: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
        context: &Context,
    ) -> Decision {
        let need = Bits::of(permissions);
        self.rules.decide_operator(&home.rules, operator, need, target.into(), context).into()
    }
}
