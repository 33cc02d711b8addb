//! Promises: what nobody has yet by a change and somebody may come to have by it. Custom roles may be assigned (G2), consents
//! may be used (G6); what they give is covered beforehand, wherever it could be given.

use crate::access::Ownership;
use crate::governance::Refusal;
use crate::governance::authority::Judging;
use crate::governance::comparison::{Pair, Point};
use crate::governance::coverage::kinds_at;
use crate::governance::names::{NameParts, NameSet};
use crate::governance::narrower::Narrower;
use crate::governance::reach::{Circumstances, OWNERSHIPS};
use crate::governance::refusal::Whom;
use crate::model::{Consent, Role, RoleRef, Scope};

impl Judging<'_, '_> {
    /// G2 for whoever may be given a custom role that the change makes or edits, wherever it may be assigned.
    pub(super) fn roles(&self) -> Result<(), Refusal> {
        if self.is_owner || self.is_invited() {
            return Ok(());
        }
        for id in &self.change.roles {
            let role = RoleRef::Custom(*id);
            let Some(after) = self.change.after.organization.roles().get(id) else { continue };
            let before = self.change.before.organization.roles().get(id);
            let gives = self.change.after.role(&role);
            let gave = self.change.before.role(&role);
            for pair in self.change.pairs_below(Scope::Organization, &self.actors()) {
                let kinds = after.assignable.intersection(kinds_at(pair.after));
                let is_new = |it: &Role| !it.assignable.contains(kinds);
                if kinds.is_empty() || pair.is_new() {
                    continue;
                }
                // Who could hand something out and has it now has gained it.
                let gained = if before.is_none_or(is_new) {
                    gives.reach()
                } else {
                    gives.parts.less(gave.parts).union(gives.reach().less(gave.reach()))
                };
                let node = self.change.after.node(pair.after.scope());
                let ceiling = node.map_or(NameSet::NONE, |node| node.ceiling);
                let gained = gained.intersection(ceiling);
                if !gained.both().is_empty() {
                    self.gives(&role, &pair, gained)?;
                }
            }
        }
        Ok(())
    }

    fn gives(&self, role: &RoleRef, pair: &Pair, gained: NameParts) -> Result<(), Refusal> {
        let samples = self.samples(pair, None, None)?;
        let ownings = [
            (Ownership::Owned, gained.both()),
            (Ownership::NotOwned, gained.any),
            (Ownership::Unsaid, gained.any),
        ];
        for (owned, gained) in ownings {
            let whom = || Whom::HolderOf(role.clone());
            for point in samples.points() {
                let missing = gained.difference(self.covers(pair, &point, owned, &samples));
                if !missing.is_empty() {
                    return Err(self.uncovered(whom(), pair.after, missing, false));
                }
            }
            let given = Circumstances::Given(self.acting.context);
            let missing = gained.difference(self.covers_at(pair, self.change.now, given, owned));
            if !missing.is_empty() {
                return Err(self.uncovered(whom(), pair.after, missing, true));
            }
        }
        Ok(())
    }

    /// G6 for consents: the mask lies in the reach of whoever gives it, until its end.
    pub(super) fn consents(&self) -> Result<(), Refusal> {
        if self.is_owner {
            return Ok(());
        }
        for consent in self.change.after.organization.consents().values() {
            let before = self.change.before.organization.consents().get(&consent.id);
            if !before.is_some_and(|before| consent.is_within(before)) {
                self.consent(consent)?;
            }
        }
        Ok(())
    }

    fn consent(&self, consent: &Consent) -> Result<(), Refusal> {
        let register = self.change.before.register;
        let mask = register.set(&consent.mask);
        for pair in self.change.pairs_below(consent.scope, &self.actors()) {
            let Some(node) = self.change.after.node(pair.after.scope()) else { continue };
            let step = node.way.iter().find(|step| step.scope == consent.scope);
            let Some(flow) = step.map(|step| step.flow) else { continue };
            let let_in = mask.intersection(flow).intersection(node.ceiling);
            let samples = self.samples(&pair, None, None)?;
            let acts = |point: &Point<'_>| {
                point.from < consent.ends
                    && consent
                        .starts
                        .is_none_or(|starts| point.until.is_none_or(|until| starts < until))
            };
            for owned in OWNERSHIPS {
                for point in samples.points().filter(acts) {
                    let reach =
                        self.reach(&pair, point.from, Circumstances::Assumed(point.assumed), owned);
                    let missing = let_in.difference(reach);
                    if !missing.is_empty() {
                        let whom = Whom::OperatorsOf(consent.operators);
                        return Err(self.uncovered(whom, pair.after, missing, false));
                    }
                }
            }
        }
        Ok(())
    }
}
