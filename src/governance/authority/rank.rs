//! Rank: a holder that loses something must administer nothing outside the reach of the actor (G3).

use std::rc::Rc;

use crate::governance::action::action::Action;
use crate::governance::action::departure::Departure;
use crate::governance::authority::authority_check::AuthorityCheck;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::samples::Samples;
use crate::governance::reach::bounds::{BoundQuery, LimitMode};
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{
    Circumstances, OWNERSHIPS, OwnershipSource, ReachKind, ReachQuery,
};
use crate::governance::refusal::Refusal;
use crate::id::SubAccountId;
use crate::model::ScopeKind;
use crate::permission::Bits;

/// Requires that the actor may take anything at all from a holder.
pub(crate) fn require_may_take(
    check: &AuthorityCheck<'_, '_>,
    holder: HolderId,
) -> Result<(), Refusal> {
    match holder {
        HolderId::SubAccount(id) if !check.is_invited() => check.require_owner_to_take(id),
        _ => Ok(()),
    }
}

/// Checks the loss of a holder at one pair of locations, and above if it loses administrative
/// permissions.
pub(crate) fn check_loss<'a>(
    check: &AuthorityCheck<'_, 'a>,
    holder: HolderId,
    before: &Rc<Holding<'a>>,
    pair: &LocationPair,
    lost: NameSet,
) -> Result<(), Refusal> {
    let Some(lost_from) = pair.lost_from else { return Ok(()) };
    // Operators have no rank in an organization that is not theirs.
    if check.is_invited() || matches!(holder, HolderId::OperatorOf { .. }) {
        return Ok(());
    }
    locations_of_loss(check, lost_from, lost)
        .into_iter()
        .try_for_each(|location| check.require_outranks(holder, before, location))
}

/// The locations where a loss is checked: its own and, if administrative permissions are lost,
/// every one above.
pub(crate) fn locations_of_loss(
    check: &AuthorityCheck<'_, '_>,
    lost_from: Location,
    lost: NameSet,
) -> Vec<Location> {
    let mut locations = vec![lost_from];
    if !lost.intersection(administrative_permissions(check, lost_from)).is_empty() {
        let path = check.change.before.path_to(lost_from.scope());
        let above =
            path.iter().flat_map(|path| path.steps.iter()).map(|step| Location::At(step.scope));
        locations.extend(above.filter(|location| *location != lost_from));
    }
    locations
}

/// The most that a holder may administer or assign at a location and that the actor does not
/// certainly reach. If it is empty, sampling would find nothing either.
pub(crate) fn at_most_outside_reach<'a>(
    check: &AuthorityCheck<'_, 'a>,
    before: &Rc<Holding<'a>>,
    location: Location,
) -> NameSet {
    let (view, now) = (&check.change.before, check.change.now);
    let governance = administrative_permissions(check, location);
    OWNERSHIPS.into_iter().fold(NameSet::NONE, |above, owned| {
        let bounded = |kind| {
            let (ownership, limits) = (OwnershipSource::Claimed(owned), LimitMode::AllButHost);
            BoundQuery { location, ownership, kind, limits, now }
        };
        let administers = view.at_most(before, &bounded(ReachKind::Own)).intersection(governance);
        let hands_out = view.at_most(before, &bounded(ReachKind::Assignable));
        let actor = check.before.as_deref();
        let reach = actor
            .map_or(NameSet::NONE, |it| view.at_least(it, &bounded(ReachKind::OwnAndAssignable)));
        above.union(administers.union(hands_out).difference(reach))
    })
}

impl<'a> AuthorityCheck<'_, 'a> {
    /// Checks a takedown that a later action of the same commit reverts: the dependents that went
    /// with the account are gone all the same (G3).
    pub(crate) fn check_takedown(&self, action: &Action) -> Result<(), Refusal> {
        let (Action::Suspend(id)
        | Action::SetCredentialResetRequired(id, true)
        | Action::Remove(Departure { sub_account: id, .. })) = action
        else {
            return Ok(());
        };
        if Some(*id) == self.actor { Ok(()) } else { self.require_outranks_everywhere(*id) }
    }

    /// Requires that the actor outranks a sub-account everywhere.
    pub(crate) fn require_outranks_everywhere(&self, id: SubAccountId) -> Result<(), Refusal> {
        let holder = HolderId::SubAccount(id);
        self.require_owner_to_take(id)?;
        let Some(before) = self.change.before.holding(holder) else { return Ok(()) };
        let actor: Vec<_> = self.before.iter().cloned().collect();
        for pair in self.change.all_pairs(holder, &actor) {
            if let Some(location) = pair.lost_from {
                self.require_outranks(holder, &before, location)?;
            }
        }
        Ok(())
    }

    pub(crate) fn require_owner_to_take(&self, id: SubAccountId) -> Result<(), Refusal> {
        if self.is_protected(HolderId::SubAccount(id)) {
            return Err(Refusal::TakesFromOwner(id));
        }
        Ok(())
    }

    /// Whether a holder is or may be an owner, and the actor is not: only owners take from owners.
    pub(crate) fn is_protected(&self, holder: HolderId) -> bool {
        match holder {
            HolderId::SubAccount(id) => {
                !self.is_owner && self.change.before.ownership(id, self.change.now) != Some(false)
            }
            HolderId::TeamMember(_) | HolderId::MemberOf(_) | HolderId::OperatorOf { .. } => false,
        }
    }

    /// Whether rank is checked: not for owners, nor for the answer of an invitee.
    pub(crate) const fn is_ranked(&self) -> bool {
        !self.is_owner && !self.is_invited()
    }

    /// Requires that everything that a holder administers or may assign at a location lies within
    /// the reach of the actor.
    fn require_outranks(
        &self,
        holder: HolderId,
        before: &Rc<Holding<'a>>,
        location: Location,
    ) -> Result<(), Refusal> {
        if self.is_owner {
            return Ok(());
        }
        let at_most_outside_reach = at_most_outside_reach(self, before, location);
        if at_most_outside_reach.is_empty() {
            return Ok(());
        }
        let outranked = |above| Refusal::Outranked {
            holder: holder.into(),
            scope: location.scope(),
            below: location.is_below(),
            permissions: self.change.before.names.resolve(above),
        };
        let view = &self.change.before;
        let governance = administrative_permissions(self, location);
        let pair = LocationPair { after: location, before: location, lost_from: Some(location) };
        let actor = self.before.as_ref().map(|holding| (view, holding, location));
        let parties = [(view, before, location)].into_iter().chain(actor);
        let samples =
            Samples::new(self.change.now, parties).map_err(|_| outranked(at_most_outside_reach))?;
        for owned in OWNERSHIPS {
            for point in samples.points() {
                let assumed = Circumstances::Assumed(point.assumed);
                let ownership = OwnershipSource::Claimed(owned);
                let query = ReachQuery::new(
                    location,
                    point.from,
                    assumed,
                    ownership,
                    &view.standing_limits,
                );
                let administers = view.reach(before, &query).intersection(governance);
                let hands_out = view.reach(before, &query.kind(ReachKind::Assignable));
                let above = administers
                    .union(hands_out)
                    .difference(self.actor_reach(&pair, point.from, assumed, owned));
                if !above.is_empty() {
                    return Err(outranked(above));
                }
            }
        }
        Ok(())
    }
}

/// The permissions that administrative actions at a location require.
fn administrative_permissions(check: &AuthorityCheck<'_, '_>, location: Location) -> NameSet {
    let kinds = location.kinds();
    let bits = [ScopeKind::Organization, ScopeKind::Workspace, ScopeKind::Resource]
        .into_iter()
        .filter(|kind| kinds.contains((*kind).into()))
        .map(|kind| check.change.before.catalog.governance_at(kind))
        .fold(Bits::NONE, Bits::union);
    NameSet::known(bits)
}
