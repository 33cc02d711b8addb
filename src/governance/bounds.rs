//! Bounds: the most and the least that a holder may have at one place, from now on, whatever comes
//! of times and conditions. Both are read off its claims once, without any sampling.

use jiff::Timestamp;

use crate::access::Ownership;
use crate::governance::holding::{Claim, Holder, Holding};
use crate::governance::names::{NameParts, NameSet};
use crate::governance::reach::{Owning, Place, touches};
use crate::governance::view::View;
use crate::model::{Reach, SubAccountKind};

/// Which side of a holding is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// What the holder may do.
    Own,
    /// What it could hand out by licence.
    Licences,
    /// Both.
    Reach,
}

/// Which limits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limits {
    /// Every mask, ceiling and boundary.
    All,
    /// All but the organization's own ceiling, which is the host's to lift.
    AllButHost,
    /// None, not even the end of the account or a prerequisite.
    Lifted,
}

/// What is bounded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounded {
    pub(super) place: Place,
    pub(super) owning: Owning,
    pub(super) side: Side,
    pub(super) limits: Limits,
    /// From when on.
    pub(super) now: Timestamp,
}

impl<'a> View<'a> {
    /// The most that a holder may have: by every allow that is not over, under any condition, with
    /// any label and for any delegator or owner, less the denies that certainly act.
    pub(super) fn at_most(&self, holding: &Holding<'a>, bounded: &Bounded) -> NameSet {
        let Some(node) = self.node(bounded.place.scope()) else { return NameSet::NONE };
        if bounded.limits != Limits::Lifted && is_over(holding.ends, bounded.now) {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        for claim in self.claims(holding).filter(|it| !is_over(it.ends, bounded.now)) {
            if claim.is_allow() {
                if let Some(position) = touches(claim, &node, bounded.place, |_| true) {
                    let flow = if bounded.limits == Limits::Lifted {
                        self.register.full()
                    } else {
                        node.flow_from(position)
                    };
                    allowed = allowed.union(of_side(claim, bounded.side).intersection(flow));
                }
            } else if is_certain(claim, bounded.now)
                && touches(claim, &node, bounded.place, |_| false).is_some()
            {
                denied = denied.union(claim.gives.parts);
            }
        }
        self.limited(holding, bounded, node.ceiling, (allowed, denied))
    }

    /// The least that a holder has at every time and in every session, otherwise than by
    /// delegation: by allows that certainly act, less every deny that ever could.
    pub(super) fn at_least(&self, holding: &Holding<'a>, bounded: &Bounded) -> NameSet {
        let Some(node) = self.node(bounded.place.scope()) else { return NameSet::NONE };
        if holding.ends.is_some() {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        for claim in self.claims(holding) {
            if !claim.is_allow() {
                if !is_over(claim.ends, bounded.now)
                    && touches(claim, &node, bounded.place, |_| true).is_some()
                {
                    denied = denied.union(claim.gives.parts);
                }
            } else if is_certain(claim, bounded.now)
                && claim.assignment.delegator.is_none()
                && let Some(position) = touches(claim, &node, bounded.place, |_| false)
            {
                let flow = node.flow_from(position);
                allowed = allowed.union(of_side(claim, bounded.side).intersection(flow));
            }
        }
        let least = self.limited(holding, bounded, node.ceiling, (allowed, denied));
        if holding.kind != SubAccountKind::Service || least.is_empty() {
            return least;
        }
        // What bounds a service bounds it by all that it reaches, whichever side is asked for
        // (D13).
        let owner = holding.owner.and_then(|owner| self.holding(Holder::SubAccount(owner)));
        let owner = owner.filter(|it| it.kind == SubAccountKind::Member && it.is_active);
        let side = if bounded.side == Side::Own { Side::Own } else { Side::Reach };
        let of_owner =
            owner.map_or(NameSet::NONE, |it| self.at_least(&it, &Bounded { side, ..*bounded }));
        self.with_needs(least.intersection(of_owner))
    }

    fn limited(
        &self,
        holding: &Holding<'a>,
        bounded: &Bounded,
        ceiling: NameSet,
        (allowed, denied): (NameParts, NameParts),
    ) -> NameSet {
        let owned = bounded.owning.of(holding);
        let allowed = if owned == Ownership::Owned { allowed.both() } else { allowed.any };
        let denied = if owned == Ownership::NotOwned { denied.any } else { denied.both() };
        let left = allowed.difference(denied);
        let left = match bounded.limits {
            Limits::Lifted => return left,
            Limits::AllButHost => left.intersection(ceiling).intersection(holding.boundary),
            Limits::All => {
                left.intersection(ceiling).intersection(holding.boundary).intersection(self.ceiling)
            }
        };
        self.with_needs(left)
    }

    /// What is left of a set without all whose prerequisites are not in it (D10).
    fn with_needs(&self, set: NameSet) -> NameSet {
        NameSet { known: self.catalog.with_prerequisites(set.known), ..set }
    }
}

fn of_side(claim: &Claim<'_>, side: Side) -> NameParts {
    match side {
        Side::Own => claim.gives.parts,
        Side::Licences => claim.gives.handed,
        Side::Reach => claim.gives.reach(),
    }
}

/// Whether a claim acts at every instant from `now` on and in every session, and waits for no
/// label.
fn is_certain(claim: &Claim<'_>, now: Timestamp) -> bool {
    claim.starts.is_none_or(|starts| starts <= now)
        && claim.ends.is_none()
        && claim.conditions().next().is_none()
        && match claim.assignment.reach {
            Reach::Subtree | Reach::Here => true,
            Reach::Labelled(_) => false,
        }
}

fn is_over(ends: Option<Timestamp>, now: Timestamp) -> bool {
    ends.is_some_and(|ends| ends <= now)
}
