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
use crate::governance::world::World;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Condition, Consent, Reach, RoleRef, Scope, SubAccountKind};
use crate::text::Label;

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

/// As what a holder is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// As the one who is asked about.
    Asked,
    /// As one who bounds the one who is asked about.
    Bounder(SubAccountId),
}

/// Everything that an answer depends on besides the holder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'q> {
    pub(super) place: Place,
    pub(super) time: Timestamp,
    pub(super) circumstances: Circumstances<'q>,
    pub(super) owning: Owning,
    pub(super) layer: Layer<'q>,
    /// Which limits are lifted.
    pub(super) world: &'q World<'q>,
    /// Whether the holder itself is asked about, or as one who bounds somebody (D13).
    pub(super) party: Party,
    /// Whether what was passed on to the holder counts.
    pub(super) delegations: bool,
    /// The assignments of which alone an allow counts, if not every one does.
    pub(super) only: Option<&'q [AssignmentId]>,
    /// Assignments that are left aside.
    pub(super) without: &'q [AssignmentId],
}

impl<'q> Asking<'q> {
    /// What a holder itself may do at a place, by all its assignments.
    pub(super) const fn new(
        place: Place,
        time: Timestamp,
        circumstances: Circumstances<'q>,
        owning: Owning,
        world: &'q World<'q>,
    ) -> Self {
        Self {
            place,
            time,
            circumstances,
            owning,
            layer: Layer::Own,
            world,
            party: Party::Asked,
            delegations: true,
            only: None,
            without: &[],
        }
    }

    pub(super) const fn layer(self, layer: Layer<'q>) -> Self {
        Self { layer, ..self }
    }

    /// Whether the account's boundary is lifted, and up to when its end is.
    fn account_limits(&self) -> (bool, Option<Timestamp>) {
        match self.party {
            Party::Asked => (self.world.boundary, self.world.ends_until),
            Party::Bounder(id) => {
                let lifted = self.world.lifts_limits_of(id);
                (lifted.is_some(), lifted)
            }
        }
    }
}

impl<'a> View<'a> {
    /// What `holding` has; nothing at a place that is not here.
    pub(super) fn has(&self, holding: &Holding<'a>, asking: &Asking<'_>) -> NameSet {
        let Some(node) = self.node(asking.place.scope()) else { return NameSet::NONE };
        let (is_boundary_lifted, ends_until) = asking.account_limits();
        let is_over =
            |ends: Timestamp| ends <= asking.time && ends_until.is_none_or(|until| until < ends);
        if holding.ends.is_some_and(is_over) {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        if let Some(consent) = holding.consent {
            allowed = NameParts::any(self.consented(consent, &node, asking));
        }
        for claim in self.claims(holding) {
            let Some(flow) = self.acts(claim, &node, asking) else { continue };
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
            allowed.difference(denied).intersection(self.ceiling_at(&node, asking.world));
        if node.is_archived && !asking.world.archive {
            left = left.intersection(NameSet::known(self.catalog.archived()));
        }
        if !is_boundary_lifted {
            left = left.intersection(holding.boundary);
        }
        if left.is_empty() {
            return left;
        }
        let bound = if !asking.world.service_bound && holding.kind == SubAccountKind::Service {
            left.intersection(self.service_bound(holding.owner, asking))
        } else {
            left
        };
        if asking.world.prerequisites {
            return bound;
        }
        NameSet { known: self.catalog.with_prerequisites(bound.known), ..bound }
    }

    /// What a consent lets in at a scope, for operators who have everything at home (D12).
    fn consented(&self, consent: &Consent, node: &Node<'_>, asking: &Asking<'_>) -> NameSet {
        let position = node.way.iter().position(|step| step.scope == consent.scope);
        // Operators do what they have, and hand out nothing by licence.
        let is_asked = matches!(asking.layer, Layer::Own | Layer::Reach);
        match position {
            Some(position) if is_asked && consent.holds(asking.time) => {
                let flow = self.flow_from(node, position, asking.world);
                self.register.set(&consent.mask).intersection(flow)
            }
            _ => NameSet::NONE,
        }
    }

    /// All ceilings at a scope that a world does not lift.
    fn ceiling_at(&self, node: &Node<'_>, world: &World<'_>) -> NameSet {
        let host = if world.organization_ceiling { self.register.full() } else { self.ceiling };
        if world.ceilings.is_none() {
            return node.ceiling.intersection(host);
        }
        let kept = node.way.iter().filter(|step| !world.ceilings.has(&step.scope));
        kept.fold(host, |ceiling, step| ceiling.intersection(step.ceiling))
    }

    /// What flows from one scope on the way to a scope down to there (D4).
    fn flow_from(&self, node: &Node<'_>, position: usize, world: &World<'_>) -> NameSet {
        let below = node.way.iter().skip(position.saturating_add(1));
        let kept = below.filter(|step| !world.masks.has(&step.scope));
        kept.fold(self.register.full(), |flow, step| flow.intersection(step.inherits))
    }

    /// What flows down to the place from where a claim was made, if the claim acts there at that
    /// time (D3, D4, D7).
    fn acts(&self, claim: &Claim<'_>, node: &Node<'_>, asking: &Asking<'_>) -> Option<NameSet> {
        if asking.without.contains(&claim.assignment.id)
            || claim.starts.is_some_and(|starts| asking.time < starts)
            || claim.ends.is_some_and(|ends| ends <= asking.time)
        {
            return None;
        }
        let world = asking.world;
        let carried =
            if claim.is_allow() { &world.labels_for_allows } else { &world.labels_for_denies };
        let position = touches(claim, node, asking.place, |label| carried.has(&label))?;
        if world.masks.is_none() {
            return Some(node.flow_from(position));
        }
        Some(self.flow_from(node, position, world))
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
        let party = Party::Bounder(id);
        let is_let_in =
            |holding: &Holding<'_>| holding.is_active || asking.world.lifts_limits_of(id).is_some();
        match self.holding(Holder::SubAccount(id)) {
            Some(holding) if is_let_in(&holding) => {
                // Leaving assignments aside is a question about one holder, not about its bounder.
                // What a holder could hand out is bounded by all that the other reaches, whether
                // by licence or not.
                let layer = match asking.layer {
                    Layer::Licences => Layer::Reach,
                    layer => layer,
                };
                let asking = Asking {
                    layer,
                    party,
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

/// Where on the way to a scope a claim was made, if it reaches the place at any time (D3). The
/// closure says which labels count as carried by every scope.
pub(super) fn touches(
    claim: &Claim<'_>,
    node: &Node<'_>,
    place: Place,
    is_carried: impl Fn(&Label) -> bool,
) -> Option<usize> {
    let position = node.way.iter().position(|step| step.scope == claim.assignment.scope)?;
    let mut way = node.way.iter().skip(position);
    let reaches = match &claim.assignment.reach {
        Reach::Subtree => true,
        Reach::Here => place == Place::At(claim.assignment.scope),
        Reach::Labelled(label) => is_carried(label) || way.any(|step| step.labels.contains(label)),
    };
    reaches.then_some(position)
}
