//! Searches: list the subjects, resources or actions that an evaluation would permit.
//!
//! Specified in "Search APIs". A search returns exactly the entities that
//! [`evaluate`](super::evaluate) permits and that [`ReverseMapping`] names, all at once or in
//! pages.

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
