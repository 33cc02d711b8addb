//! The truth: what the store underneath has, read without faults and told again record by record.

use std::collections::BTreeMap;

use serde_json::Value;
use tenantry::model::record::{Chain, PersonalRow, Record, Revision};
use tenantry::model::{Assignee, ChangeSet, Organization, OrganizationStatus, SubAccount};
use tenantry::store::{MemoryStore, Records, Store};
use tenantry::{Directory, OrganizationId, PersonalId, Scope, Status, SubAccountId};

use crate::world::Permission;

/// Everything that one organization ever was.
pub(crate) struct Truth {
    pub(crate) id: OrganizationId,
    /// Every record, those included that were archived since.
    pub(crate) log: Vec<Record>,
    /// Every side row that ever came with a record.
    pub(crate) rows: BTreeMap<PersonalId, PersonalRow>,
    /// The organization at each revision, from the first.
    states: Vec<State>,
    chain: Chain,
}

struct State {
    organization: Organization,
    /// Without side rows, which may be erased at any time and change no revision.
    json: Value,
}

impl Truth {
    pub(crate) fn new(id: OrganizationId) -> Self {
        let chain = Chain::new(id);
        Self { id, log: Vec::new(), rows: BTreeMap::new(), states: Vec::new(), chain }
    }

    /// Reads what the store has beyond what is known, and how many records that was. They have no gap, hang together, and
    /// fit each other.
    pub(crate) fn read(&mut self, store: &MemoryStore) -> usize {
        let mut count = 0;
        loop {
            // One by one, so that the side rows are those of the record.
            let page = match self.chain.revision() {
                Some(after) => store.records(self.id, after, 1).unwrap(),
                None => store.load(self.id).unwrap().unwrap().tail,
            };
            count += page.records.len();
            if page.records.is_empty() {
                return count;
            }
            self.follow(&page);
        }
    }

    fn follow(&mut self, page: &Records) {
        self.rows.extend(page.personal.iter().map(|row| (row.id(), row.clone())));
        for record in &page.records {
            let due = self.chain.revision().map_or(Revision::FIRST, Revision::next);
            assert_eq!(record.revision, due, "revisions have no gaps");
            let (body, chain) = self.chain.clone().follow(record).unwrap();
            let personal = page.personal.clone();
            let set = ChangeSet { time: body.time, changes: body.changes, personal };
            let organization = match self.states.last() {
                None => Organization::create(self.id, &set),
                Some(before) => before.organization.clone().with(&set),
            };
            let organization = organization.unwrap();
            let json = plain(&organization);
            self.states.push(State { organization, json });
            self.log.push(record.clone());
            self.chain = chain;
        }
    }

    pub(crate) fn revision(&self) -> Revision {
        self.chain.revision().unwrap()
    }

    pub(crate) fn head(&self) -> &Organization {
        &self.states.last().unwrap().organization
    }

    pub(crate) fn at(&self, revision: Revision) -> &Organization {
        &self.state(revision).organization
    }

    fn state(&self, revision: Revision) -> &State {
        let number = usize::try_from(revision.number()).unwrap();
        self.states.get(number - 1).expect("a revision that the store never had is answered with")
    }

    /// Asserts that something is exactly the organization of its revision.
    pub(crate) fn assert_is(&self, shown: &Organization) {
        assert_eq!(plain(shown), self.state(shown.revision()).json, "at {}", shown.revision());
    }

    /// Asserts that a directory decides as the nouns of a revision tell.
    pub(crate) fn assert_decides(&self, directory: &Directory<Permission>, revision: Revision) {
        let organization = self.at(revision);
        let workspaces = organization.workspaces().keys().copied().map(Scope::from);
        for scope in workspaces.chain([Scope::Organization]) {
            for who in organization.sub_accounts().values() {
                let decision = directory.check(self.id, who.id, Permission::VIEW, scope);
                let expected = may_view(organization, who, scope);
                assert_eq!(decision.is_allow(), expected, "{decision:?} for {who:?} at {scope:?}");
            }
        }
    }

    /// The side rows of the logins that somebody ever had.
    pub(crate) fn logins(&self, who: SubAccountId) -> impl Iterator<Item = PersonalId> {
        let had = self.states.iter().filter_map(move |it| it.organization.sub_accounts().get(&who));
        had.filter_map(|it| it.login).map(|it| it.id)
    }

    /// Whether a side row is referred to by the organization as it is, or by a record from some revision on.
    pub(crate) fn refers(&self, row: PersonalId, from: Revision) -> bool {
        let says = |text: &str| text.contains(&row.to_string());
        let records = self.log.iter().filter(|record| record.revision >= from);
        let head = &self.states.last().unwrap().json;
        says(&head.to_string())
            || records.into_iter().any(|it| says(&String::from_utf8_lossy(&it.bytes)))
    }
}

fn plain(organization: &Organization) -> Value {
    let mut json = serde_json::to_value(organization).unwrap();
    json.as_object_mut().unwrap().remove("personal");
    json
}

/// Whether somebody may view a scope, told from the nouns alone: every assignment of these stories allows to view.
fn may_view(organization: &Organization, who: &SubAccount, scope: Scope) -> bool {
    let reaches = |of: Scope| of == Scope::Organization || of == scope;
    let mut assignments = organization.assignments().values();
    organization.profile().status == OrganizationStatus::Active
        && who.status == Status::Active
        && assignments.any(|it| it.assignee == Assignee::SubAccount(who.id) && reaches(it.scope))
}
