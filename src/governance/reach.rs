//! Reach: what a holder has at one place, at one instant, under one set of circumstances - and, by licence, could hand
//! out there.
//!
//! The same rules as a check follows, but for the whole set at once, by name, and for instants and circumstances that
//! are merely possible.

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::{Context, Ownership};
use crate::governance::holding::{Claim, Holder, Holding};
use crate::governance::names::{NameParts, NameSet};
use crate::governance::view::{Node, View};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Condition, Reach, RoleRef, Scope, SubAccountKind};

/// Where a question is asked: at a scope itself, or anywhere below it where nothing else is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    At(Scope),
    Below(Scope),
}

impl Place {
    pub(super) const fn scope(self) -> Scope {
        match self {
            Self::At(scope) | Self::Below(scope) => scope,
        }
    }
}

/// A world in which something is judged: the one there is, or one in which what binds nobody today binds somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct World {
    /// Whether every scope carries every label.
    pub(super) labelled: bool,
    /// Whether no service is bound by its owner.
    pub(super) unbound: bool,
}

impl World {
    /// The one there is.
    pub(super) const REAL: Self = Self { labelled: false, unbound: false };
}

/// Which side of a holding is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer<'q> {
    /// What the holder may do.
    Own,
    /// What it may do, and what it could hand out by licence.
    Reach,
    /// What it could hand out by any licence.
    Licences,
    /// What it could hand out by assigning one role, which gives this and can hand out that.
    Licence(&'q RoleRef, NameParts),
}

/// Who owns what is asked about (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owning {
    /// As the host claims.
    Claimed(Ownership),
    /// Nobody claims anything, and this is who is registered.
    Registered(Option<SubAccountId>),
}

/// The three ways in which a thing can belong to somebody.
pub(super) const OWNERSHIPS: [Ownership; 3] =
    [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid];

impl Owning {
    /// What it comes to for one holder.
    pub(super) fn of(self, holding: &Holding<'_>) -> Ownership {
        match self {
            Self::Claimed(ownership) => ownership,
            Self::Registered(None) => Ownership::Unsaid,
            Self::Registered(owner) => Ownership::from(owner == holding.id),
        }
    }
}

/// What is known of the request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Circumstances<'q> {
    /// A request that is at hand.
    Given(&'q Context),
    /// A possible one, by what it makes of each condition that matters.
    Assumed(&'q [(&'q Condition, Truth)]),
    /// The bounding side of D13, whose conditions count as met.
    Met,
}

impl Circumstances<'_> {
    fn meet<'c>(self, conditions: impl IntoIterator<Item = &'c Condition>) -> Truth {
        conditions.into_iter().fold(Truth::True, |truth, condition| {
            truth.and(match self {
                Self::Given(context) => context.meets(condition),
                Self::Assumed(assumed) => assumed
                    .iter()
                    .find(|(assumed, _)| *assumed == condition)
                    .map_or(Truth::Unknown, |(_, truth)| *truth),
                Self::Met => Truth::True,
            })
        })
    }
}

/// Everything that an answer depends on besides the holder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'q> {
    pub(super) place: Place,
    pub(super) time: Timestamp,
    pub(super) circumstances: Circumstances<'q>,
    pub(super) owning: Owning,
    pub(super) layer: Layer<'q>,
    pub(super) world: World,
    /// Whether what was passed on to the holder counts.
    pub(super) delegations: bool,
    /// Whether the organization's own ceiling counts.
    pub(super) host_ceiling: bool,
    /// The assignments of which alone an allow counts, if not every one does.
    pub(super) only: Option<&'q [AssignmentId]>,
    /// Assignments that are left aside.
    pub(super) without: &'q [AssignmentId],
}

impl<'q> Asking<'q> {
    /// What a holder itself may do at a place, with nothing set aside.
    pub(super) const fn new(
        place: Place,
        time: Timestamp,
        circumstances: Circumstances<'q>,
        owning: Owning,
    ) -> Self {
        Self {
            place,
            time,
            circumstances,
            owning,
            layer: Layer::Own,
            world: World::REAL,
            delegations: true,
            host_ceiling: true,
            only: None,
            without: &[],
        }
    }

    pub(super) const fn layer(self, layer: Layer<'q>) -> Self {
        Self { layer, ..self }
    }
}

impl<'a> View<'a> {
    /// What `holding` has; nothing at a place that is not here.
    pub(super) fn has(&self, holding: &Holding<'a>, asking: &Asking<'_>) -> NameSet {
        let Some(node) = self.node(asking.place.scope()) else { return NameSet::NONE };
        if holding.ends.is_some_and(|ends| ends <= asking.time) {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        for claim in self.claims(holding) {
            let Some(flow) = acts(claim, &node, asking) else { continue };
            let truth = asking.circumstances.meet(claim.conditions());
            if !claim.is_allow() {
                if truth != Truth::False {
                    denied = denied.union(claim.gives.parts);
                }
            } else if truth == Truth::True
                && asking.only.is_none_or(|only| only.contains(&claim.assignment.id))
            {
                let mut parts = claim.of_layer(asking.layer).intersection(flow);
                if let Some(delegator) = claim.assignment.delegator {
                    parts = parts.intersection(self.delegated(delegator, asking));
                }
                allowed = allowed.union(parts);
            }
        }
        let owned = asking.owning.of(holding);
        let allowed = if owned == Ownership::Owned { allowed.both() } else { allowed.any };
        let denied = if owned == Ownership::NotOwned { denied.any } else { denied.both() };
        let mut left =
            allowed.difference(denied).intersection(node.ceiling).intersection(holding.boundary);
        if asking.host_ceiling {
            left = left.intersection(self.ceiling);
        }
        if left.is_empty() {
            return left;
        }
        let bound = if !asking.world.unbound && holding.kind == SubAccountKind::Service {
            left.intersection(self.service_bound(holding.owner, asking))
        } else {
            left
        };
        NameSet { known: self.catalog.with_prerequisites(bound.known), ..bound }
    }

    /// D13: what a delegator has there otherwise than by delegation.
    fn delegated(&self, delegator: SubAccountId, asking: &Asking<'_>) -> NameSet {
        if asking.delegations {
            self.bounding(delegator, &Asking { delegations: false, ..*asking })
        } else {
            NameSet::NONE
        }
    }

    /// D13: what the owner of a service has there, if it is an active member.
    fn service_bound(&self, owner: Option<SubAccountId>, asking: &Asking<'_>) -> NameSet {
        let holding = owner.and_then(|owner| self.holding(Holder::SubAccount(owner)));
        match (owner, holding) {
            (Some(owner), Some(holding)) if holding.kind == SubAccountKind::Member => {
                self.bounding(owner, asking)
            }
            _ => NameSet::NONE,
        }
    }

    /// D13: what another has there, its conditions counted as met.
    fn bounding(&self, id: SubAccountId, asking: &Asking<'_>) -> NameSet {
        match self.holding(Holder::SubAccount(id)) {
            Some(holding) if holding.is_active => {
                // Leaving assignments aside is a question about one holder, not about who bounds it. What a holder could
                // hand out is bounded by all that the other reaches, whether by licence or not.
                let layer = match asking.layer {
                    Layer::Licences => Layer::Reach,
                    layer => layer,
                };
                let asking = Asking {
                    layer,
                    circumstances: Circumstances::Met,
                    only: None,
                    without: &[],
                    ..*asking
                };
                self.has(&holding, &asking)
            }
            _ => NameSet::NONE,
        }
    }
}

impl Claim<'_> {
    fn of_layer(&self, layer: Layer<'_>) -> NameParts {
        match layer {
            Layer::Own => self.gives.parts,
            Layer::Reach => self.gives.reach(),
            Layer::Licences => self.gives.handed,
            Layer::Licence(role, reach) if self.gives.licence.contains(role) => reach,
            Layer::Licence(..) => NameParts::default(),
        }
    }
}

/// What flows down to the place from where a claim was made, if the claim acts there at that time (D3, D4, D7).
fn acts(claim: &Claim<'_>, node: &Node<'_>, asking: &Asking<'_>) -> Option<NameSet> {
    if asking.without.contains(&claim.assignment.id)
        || claim.starts.is_some_and(|starts| asking.time < starts)
        || claim.ends.is_some_and(|ends| ends <= asking.time)
    {
        return None;
    }
    touches(claim, node, asking.place, asking.world.labelled)
}

/// What flows down to the place from where a claim was made, if the claim reaches it at any time (D3, D4).
pub(super) fn touches(
    claim: &Claim<'_>,
    node: &Node<'_>,
    place: Place,
    labelled: bool,
) -> Option<NameSet> {
    let position = node.way.iter().position(|step| step.scope == claim.assignment.scope)?;
    let mut way = node.way.iter().skip(position);
    let step = way.clone().next()?;
    let reaches = match &claim.assignment.reach {
        Reach::Subtree => true,
        Reach::Here => place == Place::At(claim.assignment.scope),
        Reach::Labelled(label) => labelled || way.any(|step| step.labels.contains(label)),
    };
    reaches.then_some(step.flow)
}
