//! Mapping: how a host's AuthZEN entities become tenantry's.

use crate::access::{Context, Snapshot, Target};
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::properties::Properties;
use crate::authzen::request::EvaluationRequest;
use crate::id::SubAccountId;
use crate::permission::Permissions;

/// What the host means by the subjects, actions and resources that its AuthZEN requests name.
///
/// A mapping translates and never decides: what it gives is asked of the snapshot like any other question, and what it
/// does not know is denied with a reason of its own. Where in doubt it gives `None` or [`Target::UnknownKey`], never
/// something wider, and it believes of `properties` and `context` only what it may: whoever sends the request wrote
/// them.
///
/// [`ByName`](crate::authzen::ByName) is a ready-made one, for hosts whose policy enforcement points speak of things by
/// the names that tenantry has for them; a mapping of your own may hand single entities on to it.
pub trait Mapping<P: Permissions> {
    /// The sub-account that asks; `None` is denied as [`UnknownSubAccount`](crate::Reason::UnknownSubAccount).
    fn sub_account(&self, snapshot: &Snapshot<P>, subject: &Subject) -> Option<SubAccountId>;

    /// The permissions that the action needs, all of them; `None` is denied as
    /// [`UnknownPermission`](crate::Reason::UnknownPermission), and none at all as
    /// [`NothingRequested`](crate::Reason::NothingRequested).
    fn permissions(&self, snapshot: &Snapshot<P>, action: &Action) -> Option<P>;

    /// Where the question is asked: at the resource if it is registered, otherwise at the scope that holds it.
    /// [`Target::UnknownKey`] is denied as [`UnknownKey`](crate::Reason::UnknownKey).
    fn target(&self, snapshot: &Snapshot<P>, resource: &Resource) -> Target;

    /// What is known of the request: where it comes from, how the session was opened, and whether the subject owns the
    /// resource. By default nothing.
    fn context(&self, snapshot: &Snapshot<P>, request: &EvaluationRequest<'_>) -> Context {
        let _ = (snapshot, request);
        Context::new()
    }
}

/// The attributes that came with a request or a search, whatever they are about.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Of the subject, or of the type of subjects.
    pub subject: &'a Properties,
    /// Of the action, if there is one.
    pub action: Option<&'a Properties>,
    /// Of the resource, or of the type of resources.
    pub resource: &'a Properties,
    /// Of the circumstances, if any were sent.
    pub context: Option<&'a Properties>,
}

impl<'a> Sent<'a> {
    /// What came with a request.
    pub fn with(request: &'a EvaluationRequest<'_>) -> Self {
        Self {
            subject: &request.subject.properties,
            action: Some(&request.action.properties),
            resource: &request.resource.properties,
            context: request.context.as_deref(),
        }
    }
}
