//! Limits: everything that can keep a permission from a sub-account, and what each judgement makes
//! of it.
//!
//! A limit that can go away without a judgement must not excuse a gain: whoever plants a
//! permission behind it has it as soon as it goes. So a gain is compared in several *worlds*, in
//! which the limits that can go are lifted, one by one and together:
//!
//! - **Filters** cut a result: `(allows - denies) & filter`. A gain that exists with a filter
//!   exists without it, so a filter is simply lifted. Where the change itself raises the filter, it
//!   is compared as it is, too.
//! - **Path limits** cut one way in. With another way open, lifting a path limit can hide a gain as
//!   well as show one, so the change is compared both ways.
//!
//! [`Limit::treatment`] is the table. A new limit does not build before it has its line.

/// Something that keeps a permission from a sub-account although an allow gives it.
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
    /// What a scope does not inherit.
    Mask,
    /// A label that a scope does not carry.
    Label,
    /// A prerequisite that is not effective.
    Prerequisite,
    /// What the owner of a service does not have.
    ServiceBound,
    /// The boundary, status, flag or end of the owner of a service or of a delegator.
    BounderLimits,
    /// The end of an account that lies ahead.
    FutureEnd,
    /// The time in which an assignment acts.
    Window,
    /// A condition of an assignment.
    Condition,
    /// A deny.
    Deny,
    /// What every session must meet.
    SecurityPolicy,
}

/// For whom or what a limit is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Perspective {
    /// Whoever gains (G2), the actor included when it raises itself (G4).
    Gainer,
    /// The actor or the inviter, whose reach covers a gain.
    Actor,
    /// Both sides of a rank (G3), I2, I5, and who counts as an owner.
    Standing,
    /// What a change is said to come to.
    Impact,
}

/// What is made of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// It limits.
    Kept,
    /// It does not limit.
    Lifted,
    /// It does not limit; where the change raises it, the change is also compared as it is.
    LiftedUnlessRaised,
    /// It limits in one world and does not in another.
    BothWays,
    /// As for the gainer, in the same world.
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

    /// The table of K1: what becomes of each limit on each side.
    pub(crate) const fn treatment(self, side: Perspective) -> Treatment {
        use Treatment as T;
        // Gainer, actor, standing, impact.
        let row = match self {
            Self::OrganizationCeiling => [T::Lifted, T::Lifted, T::Lifted, T::Kept],
            Self::ScopeCeiling => [T::LiftedUnlessRaised, T::AsForGainer, T::Kept, T::Kept],
            Self::Boundary => [T::LiftedUnlessRaised, T::Kept, T::Kept, T::Kept],
            Self::CredentialFlag => [T::Lifted, T::Lifted, T::Lifted, T::Lifted],
            // What raises a status is judged as a rise: by everything that the account can be.
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
        match side {
            Perspective::Gainer => gainer,
            Perspective::Actor => actor,
            Perspective::Standing => standing,
            Perspective::Impact => impact,
        }
    }
}
