//! The commands that change an organization, and the builders of what they create.

#[expect(clippy::module_inception, reason = "one noun, one file")]
pub(super) mod action;
pub(super) mod departure;
pub(super) mod id_source;
pub(super) mod new_assignment;
pub(super) mod new_invitation;
pub(super) mod new_request;
pub(super) mod new_sub_account;
pub(super) mod token;

pub use action::Action;
pub use departure::Departure;
pub use id_source::IdSource;
pub use new_assignment::NewAssignment;
pub use new_invitation::NewInvitation;
pub use new_request::NewRequest;
pub use new_sub_account::NewSubAccount;
pub use token::{ParseTokenError, Token};
