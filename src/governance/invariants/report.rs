//! Report.

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::governance::comparison::transition::Transition;
use crate::governance::invariants::counts::count_violations;
use crate::governance::invariants::guardrails::guardrail_violations;
use crate::governance::invariants::owner_count::owner_count_violation;
use crate::governance::invariants::role_holders::role_holder_violations;
use crate::governance::invariants::separation::duty_violations;
use crate::governance::invariants::violation::Violation;
use crate::governance::reach::names::NameTable;
use crate::permission::Permissions;

/// Every invariant (I1, I2, I3 and I5) that an organization breaks at `time`, whatever broke it.
///
/// A change is refused only for what it makes worse (I6). So a new release, a lower limit, the
/// clock or the host can leave an invariant broken; this function finds it.
///
/// Evaluates every account of the organization, so use it for occasional reports.
///
/// ```
/// use tenantry::{Directory, Login, Timestamp, governance, messaging};
///
/// let directory = Directory::new(messaging::catalog());
/// let lin: Login = "lin".parse()?;
/// let acme = directory.create_organization("Acme", &lin)?;
/// let snapshot = directory.snapshot(acme.organization)?;
/// assert!(governance::violations(&snapshot, Timestamp::now()).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn violations<P: Permissions>(snapshot: &Snapshot<P>, time: Timestamp) -> Vec<Violation> {
    let (organization, catalog) = (snapshot.organization(), snapshot.catalog().core());
    let names = NameTable::new(catalog.vocabulary());
    let unchanged = Transition::new(organization, organization, catalog, &names, time);
    let mut found: Vec<_> = owner_count_violation(&unchanged.after, time).into_iter().collect();
    found.extend(count_violations(organization, catalog));
    found.extend(role_holder_violations(&unchanged.after));
    for (id, sub_account) in organization.sub_accounts() {
        found.extend(guardrail_violations(&unchanged, *id));
        if sub_account.owner.is_none() {
            found.extend(duty_violations(&unchanged, *id));
        }
    }
    found
}
