//! The ready-made mapping for trusted senders.

use std::net::IpAddr;

use serde_json::Value;

use crate::access::{Context, Snapshot, Target};
use crate::authzen::by_name::ByName;
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::mapping::{Mapping, RequestProperties};
use crate::authzen::properties::Properties;
use crate::authzen::request::EvaluationRequest;
use crate::authzen::search::{ResourceType, ReverseMapping};
use crate::id::SubAccountId;
use crate::model::{LoginMethod, Scope};
use crate::permission::Permissions;

/// Maps names as [`ByName`], and reads a [`Context`] from the attributes of the request.
///
/// Only for policy enforcement points that the host has authenticated and that send only verified
/// attributes.
///
/// | where | attribute | what it becomes |
/// | --- | --- | --- |
/// | subject | `ip_address`, a text | [`Context::network`] |
/// | context | `mfa`, a boolean | [`Context::mfa`] |
/// | context | `login_method`, a text | [`Context::login_method`] |
/// | resource | `owned`, a boolean: whether it is the subject's own | [`Context::ownership`] |
///
/// An attribute that is absent or has another type is unknown, and an unknown never allows. The
/// time is always the directory's own, so a sender cannot evade an expiry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrustedMapping;

impl TrustedMapping {
    fn context(properties: RequestProperties<'_>) -> Context {
        let of_context = |key| properties.context.and_then(|context| context.get(key));
        let address =
            text(properties.subject, "ip_address").and_then(|it| it.parse::<IpAddr>().ok());
        let method = of_context("login_method").and_then(Value::as_str);
        let method = method.and_then(|it| it.parse::<LoginMethod>().ok());
        let mut context = Context::new()
            .mfa(of_context("mfa").and_then(Value::as_bool))
            .ownership(properties.resource.get("owned").and_then(Value::as_bool));
        if let Some(address) = address {
            context = context.network(address);
        }
        if let Some(method) = method {
            context = context.login_method(method);
        }
        context
    }
}

fn text<'a>(properties: &'a Properties, key: &str) -> Option<&'a str> {
    properties.get(key).and_then(Value::as_str)
}

impl<P: Permissions> Mapping<P> for TrustedMapping {
    fn sub_account(&self, snapshot: &Snapshot<P>, subject: &Subject) -> Option<SubAccountId> {
        ByName.sub_account(snapshot, subject)
    }

    fn permissions(&self, snapshot: &Snapshot<P>, action: &Action) -> Option<P> {
        ByName.permissions(snapshot, action)
    }

    fn target(&self, snapshot: &Snapshot<P>, resource: &Resource) -> Target {
        ByName.target(snapshot, resource)
    }

    fn context(&self, _: &Snapshot<P>, request: &EvaluationRequest<'_>) -> Context {
        Self::context(RequestProperties::with(request))
    }
}

impl<P: Permissions> ReverseMapping<P> for TrustedMapping {
    fn subject(&self, snapshot: &Snapshot<P>, kind: &str, id: SubAccountId) -> Option<Subject> {
        ByName.subject(snapshot, kind, id)
    }

    fn resource_type(&self, snapshot: &Snapshot<P>, kind: &str) -> Option<ResourceType> {
        ByName.resource_type(snapshot, kind)
    }

    fn resource(&self, snapshot: &Snapshot<P>, kind: &str, scope: Scope) -> Option<Resource> {
        ByName.resource(snapshot, kind, scope)
    }

    fn action(&self, snapshot: &Snapshot<P>, permission: P) -> Option<Action> {
        ByName.action(snapshot, permission)
    }

    fn search_context(&self, _: &Snapshot<P>, properties: RequestProperties<'_>) -> Context {
        Self::context(properties)
    }
}
