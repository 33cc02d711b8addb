//! Why a catalog was refused.

use crate::catalog::action::AdminAction;
use crate::text::TextError;

/// What is wrong with a catalog. Nothing is built until all of it is right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A document of a format that this release does not know.
    #[error("catalog format {found} is unknown; this release reads format {supported}")]
    IncompatibleFormat {
        /// The format found.
        found: u32,
        /// The format that this release reads.
        supported: u32,
    },
    /// The flags type declares no named single-bit flag.
    #[error("the permission type declares no named single-bit flag; declare at least one")]
    NoPermissions,
    /// Two flags stand for the same bit.
    #[error("the permissions `{first}` and `{second}` are the same bit; give each its own")]
    SharedBit {
        /// The flag declared first.
        first: String,
        /// The other flag.
        second: String,
    },
    /// Bits were given that are no permissions.
    #[error(
        "{place} holds the bits {bits:#x}, which no flag names; name each as a flag of its own"
    )]
    UnnamedBits {
        /// Where they were given.
        place: String,
        /// The bits.
        bits: u128,
    },
    /// Exactly one permission is needed.
    #[error("{place} needs exactly one permission, `{given}` was given")]
    NotOnePermission {
        /// What needs it.
        place: String,
        /// What was given.
        given: String,
    },
    /// A stored catalog has more permissions beyond those of the flags type than there are bits.
    #[error(
        "the catalog has {names} permissions that no flag stands for, and there are {limit} bits for such"
    )]
    TooManyPermissions {
        /// How many permissions no flag stands for.
        names: usize,
        /// How many bits no flag has.
        limit: usize,
    },
    /// A permission is described or named twice.
    #[error("the permission `{0}` is named more than once")]
    DuplicatePermission(String),
    /// A name stands for no permission.
    #[error("{place} names `{name}`, which is no permission of this catalog")]
    UnknownPermission {
        /// Where the name stands.
        place: String,
        /// The name.
        name: String,
    },
    /// A former name that is in use.
    #[error(
        "`{name}` cannot be a former name of `{of}`: it is the name, or a former name, of `{used_by}`"
    )]
    FormerNameInUse {
        /// The former name.
        name: String,
        /// The permission that was to have had it.
        of: String,
        /// The permission that has it.
        used_by: String,
    },
    /// Permissions that are prerequisites of each other.
    #[error("the permission `{0}` is, through others, a prerequisite of itself")]
    PrerequisiteCycle(String),
    /// A role is defined twice.
    #[error("the role `{0}` is defined more than once")]
    DuplicateRole(String),
    /// A name stands for no system role.
    #[error("{place} names the role `{role}`, which is not defined")]
    UnknownRole {
        /// Where the name stands.
        place: String,
        /// The role.
        role: String,
    },
    /// Roles that include each other.
    #[error("the role `{0}` includes itself, through others")]
    RoleCycle(String),
    /// No owner role.
    #[error("no role is named as the owner's; name one with `owner`")]
    NoOwner,
    /// The owner's role lacks something.
    #[error("the owner's role `{role}` lacks {missing}; an owner holds every permission")]
    OwnerIncomplete {
        /// The role.
        role: String,
        /// The names of what it lacks.
        missing: String,
    },
    /// A role cannot be assigned where it has to be.
    #[error("the role `{role}` must be assignable at {place}")]
    NotAssignable {
        /// The role.
        role: String,
        /// The kind of scope.
        place: &'static str,
    },
    /// An administrative action requires nothing.
    #[error(
        "the administrative action `{0}` requires no permission; name one with `administration` or `requires`"
    )]
    NoRequirement(AdminAction),
    /// A separation-of-duty set that separates nothing.
    #[error(
        "the duty set `{name}` has {duties} duties and a limit of {limit}; the limit is at least 2 and at most the number of duties"
    )]
    UselessDutySet {
        /// The set.
        name: String,
        /// How many duties it has.
        duties: usize,
        /// Its limit.
        limit: u32,
    },
    /// A duty or a guardrail that concerns nothing.
    #[error("{0} names no permission, no role or no kind of sub-account; it would concern nothing")]
    EmptyRule(String),
    /// A range of holders that nothing lies in.
    #[error("the role `{role}` is to have at least {at_least} holders and at most {at_most}")]
    EmptyHolders {
        /// The role.
        role: String,
        /// The least number.
        at_least: u32,
        /// The most.
        at_most: u32,
    },
    /// No owner would be needed.
    #[error("an organization needs at least one owner; set `min_owners` to 1 or more")]
    NoMinimumOfOwners,
    /// A name, a title or a group that is no valid text.
    #[error("{place}: {error}")]
    Text {
        /// Where it stands.
        place: String,
        /// What is wrong with it.
        #[source]
        error: TextError,
    },
}

/// Bits that stand for no permission of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the bits {bits:#x} are no permissions of the catalog: no flag of the permission type names \
     them, or the catalog in force does not know what they are called"
)]
pub struct UnnamedBits {
    /// The bits.
    pub bits: u128,
}
