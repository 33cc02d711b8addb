//! Why a catalog was refused.

use crate::catalog::action::AdminAction;
use crate::text::TextError;

/// What is wrong with a catalog.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The document has an unknown format.
    #[error("catalog format {found} is unknown; this release reads format {supported}")]
    IncompatibleFormat {
        /// The format found.
        found: u32,
        /// The format that this release reads.
        supported: u32,
    },
    /// The flags type has no named single-bit flag.
    #[error("the permission type declares no named single-bit flag; declare at least one")]
    NoPermissions,
    /// Two flags have the same bit.
    #[error("the permissions `{first}` and `{second}` are the same bit; give each its own")]
    SharedBit {
        /// The flag declared first.
        first: String,
        /// The other flag.
        second: String,
    },
    /// Bits that no flag names.
    #[error("{place} has the bits {bits:#x}, which no flag names; declare a flag for each bit")]
    UnnamedBits {
        /// Where they are used.
        place: String,
        /// The bits.
        bits: u128,
    },
    /// Not exactly one permission, where one is needed.
    #[error("{place} needs exactly one permission, but got `{given}`")]
    NotOnePermission {
        /// Where it is needed.
        place: String,
        /// The permissions that were given.
        given: String,
    },
    /// A stored catalog has more permissions without a flag than there are free bits.
    #[error(
        "the catalog has {names} permissions without a flag, \
         but only {limit} bits are free for them"
    )]
    TooManyPermissions {
        /// How many permissions have no flag.
        names: usize,
        /// How many bits are free.
        limit: usize,
    },
    /// A permission is defined or named twice.
    #[error("the permission `{0}` is named more than once")]
    DuplicatePermission(String),
    /// An unknown permission.
    #[error("{place} names `{name}`, which is not a permission of this catalog")]
    UnknownPermission {
        /// Where it is named.
        place: String,
        /// The name.
        name: String,
    },
    /// A former name that another permission uses.
    #[error(
        "`{name}` cannot be a former name of `{of}`: \
         it is the name, or a former name, of `{used_by}`"
    )]
    FormerNameInUse {
        /// The former name.
        name: String,
        /// The permission with the former name.
        of: String,
        /// The permission that already uses the name.
        used_by: String,
    },
    /// A permission is its own prerequisite, through others.
    #[error("the permission `{0}` is, through others, a prerequisite of itself")]
    PrerequisiteCycle(String),
    /// A role is defined twice.
    #[error("the role `{0}` is defined more than once")]
    DuplicateRole(String),
    /// A role that is not defined.
    #[error("{place} names the role `{role}`, which is not defined")]
    UnknownRole {
        /// Where it is named.
        place: String,
        /// The role.
        role: String,
    },
    /// A role includes itself, through others.
    #[error("the role `{0}` includes itself, through others")]
    RoleCycle(String),
    /// There is no owner role.
    #[error("there is no owner role; set it with `owner`")]
    NoOwner,
    /// The owner role lacks permissions.
    #[error("the owner role `{role}` lacks {missing}; it must have every permission")]
    OwnerIncomplete {
        /// The role.
        role: String,
        /// The names of the permissions.
        missing: String,
    },
    /// A role is not assignable at a kind of scope where it must be.
    #[error("the role `{role}` must be assignable at {place}")]
    NotAssignable {
        /// The role.
        role: String,
        /// The kind of scope.
        place: &'static str,
    },
    /// An administrative action without a required permission.
    #[error(
        "the administrative action `{0}` requires no permission; \
         name one with `administration` or `requires`"
    )]
    NoRequirement(AdminAction),
    /// A separation-of-duty set with an impossible limit.
    #[error(
        "the duty set `{name}` has {duties} duties and a limit of {limit}; \
         the limit must be at least 2 and at most the number of duties"
    )]
    UselessDutySet {
        /// The set.
        name: String,
        /// How many duties it has.
        duties: usize,
        /// Its limit.
        limit: u32,
    },
    /// A duty or a guardrail that applies to nothing.
    #[error("{0} applies to nothing: it names no permission, no role or no kind of sub-account")]
    EmptyRule(String),
    /// A role with a least number of holders above the largest.
    #[error("the role `{role}` must have at least {at_least} holders but at most {at_most}")]
    EmptyHolders {
        /// The role.
        role: String,
        /// The least number.
        at_least: u32,
        /// The largest number.
        at_most: u32,
    },
    /// The least number of owners is 0.
    #[error("an organization needs at least one owner; set `min_owners` to 1 or more")]
    NoMinimumOfOwners,
    /// An invalid name, title or group.
    #[error("{place}: {error}")]
    Text {
        /// Where it is used.
        place: String,
        /// What is wrong with it.
        #[source]
        error: TextError,
    },
}

/// Bits without a permission in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the bits {bits:#x} are not permissions of the catalog: no flag of the permission type names \
     them, or the catalog in force does not know what they are called"
)]
pub struct UnnamedBits {
    /// The bits.
    pub bits: u128,
}
