//! Searches: the subjects, resources or actions for which an evaluation would permit.
//!
//! Specified in "Search APIs". A search is a listing: it returns exactly what
//! [`evaluate`](super::evaluate) permits of everything that [`ReverseMapping`] has a name for, whole or page
//! by page.

mod error;
mod page;
mod pagination;
mod request;
mod response;
mod reverse_mapping;
mod token;

#[expect(clippy::module_inception, reason = "a file is named after what it has")]
mod search;

pub use error::SearchError;
pub use page::PageRequest;
pub use request::{ActionSearch, EntityType, ResourceSearch, SubjectSearch};
pub use response::{PageResponse, SearchResponse};
pub use reverse_mapping::{ResourceType, ReverseMapping};
pub use search::{search_actions, search_resources, search_subjects};
pub use token::PageToken;
