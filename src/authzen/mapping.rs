//! Mapping: translates a host's AuthZEN entities to tenantry's.

use crate::access::{Context, Snapshot, Target};
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::properties::Properties;
use crate::authzen::request::EvaluationRequest;
use crate::id::SubAccountId;
use crate::permission::Permissions;

/// Translates the subjects, actions and resources of AuthZEN requests.
///
/// A mapping never decides. It names an account, permissions and a target, and the snapshot decides.
/// In doubt, return `None` or [`Target::UnknownKey`]: both are denied, each with a reason of its
/// own. The sender of the request wrote `properties` and `context`; trust them only as far as the
/// sender.
///
/// [`ByName`](crate::authzen::ByName) is a ready-made mapping for hosts that use tenantry's own
/// names. A mapping can delegate single entities to it.
pub trait Mapping<P: Permissions> {
    /// The sub-account that asks. `None` is denied as
    /// [`UnknownSubAccount`](crate::Reason::UnknownSubAccount).
    fn sub_account(&self, snapshot: &Snapshot<P>, subject: &Subject) -> Option<SubAccountId>;

    /// The permissions that the action requires, all of them. `None` is denied as
    /// [`UnknownPermission`](crate::Reason::UnknownPermission), and the empty set as
    /// [`NothingRequested`](crate::Reason::NothingRequested).
    fn permissions(&self, snapshot: &Snapshot<P>, action: &Action) -> Option<P>;

    /// The scope of the question: the resource if it is registered, otherwise the scope that
    /// contains it. [`Target::UnknownKey`] is denied as [`UnknownKey`](crate::Reason::UnknownKey).
    fn target(&self, snapshot: &Snapshot<P>, resource: &Resource) -> Target;

    /// The known facts of the request: its network, how the session was opened, and whether the
    /// subject owns the resource. Nothing is known by default.
    fn context(&self, snapshot: &Snapshot<P>, request: &EvaluationRequest<'_>) -> Context {
        let _ = (snapshot, request);
        Context::new()
    }
}

/// The attributes of a request or a search.
#[derive(Debug, Clone, Copy)]
pub struct RequestProperties<'a> {
    /// Of the subject, or of the type of subjects in a search.
    pub subject: &'a Properties,
    /// Of the action, if there is one.
    pub action: Option<&'a Properties>,
    /// Of the resource, or of the type of resources in a search.
    pub resource: &'a Properties,
    /// The `context`, if one was sent.
    pub context: Option<&'a Properties>,
}

impl<'a> RequestProperties<'a> {
    /// The attributes of a request.
    pub fn with(request: &'a EvaluationRequest<'_>) -> Self {
        Self {
            subject: &request.subject.properties,
            action: Some(&request.action.properties),
            resource: &request.resource.properties,
            context: request.context.as_deref(),
        }
    }
}
