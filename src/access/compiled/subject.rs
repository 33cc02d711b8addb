//! [`CompiledSubject`]: a sub-account with its grants, resolved to bits.

use jiff::Timestamp;

use crate::access::compiled::grants::Grants;
use crate::access::compiled::now::LazyNow;
use crate::access::decision::Reason;
use crate::id::SubAccountId;
use crate::model::SubAccountKind;
use crate::permission::Bits;

/// A sub-account with its grants: names are resolved to bits, teams and memberships are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::access) struct CompiledSubject {
    /// Why the sub-account may do nothing, at any time (D2).
    pub(in crate::access) barred: Option<Reason>,
    pub(in crate::access) ends: Option<Timestamp>,
    pub(in crate::access) kind: SubAccountKind,
    /// The member that owns a service and bounds it (D13).
    pub(in crate::access) owner: Option<SubAccountId>,
    pub(in crate::access) boundary: Bits,
    pub(in crate::access) grants: Grants,
}

impl CompiledSubject {
    /// D2: refuses a sub-account that is not active or has ended.
    pub(in crate::access) fn check_active(&self, now: &LazyNow<'_>) -> Result<(), Reason> {
        if let Some(reason) = self.barred {
            return Err(reason);
        }
        if self.ends.is_some_and(|ends| ends <= now.get()) {
            return Err(Reason::Ended);
        }
        Ok(())
    }
}
