//! [`Item`] and [`Listed`]: the items of a listing.

use serde::{Deserialize, Serialize};

/// An item of a listing that includes own ones: whether the check allows for all objects there, or
/// only for those that the sub-account owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed<T> {
    /// The check allows for all objects.
    All(T),
    /// The check allows for objects that the sub-account [owns](crate::Context::ownership) only.
    Own(T),
}

/// The item type of a listing: an id, or [`Listed`] with an id; sealed.
pub trait Item: sealed::Item {}

impl<T: sealed::Item> Item for T {}

mod sealed {
    use crate::access::listing::item::Listed;
    use crate::id::{ResourceId, SubAccountId, WorkspaceId};

    pub trait Item {
        fn of(found: Listed<u128>) -> Self;
    }

    macro_rules! items {
        ($($id:ident)*) => {
            $(
                impl Item for $id {
                    fn of(found: Listed<u128>) -> Self {
                        match found {
                            Listed::All(id) | Listed::Own(id) => Self::from_u128(id),
                        }
                    }
                }
            )*
        };
    }

    items! { WorkspaceId ResourceId SubAccountId }

    impl<T: Item> Item for Listed<T> {
        fn of(found: Listed<u128>) -> Self {
            match found {
                Listed::All(_) => Self::All(T::of(found)),
                Listed::Own(_) => Self::Own(T::of(found)),
            }
        }
    }
}
