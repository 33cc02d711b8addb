//! Resetting the time of an organization: nothing that had ended by the wrong time becomes
//! effective again (D7, I7).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::governance::effects::builder::ChangeSetBuilder;
use crate::model::link::Relation;
use crate::model::{
    Assignment, Effect, EntityId, Membership, Remove, Status, SubAccount, Terms, TimeReset,
    Validity,
};

impl ChangeSetBuilder<'_> {
    /// Resets the time of the organization to that of this change, unless it is later already.
    ///
    /// Of everything with an instant between the two times: allows, consents, invitations and
    /// requests that had ended are removed, accounts stay ended, and denies that had started stay
    /// in force.
    pub(super) fn reset_time(&mut self) {
        let organization = self.organization;
        let (now, wrong) = (self.set.time, organization.time());
        if wrong <= now {
            return;
        }
        self.put(TimeReset { from: wrong });
        let had_come = |at: Timestamp| now < at && at <= wrong;
        let timed: BTreeSet<EntityId> =
            organization.instants(now, wrong).map(|(_, entity)| entity).collect();
        let mut gone: BTreeSet<EntityId> = BTreeSet::new();
        let mut changed: BTreeMap<EntityId, SubAccount> = BTreeMap::new();
        let mut places: Vec<Membership> = Vec::new();
        for entity in timed {
            match entity {
                EntityId::Assignment(id) => {
                    let Some(it) = organization.assignments().get(&id) else { continue };
                    let validity = it.validity;
                    match it.effect {
                        Effect::Allow if validity.ends().is_some_and(had_come) => {
                            gone.insert(entity);
                        }
                        Effect::Deny
                            if validity.starts().is_some_and(had_come)
                                && !validity.is_over(wrong) =>
                        {
                            self.put(begun(it));
                        }
                        Effect::Allow | Effect::Deny => {}
                    }
                }
                EntityId::Consent(id) => {
                    let consent = organization.consents().get(&id);
                    // It may have started only.
                    if consent.is_some_and(|it| had_come(it.ends)) {
                        gone.insert(entity);
                    }
                }
                EntityId::SubAccount(id) => {
                    let Some(it) = organization.sub_accounts().get(&id) else { continue };
                    changed.entry(entity).or_insert_with(|| it.clone()).ends = Some(now);
                }
                EntityId::Invitation(id) => {
                    gone.insert(entity);
                    let invitation = organization.invitations().get(&id);
                    let invitee = invitation.map(|it| it.sub_account);
                    let invitee = invitee.and_then(|id| organization.sub_accounts().get(&id));
                    let Some(it) = invitee else { continue };
                    let invitee = EntityId::SubAccount(it.id);
                    changed.entry(invitee).or_insert_with(|| it.clone()).status = Status::Removed;
                    // As for a withdrawn invitation.
                    let given = organization.assignments_by(invitee, Relation::Assignee);
                    let allows = given.filter(|it| it.effect == Effect::Allow);
                    gone.extend(allows.map(|it| EntityId::Assignment(it.id)));
                    let teams = organization.teams_of(it.id);
                    places.extend(teams.map(|team| Membership { sub_account: it.id, team }));
                }
                EntityId::Request(_) => {
                    gone.insert(entity);
                }
                // No other row has a time.
                _ => {}
            }
        }
        for entity in gone {
            self.remove_dependent(entity);
        }
        for place in places {
            self.remove(Remove::Membership(place));
        }
        for sub_account in changed.into_values() {
            self.put(sub_account);
        }
    }
}

/// The deny, in force since ever.
fn begun(deny: &Assignment) -> Assignment {
    let validity = deny.validity.ends().map_or(Validity::ALWAYS, Validity::until);
    let terms = Terms { validity, ..Terms::clone(&deny.terms) };
    Assignment { terms: terms.into(), ..deny.clone() }
}
