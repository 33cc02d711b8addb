//! Bounders: the accounts whose permissions bound those of a holder (D13).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::view::View;

impl<'a> View<'a> {
    /// Every account on which a holder's permissions depend (D13): the owner of a service, the
    /// delegators of its assignments, and their bounders in turn.
    pub(crate) fn bounders(&self, holding: &Holding<'a>) -> Vec<Rc<Holding<'a>>> {
        let direct = |holding: &Holding<'a>| -> Vec<_> {
            let delegators = self.applied_to(holding).filter_map(|it| it.assignment.delegator);
            delegators.chain(holding.owner).collect()
        };
        let mut ahead = direct(holding);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        while let Some(id) = ahead.pop() {
            if seen.insert(id)
                && let Some(holding) = self.holding(HolderId::SubAccount(id))
            {
                ahead.extend(direct(&holding));
                found.push(holding);
            }
        }
        found
    }
}
