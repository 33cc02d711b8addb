//! Two or three processes of random releases over one store, with random commits by each of them.
//!
//! At every revision that it has seen, a process decides exactly as the catalog in force says, or
//! its own, if that is ahead: so whatever a deny, a limit or an edit takes away under the edition in
//! force, no process allows. What sub-accounts may change through it is judged by the same catalog.
//! The catalog in force is that of the highest edition so far, whoever commits.
//!
//! `PROPTEST_CASES` sets how many histories there are.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use tenantry::access::Reference;
use tenantry::catalog::{CatalogDocument, SuccessionError};
use tenantry::directory::{CatalogStanding, CommitError};
use tenantry::model::record::{RecordBody, Revision};
use tenantry::store::{MemoryStore, Store};
use tenantry::{
    Catalog, Context, Decision, Directory, NewResource, OrganizationId, PermissionName, Reason,
    Scope, SubAccountId,
};

use crate::drawing::{Draw, scopes};
use crate::peer::{Complete, High, Low, Middle, Peer, Process, flags, stands_for};
use crate::setup::login;

type Numbers = [u8; 40];

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        cases: cases.unwrap_or(120),
        max_shrink_iters: 1_500,
        ..ProptestConfig::default()
    }
}

struct Machine {
    store: Arc<MemoryStore>,
    acme: OrganizationId,
    people: Vec<SubAccountId>,
    peers: Vec<Box<dyn Peer>>,
    /// Every release there ever was, as the catalog that each of its processes has.
    releases: Vec<Catalog<Complete>>,
    /// Names that are not new any more.
    used: BTreeSet<PermissionName>,
    /// By revision, which of the releases is in force.
    in_force: Vec<usize>,
}

impl Machine {
    fn new(numbers: &Numbers) -> Self {
        let store = Arc::new(MemoryStore::new());
        let (mut draw, mut used) = (Draw(numbers.iter()), BTreeSet::new());
        let document = draw.document(None, 1, &flags::<Low>(), &mut used);
        let catalog = Catalog::<Low>::from_document(document.clone()).unwrap();
        let directory = Directory::with_store(catalog, Arc::clone(&store));
        let founded = directory.create_organization("Acme", &login("lin")).unwrap();
        let acme = founded.organization;
        let host = directory.system("host");
        let host = host.administer(acme);
        let members = ["mo", "bo", "cy"].map(|name| host.create_member(&login(name)).unwrap());
        let service = host.create_service(members[0]).unwrap();
        let support = host.create_workspace("Support").unwrap();
        host.create_resource(&NewResource::new("inbox", support)).unwrap();
        let (team, all) =
            (host.create_team("Team").unwrap(), host.create_team("Complete").unwrap());
        host.move_team(team, Some(all)).unwrap();
        host.add_to_team(members[1], team).unwrap();
        for member in &members[..2] {
            let everything = directory.catalog().permissions().iter();
            let held = everything.filter(|_| !draw.once_in(3)).fold(Low::ADMINISTER, |a, b| a | b);
            host.grant(*member, held, Scope::Organization).unwrap();
        }
        let revisions = directory.snapshot(acme).unwrap().revision().number();
        let people = [founded.owner, members[0], members[1], members[2], service].to_vec();
        let first = Box::new(Process::<Low>::new(&document, &store, acme));
        let in_force = (0..=revisions).map(|_| 0).collect();
        let releases = vec![Catalog::from_document(document).unwrap()];
        Self { store, acme, people, peers: vec![first], releases, used, in_force }
    }

    /// A process of a new release takes the place of another, or is one more.
    fn deploy(&mut self, document: CatalogDocument, release: usize, draw: &mut Draw<'_>) {
        let (store, acme) = (&self.store, self.acme);
        let peer: Box<dyn Peer> = match release {
            0 => Box::new(Process::<Low>::new(&document, store, acme)),
            1 => Box::new(Process::<Middle>::new(&document, store, acme)),
            _ => Box::new(Process::<High>::new(&document, store, acme)),
        };
        self.releases.push(Catalog::from_document(document).unwrap());
        peer.refresh();
        if self.peers.len() < 3 {
            self.peers.push(peer);
        } else {
            let place = draw.below(3);
            self.peers[place] = peer;
        }
    }

    fn step(&mut self, numbers: &Numbers) -> Result<(), TestCaseError> {
        let mut draw = Draw(numbers.iter());
        let number = draw.below(self.peers.len());
        let highest = self.releases.iter().map(Catalog::edition).max().unwrap_or(0);
        match draw.below(20) {
            0 => self.peers[number].restart(),
            1 => self.peers[number].checkpoint(),
            2..=4 => self.peers[number].refresh(),
            5 => {
                let peer = &self.peers[number];
                let outcome = peer.adopt();
                let (_, standing) = peer.in_force();
                match (outcome, standing) {
                    (Ok(()), CatalogStanding::InForce) => self.landed(number, true)?,
                    (Err(CommitError::Catalog(why)), CatalogStanding::Behind(is)) if why == is => {}
                    (outcome, standing) => prop_assert!(false, "{outcome:?} and {standing:?}"),
                }
            }
            // The next release, the same edition once more, or an earlier content as the next.
            what @ 6..=8 => {
                let release = draw.below(3);
                let known = match release {
                    0 => flags::<Low>(),
                    1 => flags::<Middle>(),
                    _ => flags::<High>(),
                };
                let edition = if what == 8 { highest } else { highest + 1 };
                let mut used = self.used.clone();
                let latest = self.releases.last().map(|it| it.document().clone());
                let document = draw.document(latest.as_ref(), edition, &known, &mut used);
                self.used = used;
                self.deploy(document, release, &mut draw);
            }
            9 => {
                let mut document = self.peers[number].own().clone();
                document.edition = highest + 1;
                let names: BTreeSet<_> = self.peers[number].flags().into_iter().collect();
                let release = [flags::<Low>(), flags::<Middle>(), flags::<High>()];
                let is_it =
                    |flags: &Vec<_>| flags.iter().copied().collect::<BTreeSet<_>>() == names;
                let release = release.iter().position(is_it).unwrap();
                self.deploy(document, release, &mut draw);
            }
            what => self.change(number, what, &mut draw)?,
        }
        for peer in 0..self.peers.len() {
            self.judge(peer, &mut draw)?;
        }
        Ok(())
    }

    /// The release by which a process decides.
    fn decides_by(&self, peer: usize) -> Result<usize, TestCaseError> {
        let peer = &self.peers[peer];
        let revision = peer.organization().revision().number();
        let there = self.in_force[usize::try_from(revision).unwrap()];
        let edition = self.releases[there].edition();
        let own = self.releases.iter().position(|it| it.fingerprint() == peer.fingerprint());
        let own = own.unwrap();
        let (fingerprint, standing) = peer.in_force();
        let expected = match &standing {
            CatalogStanding::InForce => {
                prop_assert_eq!(own, there);
                own
            }
            CatalogStanding::Ahead => {
                prop_assert!(self.releases[own].edition() > edition);
                own
            }
            CatalogStanding::Behind(why) => {
                let editions = (self.releases[own].edition(), edition);
                prop_assert_ne!(own, there);
                prop_assert!(
                    match why {
                        SuccessionError::Behind { in_force, own } =>
                            (*own, *in_force) == editions && own < in_force,
                        SuccessionError::EditionReused { edition } =>
                            (*edition, *edition) == editions,
                        SuccessionError::NameRetired { .. } => editions.0 > editions.1,
                        _ => false,
                    },
                    "{why:?} of {editions:?}"
                );
                there
            }
            standing => return Err(TestCaseError::fail(format!("{standing:?}"))),
        };
        prop_assert_eq!(fingerprint, self.releases[expected].fingerprint());
        Ok(expected)
    }

    /// Notes which catalog is in force from the revision on that a process has just made.
    fn landed(&mut self, peer: usize, is_adopted: bool) -> Result<(), TestCaseError> {
        let organization = self.peers[peer].organization();
        let revision = usize::try_from(organization.revision().number()).unwrap();
        // What changes nothing makes no revision.
        if revision == self.in_force.len() - 1 {
            return Ok(());
        }
        prop_assert_eq!(revision, self.in_force.len());
        let before = Revision::new(NonZeroU64::new(organization.revision().number() - 1).unwrap());
        let records = self.store.records(self.acme, before, 1).unwrap().records;
        let body = RecordBody::decode(&records[0].bytes).unwrap();
        let by = self.releases.iter().position(|it| it.fingerprint() == body.catalog).unwrap();
        let was = *self.in_force.last().unwrap();
        let is_higher = self.releases[by].edition() > self.releases[was].edition();
        prop_assert!(by == was || is_higher, "{} after {}", by, was);
        prop_assert_eq!(body.changes.is_empty(), is_adopted);
        self.in_force.push(by);
        Ok(())
    }

    /// Somebody changes something through a process, which may not have seen the latest.
    fn change(
        &mut self,
        number: usize,
        what: usize,
        draw: &mut Draw<'_>,
    ) -> Result<(), TestCaseError> {
        let is_fresh = what.is_multiple_of(2);
        let peer = &self.peers[number];
        if is_fresh {
            peer.refresh();
        }
        let organization = peer.organization();
        let by = self.decides_by(number)?;
        let action = draw.action(&organization, self.releases[by].document());
        let actor = match what {
            10 | 11 => None,
            12..=15 => draw.one(&self.people),
            _ => draw.one(&self.people[1..3]),
        };
        let expected = is_fresh.then(|| {
            // A process of that very release, with all permissions.
            let document = self.releases[by].document();
            Process::<Complete>::new(document, &self.store, self.acme).verdict(actor, &action)
        });
        if let Some(expected) = &expected {
            prop_assert_eq!(&peer.verdict(actor, &action), expected, "{:?} by {:?}", action, actor);
        }
        let outcome = peer.perform(actor, &action);
        if let Some(expected) = &expected {
            prop_assert_eq!(outcome.is_ok(), expected.is_ok(), "{:?}", outcome);
        }
        if outcome.is_ok() {
            self.landed(number, false)?;
        }
        Ok(())
    }

    /// Asks a process, and the reference by the catalog that it must decide by.
    fn judge(&self, number: usize, draw: &mut Draw<'_>) -> Result<(), TestCaseError> {
        let peer = &self.peers[number];
        let catalog = &self.releases[self.decides_by(number)?];
        let organization = peer.organization();
        let reference = Reference::new(&organization, catalog, tenantry::Timestamp::now());
        let flags = peer.flags();
        let stands_for = stands_for(peer.own(), &flags, catalog.document());
        let scopes = scopes(&organization);
        let context = match draw.below(3) {
            0 => Context::new(),
            owned => Context::new().ownership(owned == 1),
        };
        let scope = draw.one(&scopes).unwrap();
        for who in &self.people {
            let mut allowed = Vec::new();
            for flag in &flags {
                let expected = match stands_for.get(flag) {
                    None => Decision::Deny(Reason::UnknownPermission),
                    Some(name) => {
                        let permission = catalog.permission(name).unwrap();
                        reference.check(*who, permission, scope, &context)
                    }
                };
                let decision = peer.check(*who, flag, scope, &context);
                prop_assert_eq!(decision, expected, "{} of {:?} at {:?}", flag, who, scope);
                if expected.is_allow() {
                    allowed.push(*flag);
                }
            }
            prop_assert_eq!(peer.permissions(*who, scope, &context), allowed);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn c2_every_process_decides_by_the_highest_edition_of_the_revision_that_it_has_seen(
        first in any::<Numbers>(),
        steps in vec(any::<Numbers>(), 0..40),
    ) {
        let mut machine = Machine::new(&first);
        for numbers in &steps {
            machine.step(numbers)?;
        }
        for peer in 0..machine.peers.len() {
            machine.peers[peer].refresh();
            machine.judge(peer, &mut Draw([].iter()))?;
        }
    }
}
