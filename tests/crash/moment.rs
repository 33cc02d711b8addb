//! Everything that can be read of a store, so that two stores can be compared.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenantry::model::record::{Login, Purpose, Record, Revision};
use tenantry::store::{MemoryStore, Store, StoreError};

use crate::call::Call;

/// More than any of these tests keeps.
const ALL: usize = 10_000;

/// All that a store answers, about every organization that it has.
pub(crate) fn of(store: &dyn Store) -> Result<Value, StoreError> {
    let mut organizations = Vec::new();
    for id in store.organizations(None, ALL)? {
        let revision = store.revisions(&[id])?;
        let stored = store.load(id)?.unwrap();
        let checkpoint =
            stored.checkpoint.map(|it| json!([it.revision, str::from_utf8(&it.bytes).unwrap()]));
        let mut personal = stored.tail.personal;
        personal.sort_by_key(tenantry::model::PersonalRow::id);
        let logins: BTreeSet<Login> = personal
            .iter()
            .filter(|row| row.purpose() == Purpose::Login)
            .map(|row| row.value().parse().unwrap())
            .collect();
        let mut found = Vec::new();
        for login in &logins {
            found.push(json!([login.as_str(), store.organizations_of(login)?]));
        }
        let history = match store.records(id, Revision::FIRST, ALL) {
            Err(StoreError::Archived { through }) => json!({ "archived": through }),
            records => texts(&records?.records),
        };
        organizations.push(json!({
            "organization": id,
            "revision": revision,
            "checkpoint": checkpoint,
            "tail": texts(&stored.tail.records),
            "personal": personal,
            "logins": found,
            "history": history,
        }));
    }
    Ok(organizations.into())
}

fn texts(records: &[Record]) -> Value {
    records
        .iter()
        .map(|record| json!([record.revision, str::from_utf8(&record.bytes).unwrap()]))
        .collect()
}

/// The reference store after these calls, each of which was answered.
pub(crate) fn after(calls: &[Call]) -> MemoryStore {
    let memory = MemoryStore::new();
    for call in calls {
        call.make(&memory).unwrap();
    }
    memory
}
