//! Bounders: those whose permissions bound what a holder has (D13).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::view::View;

/// Everybody on whom it depends what a holder has (D13): the owner of a service, delegators, and theirs.
pub(crate) fn bounding<'a>(view: &View<'a>, holding: &Holding<'a>) -> Vec<Rc<Holding<'a>>> {
    let of = |holding: &Holding<'a>| -> Vec<_> {
        let delegators =
            view.applied_to(holding).filter_map(|applied| applied.assignment.delegator);
        delegators.chain(holding.owner).collect()
    };
    let mut ahead = of(holding);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(id) = ahead.pop() {
        if seen.insert(id)
            && let Some(holding) = view.holding(HolderId::SubAccount(id))
        {
            ahead.extend(of(&holding));
            found.push(holding);
        }
    }
    found
}
