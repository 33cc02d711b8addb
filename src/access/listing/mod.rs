//! Listings: everything for which one check allows (D11).
//!
//! A listing goes through candidates in the order of their ids and decides about each as a check
//! would. `candidates` finds the few sub-accounts or scopes that can be concerned, so that the cost
//! depends on the result and not on the size of the organization. `pages` and `offset_pages`
//! cut results into pages, and `cursor` makes sure that the pages belong together.

mod candidates;
mod cursor;
mod item;
#[cfg(feature = "authzen")]
mod offset_pages;
mod page;
mod pages;

#[expect(clippy::module_inception, reason = "one noun, one file")]
pub(in crate::access) mod listing;

pub use cursor::{Cursor, CursorError, ParseCursorError};
pub use item::{Item, Listed};
pub use listing::Listing;
pub use page::Page;
