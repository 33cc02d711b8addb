//! Which limits a query ignores.

use jiff::Timestamp;

use crate::governance::reach::limits::{Limit, Perspective, Treatment};
use crate::id::SubAccountId;
use crate::model::Scope;
use crate::text::Label;

/// Limits that a query ignores, as if they had gone away.
#[allow(clippy::struct_excessive_bools, reason = "each is one limit and is read by its name")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LiftedLimits<'a> {
    /// Whether the organization's own ceiling is lifted.
    pub(crate) organization_ceiling: bool,
    /// The scopes whose ceilings are lifted.
    pub(crate) ceilings: Selection<Scope>,
    /// The scopes whose masks are lifted.
    pub(crate) masks: Selection<Scope>,
    /// Labels that count as carried by every scope when an allow asks for them.
    pub(crate) labels_for_allows: Selection<&'a Label>,
    /// Labels that count as carried by every scope when a deny asks for them.
    pub(crate) labels_for_denies: Selection<&'a Label>,
    /// Whether archived workspaces count as active.
    pub(crate) archive: bool,
    /// Whether prerequisites are lifted.
    pub(crate) prerequisites: bool,
    /// Whether the boundary of the subject is lifted.
    pub(crate) boundary: bool,
    /// Ends of the subject up to this instant are lifted; `None` lifts no end.
    pub(crate) ends_until: Option<Timestamp>,
    /// Whether the bound of a service by its owner is lifted.
    pub(crate) service_bound: bool,
    /// How the limits of bounding accounts are lifted (boundary, status, flag and passed end);
    /// `None` if they are kept.
    pub(crate) bounder_limits: Option<BounderLimits>,
}

impl LiftedLimits<'_> {
    /// The limits that are lifted from one perspective, before any limit is compared both ways.
    /// Only ends that have passed at `now` can be lifted.
    pub(crate) fn of(perspective: Perspective, now: Option<Timestamp>) -> Self {
        let mut lifted = Self {
            organization_ceiling: false,
            ceilings: Selection::NONE,
            masks: Selection::NONE,
            labels_for_allows: Selection::NONE,
            labels_for_denies: Selection::NONE,
            archive: false,
            prerequisites: false,
            boundary: false,
            ends_until: None,
            service_bound: false,
            bounder_limits: None,
        };
        for limit in Limit::ALL {
            match limit.treatment(perspective) {
                Treatment::Lifted | Treatment::LiftedUnlessRaised => lifted.set(limit, true, now),
                Treatment::Kept | Treatment::BothWays | Treatment::AsForGainer => {}
            }
        }
        lifted
    }

    /// These limits as they apply to the actor, whose own limits are kept.
    pub(crate) fn for_actor(&self, now: Timestamp) -> Self {
        let mut lifted = self.clone();
        for limit in Limit::ALL {
            match limit.treatment(Perspective::Actor) {
                Treatment::Kept => lifted.set(limit, false, Some(now)),
                Treatment::Lifted => lifted.set(limit, true, Some(now)),
                Treatment::AsForGainer | Treatment::BothWays | Treatment::LiftedUnlessRaised => {}
            }
        }
        lifted
    }

    /// Lifts or keeps all limits of one kind.
    fn set(&mut self, limit: Limit, is_lifted: bool, now: Option<Timestamp>) {
        fn all<T: PartialEq>(is_lifted: bool) -> Selection<T> {
            if is_lifted { Selection::ALL } else { Selection::NONE }
        }
        match limit {
            Limit::OrganizationCeiling => self.organization_ceiling = is_lifted,
            Limit::ScopeCeiling => self.ceilings = all(is_lifted),
            Limit::Boundary => self.boundary = is_lifted,
            Limit::PassedEnd => self.ends_until = now.filter(|_| is_lifted),
            Limit::Mask => self.masks = all(is_lifted),
            Limit::Label => {
                self.labels_for_allows = all(is_lifted);
                self.labels_for_denies = all(is_lifted);
            }
            Limit::Prerequisite => self.prerequisites = is_lifted,
            Limit::ServiceBound => self.service_bound = is_lifted,
            Limit::BounderLimits => {
                let lifted = now.map(|now| BounderLimits { except: None, now, kept: None });
                self.bounder_limits = lifted.filter(|_| is_lifted);
            }
            Limit::Archive => self.archive = is_lifted,
            // Views never read the first three, and always read the others.
            Limit::CredentialFlag | Limit::Status | Limit::SecurityPolicy => {}
            Limit::FutureEnd | Limit::Window | Limit::Condition | Limit::Deny => {}
        }
    }

    /// How the limits of a bounding account are lifted; `None` if they are kept.
    pub(crate) fn limits_of_bounder(&self, bounder: SubAccountId) -> Option<BounderLimits> {
        self.bounder_limits.filter(|it| it.except != Some(bounder))
    }
}

/// How the limits of bounding accounts are lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BounderLimits {
    /// The account whose limits are kept: the actor, which can give no more than it has.
    pub(crate) except: Option<SubAccountId>,
    /// Ends up to this instant are lifted.
    pub(crate) now: Timestamp,
    /// The one limit that is kept, because the change raises it; the others are lifted.
    pub(crate) kept: Option<AccountLimit>,
}

/// A limit of one account that a change may raise. A credential flag is none of them: it never
/// excuses a gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountLimit {
    Status,
    Boundary,
    PassedEnd,
}

impl AccountLimit {
    pub(crate) const ALL: [Self; 3] = [Self::Status, Self::Boundary, Self::PassedEnd];
}

impl BounderLimits {
    pub(crate) fn lifts(&self, limit: AccountLimit) -> bool {
        self.kept != Some(limit)
    }
}

/// A subset of the things of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection<T> {
    Only(Vec<T>),
    AllBut(Vec<T>),
}

impl<T: PartialEq> Selection<T> {
    /// None of them.
    pub(crate) const NONE: Self = Self::Only(Vec::new());

    /// All of them.
    pub(crate) const ALL: Self = Self::AllBut(Vec::new());

    pub(crate) fn has(&self, one: &T) -> bool {
        match self {
            Self::Only(these) => these.contains(one),
            Self::AllBut(others) => !others.contains(one),
        }
    }

    pub(crate) const fn is_none(&self) -> bool {
        matches!(self, Self::Only(these) if these.is_empty())
    }
}

impl<T: PartialEq> Selection<T> {
    pub(crate) fn flip(&mut self, one: T) {
        let (Self::Only(list) | Self::AllBut(list)) = self;
        match list.iter().position(|it| *it == one) {
            Some(position) => drop(list.remove(position)),
            None => list.push(one),
        }
    }
}
