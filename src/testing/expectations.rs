//! Expectations: a readable access table for tests, with the differences where it does not hold.

use std::fmt;

use crate::access::{Context, Decision, Reason, Snapshot, Target};
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::Scope;
use crate::permission::{Bits, PermissionName, Permissions};

/// Expectations of who may do what in an organization. All are checked; [`verify`](Self::verify)
/// returns those that do not hold.
///
/// Sub-accounts are named by login or id, workspaces by key or id, resources by `("kind", "key")`
/// or id, and the organization by [`Scope::Organization`]. An expectation with an unknown name does
/// not hold.
///
/// ```
/// # use tenantry::messaging::{self, Permission};
/// # use tenantry::testing::{Expectations, Scene};
/// let scene = Scene::builder(messaging::catalog())
///     .workspace("support")
///     .member("wu@acme.example", messaging::SENDER, "support")
///     .build()?;
/// let unmet = Expectations::of(&scene.snapshot()?)
///     .may("wu@acme.example", Permission::SEND_MESSAGES | Permission::RECEIVE_MESSAGES, "support")
///     .may_nowhere("wu@acme.example", Permission::SEND_MESSAGES)
///     .verify()
///     .unwrap_err();
/// assert_eq!(unmet.to_string(), "\
/// 2 of 2 expectations do not hold in Scene at revision 4:
///
/// wu@acme.example at support should have RECEIVE_MESSAGES | SEND_MESSAGES
///   - RECEIVE_MESSAGES: denied, nothing grants it
///
/// wu@acme.example should have SEND_MESSAGES nowhere
///   + SEND_MESSAGES at support
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "expectations do nothing until `verify`"]
pub struct Expectations<P> {
    snapshot: Snapshot<P>,
    context: Context,
    count: usize,
    unmet: Vec<UnmetExpectation>,
}

/// A sub-account, by id or login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubAccountRef {
    /// The sub-account with this id.
    Id(SubAccountId),
    /// The sub-account with this login.
    Login(String),
}

/// A scope, by id or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeRef {
    /// This scope.
    Scope(Scope),
    /// The workspace with this key.
    Workspace(String),
    /// The resource of this kind with this key.
    Resource(String, String),
}

/// The expectations that do not hold. `Debug` prints the same as `Display`, so that `unwrap` is
/// readable in a test.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnmetExpectations {
    organization: String,
    revision: u64,
    count: usize,
    expectations: Vec<UnmetExpectation>,
}

/// One expectation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetExpectation {
    /// What was expected, in words.
    pub expected: String,
    /// Permissions that were expected and are denied, with the reason.
    pub missing: Vec<String>,
    /// Permissions that are allowed and were not expected.
    pub unexpected: Vec<String>,
}

impl UnmetExpectations {
    /// The expectations that do not hold, in order.
    pub fn expectations(&self) -> &[UnmetExpectation] {
        &self.expectations
    }
}

impl<P: Permissions> Expectations<P> {
    /// Returns no expectations of an organization yet, in an empty context.
    pub fn of(snapshot: &Snapshot<P>) -> Self {
        let context = Context::new();
        Self { snapshot: snapshot.clone(), context, count: 0, unmet: Vec::new() }
    }

    /// Sets the context of all expectations that follow.
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// Expects that a sub-account has all of `permissions` at a scope.
    pub fn may(
        self,
        who: impl Into<SubAccountRef>,
        permissions: P,
        place: impl Into<ScopeRef>,
    ) -> Self {
        let expected = |names: &str| format!("should have {names}");
        self.expect(&who.into(), permissions, &place.into(), expected, |bit, wanted, is_allowed| {
            wanted.holds(bit) && !is_allowed
        })
    }

    /// Expects that a sub-account has none of `permissions` at a scope.
    pub fn may_not(
        self,
        who: impl Into<SubAccountRef>,
        permissions: P,
        place: impl Into<ScopeRef>,
    ) -> Self {
        let expected = |names: &str| format!("should not have {names}");
        self.expect(
            &who.into(),
            permissions,
            &place.into(),
            expected,
            |bit, unwanted, is_allowed| unwanted.holds(bit) && is_allowed,
        )
    }

    /// Expects that a sub-account has exactly `permissions` at a scope.
    pub fn exactly(
        self,
        who: impl Into<SubAccountRef>,
        permissions: P,
        place: impl Into<ScopeRef>,
    ) -> Self {
        let expected = |names: &str| format!("should have exactly {names}");
        self.expect(&who.into(), permissions, &place.into(), expected, |bit, wanted, is_allowed| {
            wanted.holds(bit) != is_allowed
        })
    }

    /// Expects that a sub-account has none of `permissions` at any scope.
    pub fn may_nowhere(self, who: impl Into<SubAccountRef>, permissions: P) -> Self {
        let who = who.into();
        let names = self.names(permissions);
        let expected = format!("{who} should have {names} nowhere");
        let Some(id) = self.find(&who) else { return self.unknown(expected, &who) };
        let mut unexpected = Vec::new();
        let organization = self.snapshot.organization();
        for scope in organization.scopes() {
            for bit in Bits::of(permissions).iter() {
                if self.ask(id, bit, scope.into()).is_allow() {
                    let (name, place) = (self.names(bit.to()), self.reference_to(scope));
                    unexpected.push(format!("{name} at {place}"));
                }
            }
        }
        self.record(UnmetExpectation { expected, missing: Vec::new(), unexpected })
    }

    /// Checks that all expectations hold.
    ///
    /// # Errors
    ///
    /// [`UnmetExpectations`] with every expectation that does not hold.
    pub fn verify(self) -> Result<(), UnmetExpectations> {
        if self.unmet.is_empty() {
            return Ok(());
        }
        let organization = self.snapshot.organization();
        Err(UnmetExpectations {
            organization: organization.profile().name.to_string(),
            revision: organization.revision().number(),
            count: self.count,
            expectations: self.unmet,
        })
    }

    /// Checks every permission of the catalog and of `permissions`. `differs` compares the expected
    /// and the actual decision.
    fn expect(
        self,
        who: &SubAccountRef,
        permissions: P,
        place: &ScopeRef,
        expected: impl Fn(&str) -> String,
        differs: impl Fn(Bits, Bits, bool) -> bool,
    ) -> Self {
        let asked = Bits::of(permissions);
        let expected = format!("{who} at {place} {}", expected(&self.names(permissions)));
        let Some(id) = self.find(who) else { return self.unknown(expected, who) };
        let target = self.target(place);
        if target == Target::UnknownKey {
            return self.unknown(expected, place);
        }
        let (mut missing, mut unexpected) = (Vec::new(), Vec::new());
        let all = Bits::of(self.snapshot.catalog().permissions()).union(asked);
        for bit in all.iter() {
            let decision = self.ask(id, bit, target);
            let name = self.names(bit.to());
            match decision {
                _ if !differs(bit, asked, decision.is_allow()) => {}
                Decision::Allow => unexpected.push(name),
                Decision::Deny(reason) => missing.push(format!("{name}: denied, {reason}")),
            }
        }
        self.record(UnmetExpectation { expected, missing, unexpected })
    }

    fn ask(&self, id: SubAccountId, bit: Bits, target: Target) -> Decision {
        self.snapshot.check_in(&self.context, id, bit.to(), target)
    }

    fn find(&self, who: &SubAccountRef) -> Option<SubAccountId> {
        let id = match who {
            SubAccountRef::Id(id) => Some(*id),
            SubAccountRef::Login(login) => self.snapshot.sub_account(login),
        };
        id.filter(|id| self.snapshot.organization().contains(*id))
    }

    fn target(&self, place: &ScopeRef) -> Target {
        let found = match place {
            ScopeRef::Scope(scope) => Some(*scope),
            ScopeRef::Workspace(key) => self.snapshot.workspace(key).map(Scope::from),
            ScopeRef::Resource(kind, key) => self.snapshot.resource(kind, key).map(Scope::from),
        };
        found.filter(|scope| self.snapshot.organization().contains(*scope)).into()
    }

    /// The scope by its key, or by its id if it has none.
    fn reference_to(&self, scope: Scope) -> ScopeRef {
        let organization = self.snapshot.organization();
        let key = organization.key_of(scope).map(ToString::to_string);
        let place = key.and_then(|key| match scope {
            Scope::Organization => None,
            Scope::Workspace(_) => Some(ScopeRef::Workspace(key)),
            Scope::Resource(id) => {
                let resource = organization.resources().get(&id)?;
                Some(ScopeRef::Resource(resource.kind.to_string(), key))
            }
        });
        place.unwrap_or(ScopeRef::Scope(scope))
    }

    fn names(&self, permissions: P) -> String {
        match self.snapshot.catalog().names(permissions) {
            Ok(names) if names.iter().next().is_none() => "nothing".to_owned(),
            Ok(names) => names.iter().map(PermissionName::as_str).collect::<Vec<_>>().join(" | "),
            Err(unnamed) => unnamed.to_string(),
        }
    }

    fn unknown(self, expected: String, what: &dyn fmt::Display) -> Self {
        let missing = vec![format!("{what}: {}", Reason::UnknownKey)];
        self.record(UnmetExpectation { expected, missing, unexpected: Vec::new() })
    }

    fn record(mut self, result: UnmetExpectation) -> Self {
        self.count += 1;
        if !result.missing.is_empty() || !result.unexpected.is_empty() {
            self.unmet.push(result);
        }
        self
    }
}

impl fmt::Display for UnmetExpectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { organization, revision, count, expectations } = self;
        let unmet = expectations.len();
        writeln!(
            f,
            "{unmet} of {count} expectations do not hold in {organization} at revision {revision}:"
        )?;
        for UnmetExpectation { expected, missing, unexpected } in expectations {
            writeln!(f, "\n{expected}")?;
            missing.iter().try_for_each(|line| writeln!(f, "  - {line}"))?;
            unexpected.iter().try_for_each(|line| writeln!(f, "  + {line}"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for UnmetExpectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SubAccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Login(login) => f.write_str(login),
        }
    }
}

impl fmt::Display for ScopeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(Scope::Organization) => f.write_str("the organization"),
            Self::Scope(Scope::Workspace(id)) => write!(f, "workspace {id}"),
            Self::Scope(Scope::Resource(id)) => write!(f, "resource {id}"),
            Self::Workspace(key) => f.write_str(key),
            Self::Resource(kind, key) => write!(f, "{kind} {key}"),
        }
    }
}

impl From<SubAccountId> for SubAccountRef {
    fn from(id: SubAccountId) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for SubAccountRef {
    fn from(login: &str) -> Self {
        Self::Login(login.to_owned())
    }
}

impl From<Scope> for ScopeRef {
    fn from(scope: Scope) -> Self {
        Self::Scope(scope)
    }
}

impl From<WorkspaceId> for ScopeRef {
    fn from(id: WorkspaceId) -> Self {
        Self::Scope(id.into())
    }
}

impl From<ResourceId> for ScopeRef {
    fn from(id: ResourceId) -> Self {
        Self::Scope(id.into())
    }
}

impl From<&str> for ScopeRef {
    fn from(workspace: &str) -> Self {
        Self::Workspace(workspace.to_owned())
    }
}

impl From<(&str, &str)> for ScopeRef {
    fn from((kind, key): (&str, &str)) -> Self {
        Self::Resource(kind.to_owned(), key.to_owned())
    }
}
