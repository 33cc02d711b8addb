//! Processes of releases with different permissions, asked by the names of flags.

use std::collections::BTreeMap;
use std::sync::Arc;

use tenantry::catalog::CatalogDocument;
use tenantry::directory::{CatalogStanding, CommitError};
use tenantry::model::record::Digest;
use tenantry::store::MemoryStore;
use tenantry::{
    Action, Catalog, Context, Decision, Directory, Organization, OrganizationId, Permissions,
    Scope, SubAccountId,
};

macro_rules! release {
    ($($(#[$doc:meta])* $name:ident: $bits:ty { $($flag:ident = $bit:literal)* })*) => {$(
        bitflags::bitflags! {
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub(crate) struct $name: $bits {
                $(const $flag = 1 << $bit;)*
            }
        }
    )*};
}

release! {
    /// The narrowest, with nearly all of its bits taken.
    Low: u8 { A = 6 B = 0 C = 3 D = 1 E = 5 F = 2 ADMINISTER = 4 }
    /// Whatever it does not know lies beyond the words in which it is decided.
    Middle: u64 { ADMINISTER = 63 G = 0 C = 1 A = 2 H = 40 B = 5 I = 6 }
    /// Whatever it does not know lies among bits that can be asked for.
    High: u128 { D = 127 H = 0 A = 64 J = 63 C = 65 K = 1 ADMINISTER = 100 E = 99 }
    /// Knows all that there is: what the others are compared with.
    Complete: u32 { A = 0 B = 1 C = 2 D = 3 E = 4 F = 5 G = 6 H = 7 I = 8 J = 9 K = 10 ADMINISTER = 11 }
}

/// The flags of a release, in their order.
pub(crate) fn flags<P: Permissions>() -> Vec<&'static str> {
    P::FLAGS.iter().map(bitflags::Flag::name).collect()
}

/// A process, whatever its permissions are.
pub(crate) trait Peer {
    fn flags(&self) -> Vec<&'static str>;
    fn own(&self) -> &CatalogDocument;
    fn fingerprint(&self) -> Digest;
    fn organization(&self) -> Organization;
    fn in_force(&self) -> (Digest, CatalogStanding);
    fn check(&self, who: SubAccountId, flag: &str, scope: Scope, context: &Context) -> Decision;
    /// The flags that a listing of permissions has.
    fn permissions(&self, who: SubAccountId, scope: Scope, context: &Context) -> Vec<&'static str>;
    fn verdict(&self, actor: Option<SubAccountId>, action: &Action) -> Result<(), String>;
    fn perform(&self, actor: Option<SubAccountId>, action: &Action) -> Result<(), CommitError>;
    fn adopt(&self) -> Result<(), CommitError>;
    fn refresh(&self);
    fn checkpoint(&self);
    /// Killed, and started again.
    fn restart(&mut self);
}

pub(crate) struct Process<P> {
    directory: Directory<P>,
    store: Arc<MemoryStore>,
    acme: OrganizationId,
}

impl<P: Permissions> Process<P> {
    pub(crate) fn new(
        document: &CatalogDocument,
        store: &Arc<MemoryStore>,
        acme: OrganizationId,
    ) -> Self {
        let catalog = Catalog::<P>::from_document(document.clone()).unwrap();
        let directory = Directory::with_store(catalog, Arc::clone(store));
        Self { directory, store: Arc::clone(store), acme }
    }

    fn admin(&self, actor: Option<SubAccountId>) -> tenantry::Administration<'_, P> {
        match actor {
            Some(id) => self.directory.administer(self.acme, id, &Context::new()),
            None => self.directory.system("host").administer(self.acme),
        }
    }
}

fn flag<P: Permissions>(name: &str) -> P {
    P::FLAGS.iter().find(|it| it.name() == name).map_or(P::empty(), |it| *it.value())
}

impl<P: Permissions> Peer for Process<P> {
    fn flags(&self) -> Vec<&'static str> {
        flags::<P>()
    }

    fn own(&self) -> &CatalogDocument {
        self.directory.catalog().document()
    }

    fn fingerprint(&self) -> Digest {
        self.directory.catalog().fingerprint()
    }

    fn organization(&self) -> Organization {
        self.directory.snapshot(self.acme).unwrap().organization().clone()
    }

    fn in_force(&self) -> (Digest, CatalogStanding) {
        let in_force = self.directory.catalog_in_force(self.acme).unwrap();
        (in_force.fingerprint, in_force.own)
    }

    fn check(&self, who: SubAccountId, name: &str, scope: Scope, context: &Context) -> Decision {
        self.directory.check_in(context, self.acme, who, flag(name), scope)
    }

    fn permissions(&self, who: SubAccountId, scope: Scope, context: &Context) -> Vec<&'static str> {
        let snapshot = self.directory.snapshot(self.acme).unwrap();
        let has = snapshot.subject(who).in_context(context.clone()).permissions(scope);
        flags::<P>().into_iter().filter(|name| has.contains(flag(name))).collect()
    }

    fn verdict(&self, actor: Option<SubAccountId>, action: &Action) -> Result<(), String> {
        self.admin(actor).check(action.clone()).map_err(|error| match error.rule() {
            Some(rule) => rule.to_owned(),
            None => error.to_string(),
        })
    }

    fn perform(&self, actor: Option<SubAccountId>, action: &Action) -> Result<(), CommitError> {
        self.admin(actor).perform([action.clone()]).map(drop)
    }

    fn adopt(&self) -> Result<(), CommitError> {
        self.directory.adopt_catalog(self.acme).map(drop)
    }

    fn refresh(&self) {
        self.directory.refresh(self.acme).unwrap();
    }

    fn checkpoint(&self) {
        self.directory.checkpoint(self.acme).unwrap();
    }

    fn restart(&mut self) {
        let catalog = self.directory.catalog().clone();
        self.directory = Directory::with_store(catalog, Arc::clone(&self.store));
        self.directory.snapshot(self.acme).unwrap();
    }
}

/// The permission of a document that each flag of a process stands for, as the rule says.
pub(crate) fn stands_for<'d>(
    own: &CatalogDocument,
    flags: &[&'static str],
    document: &'d CatalogDocument,
) -> BTreeMap<&'static str, &'d str> {
    let mut found: BTreeMap<&'static str, &'d str> = BTreeMap::new();
    let named = |flag: &str| document.permissions.iter().find(|it| it.name.as_str() == flag);
    for flag in flags {
        found.extend(named(flag).map(|it| (*flag, it.name.as_str())));
    }
    for flag in flags {
        let was = document.permissions.iter().find(|it| it.formerly.contains(*flag));
        let Some(now) = was.filter(|now| !found.values().any(|it| *it == now.name.as_str())) else {
            continue;
        };
        found.entry(flag).or_insert(now.name.as_str());
    }
    for flag in flags.iter().filter(|flag| !found.contains_key(*flag)).copied().collect::<Vec<_>>()
    {
        let own = own.permissions.iter().find(|it| it.name.as_str() == flag);
        let was = |it: &&tenantry::catalog::PermissionDocument| {
            own.is_some_and(|own| own.formerly.contains(&it.name))
                && !found.values().any(|taken| *taken == it.name.as_str())
        };
        let meant: Vec<_> = document.permissions.iter().filter(was).collect();
        if let [meant] = meant[..] {
            found.insert(flag, meant.name.as_str());
        }
    }
    found
}
