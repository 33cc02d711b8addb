//! Limits: everything that can keep a permission from a sub-account, and how each check treats it.
//!
//! A limit that can go away without a check must not excuse a gain: a permission that was assigned
//! behind the limit becomes effective as soon as the limit goes. So a gain is checked under several
//! combinations of lifted limits:
//!
//! - **Filters** cut a result: `(allows - denies) & filter`. A gain that exists with a filter
//!   exists without it, so a filter is simply lifted. If the change itself raises the filter, the
//!   change is also checked with the filter kept.
//! - **Path limits** cut one assignment. If the same permission comes by another assignment,
//!   lifting a path limit can hide a gain as well as show one, so the change is checked both ways.
//!
//! [`Limit::treatment`] is the table. A new limit does not compile before it has a row there.

/// A reason why a permission that an allow gives is not effective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// The ceiling of the organization, which the host sets.
    OrganizationCeiling,
    /// The ceiling of a workspace or a resource.
    ScopeCeiling,
    /// The boundary of an account.
    Boundary,
    /// A credential that must be renewed.
    CredentialFlag,
    /// A status other than active.
    Status,
    /// An archived workspace.
    Archive,
    /// The end of an account, once it has passed.
    PassedEnd,
    /// The permissions that a scope does not inherit.
    Mask,
    /// A label that a scope does not carry.
    Label,
    /// A prerequisite that is not effective.
    Prerequisite,
    /// The permissions that the owner of a service does not have.
    ServiceBound,
    /// The boundary, status, flag or end of the owner of a service or of a delegator.
    BounderLimits,
    /// The end of an account, while it is in the future.
    FutureEnd,
    /// The period in which an assignment acts.
    Window,
    /// A condition of an assignment.
    Condition,
    /// A deny.
    Deny,
    /// The conditions that every session must meet.
    SecurityPolicy,
}

/// The party for whom a limit is considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Perspective {
    /// The holder that gains (G2), including an actor that raises itself (G4).
    Gainer,
    /// The actor or the inviter, who must cover the gain.
    Actor,
    /// Both sides of a rank comparison (G3), I2, I5, and the recognition of owners.
    Standing,
    /// The reported impact of a change.
    Impact,
}

/// How a limit is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// The limit applies.
    Kept,
    /// The limit is ignored.
    Lifted,
    /// The limit is ignored; if the change raises it, the change is also checked with the limit
    /// applied.
    LiftedUnlessRaised,
    /// The change is checked with the limit and without it.
    BothWays,
    /// As for the gainer in the same combination.
    AsForGainer,
}

impl Limit {
    /// Every limit.
    pub(crate) const ALL: [Self; 17] = [
        Self::OrganizationCeiling,
        Self::ScopeCeiling,
        Self::Boundary,
        Self::CredentialFlag,
        Self::Status,
        Self::Archive,
        Self::PassedEnd,
        Self::Mask,
        Self::Label,
        Self::Prerequisite,
        Self::ServiceBound,
        Self::BounderLimits,
        Self::FutureEnd,
        Self::Window,
        Self::Condition,
        Self::Deny,
        Self::SecurityPolicy,
    ];

    /// The table of K1: how each limit is treated from each perspective.
    pub(crate) const fn treatment(self, perspective: Perspective) -> Treatment {
        use Treatment as T;
        // Gainer, actor, standing, impact.
        let row = match self {
            Self::OrganizationCeiling => [T::Lifted, T::Lifted, T::Lifted, T::Kept],
            Self::ScopeCeiling => [T::LiftedUnlessRaised, T::AsForGainer, T::Kept, T::Kept],
            Self::Boundary => [T::LiftedUnlessRaised, T::Kept, T::Kept, T::Kept],
            Self::CredentialFlag => [T::Lifted, T::Lifted, T::Lifted, T::Lifted],
            // A raised status is checked as a rise: on everything that the account can be.
            Self::Status => [T::LiftedUnlessRaised, T::Lifted, T::Lifted, T::Lifted],
            Self::Archive => [T::LiftedUnlessRaised, T::Lifted, T::Lifted, T::Lifted],
            Self::PassedEnd => [T::LiftedUnlessRaised, T::Kept, T::Kept, T::Kept],
            Self::Mask => [T::BothWays, T::AsForGainer, T::Kept, T::Kept],
            Self::Label => [T::BothWays, T::AsForGainer, T::Kept, T::Kept],
            Self::Prerequisite => [T::BothWays, T::AsForGainer, T::Kept, T::Kept],
            Self::ServiceBound => [T::BothWays, T::Kept, T::Kept, T::Kept],
            Self::BounderLimits => [T::BothWays, T::Kept, T::Kept, T::Kept],
            Self::FutureEnd => [T::Kept, T::Kept, T::Kept, T::Kept],
            Self::Window => [T::Kept, T::Kept, T::Kept, T::Kept],
            Self::Condition => [T::Kept, T::Kept, T::Kept, T::Kept],
            Self::Deny => [T::Kept, T::Kept, T::Kept, T::Kept],
            Self::SecurityPolicy => [T::Lifted, T::Lifted, T::Lifted, T::Lifted],
        };
        let [gainer, actor, standing, impact] = row;
        match perspective {
            Perspective::Gainer => gainer,
            Perspective::Actor => actor,
            Perspective::Standing => standing,
            Perspective::Impact => impact,
        }
    }
}
