//! tenantry itself: a directory over its store in memory, and a snapshot of each organization, as a service holds one
//! for a request. A change is an owner's, judged, recorded and committed.

use tenantry::model::{self, ChangeSet};
use tenantry::store::MemoryStore;
use tenantry::{
    AssignmentId, Context, Directory, NewAssignment, OrganizationId, Scope, Snapshot, SubAccountId,
};

use crate::engine::{Assignment, Engine, Facts, Grant};
use crate::workload::{OWNER, Permission, Question, ROLES, Random, catalog, found, founding};

pub struct Tenantry {
    directory: Directory<Permission>,
    organizations: Vec<Organization>,
    snapshots: Vec<Snapshot<Permission>>,
}

struct Organization {
    id: OrganizationId,
    /// Who makes the changes; nobody asks about them.
    owner: SubAccountId,
}

impl Engine for Tenantry {
    const NAME: &'static str = "tenantry";
    const PACKAGE: &'static str = "tenantry";
    type Question = Question;

    /// Puts the records of all organizations into the store.
    fn new(facts: &[Facts]) -> Self {
        let store = MemoryStore::new();
        let mut random = Random(13);
        let organizations = facts
            .iter()
            .map(|facts| {
                let owner = SubAccountId::from_u128(random.id());
                found(&store, facts.organization, founded(facts, owner, &mut random));
                Organization { id: facts.organization, owner }
            })
            .collect();
        let directory = Directory::with_store(catalog(), store);
        Self { directory, organizations, snapshots: Vec::new() }
    }

    /// Reads, parses and compiles what the store has.
    fn load(&mut self, _: &[Facts]) {
        let snapshot = |it: &Organization| self.directory.snapshot(it.id).unwrap();
        self.snapshots = self.organizations.iter().map(snapshot).collect();
    }

    fn question(&self, question: &Question) -> Question {
        *question
    }

    fn check(&mut self, question: &Question) -> bool {
        self.snapshots[question.organization]
            .check(question.sub_account, question.permission, question.workspace)
            .is_allow()
    }

    fn grant(&mut self, Grant { organization, assignment }: &Grant) {
        let Organization { id, owner } = self.organizations[*organization];
        let Assignment { sub_account, workspace, role } = *assignment;
        let administration = self.directory.administer(id, owner, &Context::new());
        let new = NewAssignment::new(sub_account, ROLES[role].0, workspace);
        self.snapshots[*organization] = administration.perform([new]).unwrap();
    }
}

/// The change set that founds an organization, with an owner of its own.
fn founded(facts: &Facts, owner: SubAccountId, random: &mut Random) -> ChangeSet {
    let mut id = || AssignmentId::from_u128(random.id());
    let owns = model::Assignment::allow(id(), owner, OWNER, Scope::Organization);
    let given = facts
        .assignments
        .iter()
        .map(|it| model::Assignment::allow(id(), it.sub_account, ROLES[it.role].0, it.workspace));
    let given: Vec<_> = [owns].into_iter().chain(given).collect();
    founding(&facts.workspaces, facts.accounts.iter().chain([&owner]), given)
}
