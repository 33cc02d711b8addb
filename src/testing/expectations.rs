//! Expectations: who may do what where, and how what is differs from it.

use std::fmt;

use crate::access::{Context, Decision, Reason, Snapshot, Target};
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::Scope;
use crate::permission::{Bits, PermissionName, Permissions};

/// What is expected of an organization. Every line is judged; [`verify`](Self::verify) says which do not hold.
///
/// People are named by login or id, workspaces by key or id, resources by `("kind", "key")` or id, the organization by
/// [`Scope::Organization`]. What is not found is an expectation that does not hold, whatever was expected of it.
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
#[must_use = "expectations that are not verified protect nothing"]
pub struct Expectations<P> {
    snapshot: Snapshot<P>,
    context: Context,
    count: usize,
    unmet: Vec<UnmetExpectation>,
}

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The sub-account with this id.
    Id(SubAccountId),
    /// The sub-account with this login.
    Login(String),
}

/// Which place is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// This scope.
    Scope(Scope),
    /// The workspace with this key.
    Workspace(String),
    /// The resource of this kind with this key.
    Resource(String, String),
}

/// The expectations that do not hold. `Debug` shows what `Display` shows, so that `unwrap` reads well in a test.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct Unmet {
    organization: String,
    revision: u64,
    count: usize,
    expectations: Vec<UnmetExpectation>,
}

/// One expectation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetExpectation {
    /// What was expected.
    pub expected: String,
    /// What is not there though it was expected, and why.
    pub missing: Vec<String>,
    /// What is there though it was not expected.
    pub unexpected: Vec<String>,
}

impl Unmet {
    /// What does not hold, in the order in which it was expected.
    pub fn expectations(&self) -> &[UnmetExpectation] {
        &self.expectations
    }
}

impl<P: Permissions> Expectations<P> {
    /// Nothing is expected of the organization yet; everything is asked in a context that says nothing.
    pub fn of(snapshot: &Snapshot<P>) -> Self {
        let context = Context::new();
        Self { snapshot: snapshot.clone(), context, count: 0, unmet: Vec::new() }
    }

    /// From here on, everything is asked in this context.
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// Expects that somebody has all of `permissions` somewhere.
    pub fn may(self, who: impl Into<Who>, permissions: P, place: impl Into<Place>) -> Self {
        let expected = |names: &str| format!("should have {names}");
        self.expect(&who.into(), permissions, &place.into(), expected, |bit, wanted, is_allowed| {
            wanted.holds(bit) && !is_allowed
        })
    }

    /// Expects that somebody has none of `permissions` somewhere.
    pub fn may_not(self, who: impl Into<Who>, permissions: P, place: impl Into<Place>) -> Self {
        let expected = |names: &str| format!("should not have {names}");
        self.expect(
            &who.into(),
            permissions,
            &place.into(),
            expected,
            |bit, unwanted, is_allowed| unwanted.holds(bit) && is_allowed,
        )
    }

    /// Expects that somebody has `permissions` somewhere and nothing else.
    pub fn exactly(self, who: impl Into<Who>, permissions: P, place: impl Into<Place>) -> Self {
        let expected = |names: &str| format!("should have exactly {names}");
        self.expect(&who.into(), permissions, &place.into(), expected, |bit, wanted, is_allowed| {
            wanted.holds(bit) != is_allowed
        })
    }

    /// Expects that somebody has none of `permissions`, at the organization and everywhere in it.
    pub fn may_nowhere(self, who: impl Into<Who>, permissions: P) -> Self {
        let who = who.into();
        let names = self.names(permissions);
        let expected = format!("{who} should have {names} nowhere");
        let Some(id) = self.find(&who) else { return self.unknown(expected, &who) };
        let mut unexpected = Vec::new();
        let organization = self.snapshot.organization();
        for scope in organization.scopes() {
            for bit in Bits::of(permissions).iter() {
                if self.ask(id, bit, scope.into()).is_allow() {
                    let (name, place) = (self.names(bit.to()), self.called(scope));
                    unexpected.push(format!("{name} at {place}"));
                }
            }
        }
        self.note(UnmetExpectation { expected, missing: Vec::new(), unexpected })
    }

    /// Whether all of it holds.
    ///
    /// # Errors
    ///
    /// [`Unmet`] with every expectation that does not.
    pub fn verify(self) -> Result<(), Unmet> {
        if self.unmet.is_empty() {
            return Ok(());
        }
        let organization = self.snapshot.organization();
        Err(Unmet {
            organization: organization.profile().name.to_string(),
            revision: organization.revision().number(),
            count: self.count,
            expectations: self.unmet,
        })
    }

    /// Judges every permission of the catalog, and every one that was asked for; `differs` says whether what is allowed is
    /// not what was expected.
    fn expect(
        self,
        who: &Who,
        permissions: P,
        place: &Place,
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
        self.note(UnmetExpectation { expected, missing, unexpected })
    }

    fn ask(&self, id: SubAccountId, bit: Bits, target: Target) -> Decision {
        self.snapshot.check_in(&self.context, id, bit.to(), target)
    }

    fn find(&self, who: &Who) -> Option<SubAccountId> {
        let id = match who {
            Who::Id(id) => Some(*id),
            Who::Login(login) => self.snapshot.sub_account(login),
        };
        id.filter(|id| self.snapshot.organization().contains(*id))
    }

    fn target(&self, place: &Place) -> Target {
        let found = match place {
            Place::Scope(scope) => Some(*scope),
            Place::Workspace(key) => self.snapshot.workspace(key).map(Scope::from),
            Place::Resource(kind, key) => self.snapshot.resource(kind, key).map(Scope::from),
        };
        found.filter(|scope| self.snapshot.organization().contains(*scope)).into()
    }

    /// What the host calls a scope.
    fn called(&self, scope: Scope) -> Place {
        let organization = self.snapshot.organization();
        let key = organization.key_of(scope).map(ToString::to_string);
        let place = key.and_then(|key| match scope {
            Scope::Organization => None,
            Scope::Workspace(_) => Some(Place::Workspace(key)),
            Scope::Resource(id) => {
                let resource = organization.resources().get(&id)?;
                Some(Place::Resource(resource.kind.to_string(), key))
            }
        });
        place.unwrap_or(Place::Scope(scope))
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
        self.note(UnmetExpectation { expected, missing, unexpected: Vec::new() })
    }

    fn note(mut self, judged: UnmetExpectation) -> Self {
        self.count += 1;
        if !judged.missing.is_empty() || !judged.unexpected.is_empty() {
            self.unmet.push(judged);
        }
        self
    }
}

impl fmt::Display for Unmet {
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

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Login(login) => f.write_str(login),
        }
    }
}

impl fmt::Display for Place {
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

impl From<SubAccountId> for Who {
    fn from(id: SubAccountId) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for Who {
    fn from(login: &str) -> Self {
        Self::Login(login.to_owned())
    }
}

impl From<Scope> for Place {
    fn from(scope: Scope) -> Self {
        Self::Scope(scope)
    }
}

impl From<WorkspaceId> for Place {
    fn from(id: WorkspaceId) -> Self {
        Self::Scope(id.into())
    }
}

impl From<ResourceId> for Place {
    fn from(id: ResourceId) -> Self {
        Self::Scope(id.into())
    }
}

impl From<&str> for Place {
    fn from(workspace: &str) -> Self {
        Self::Workspace(workspace.to_owned())
    }
}

impl From<(&str, &str)> for Place {
    fn from((kind, key): (&str, &str)) -> Self {
        Self::Resource(kind.to_owned(), key.to_owned())
    }
}
