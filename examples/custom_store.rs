//! A store of one's own: one file per organization, replaced whole at every change.
//!
//! Simple rather than quick: a commit costs as much as the organization is large. What makes it right is short: a lock
//! that one writer holds, whichever process it is in, and a new file that is whole and synced before it takes the place
//! of the old one. The conformance suite runs on it in `tests/store/custom.rs`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};
use tenantry::model::record::{
    Checkpoint, Commit, Digest, Login, PersonalRow, Purpose, Record, Revision,
};
use tenantry::store::{Records, Store, StoreError, Stored};
use tenantry::{CommitId, OrganizationId, PersonalId};

/// Keeps organizations in a folder.
#[derive(Debug)]
pub struct FolderStore {
    folder: PathBuf,
}

/// What is in an organization's file.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    revision: u64,
    checkpoint: Option<(u64, Vec<u8>)>,
    /// The records that are not archived: the last ones, up to the revision.
    records: BTreeMap<u64, Vec<u8>>,
    /// What became of every commit id: its revision, and the digest of its record.
    commits: BTreeMap<CommitId, (u64, Digest)>,
    personal: BTreeMap<PersonalId, PersonalRow>,
}

/// Nothing was written yet, so the caller may try again later.
fn unavailable(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(error.into())
}

fn revision(number: u64) -> Option<Revision> {
    std::num::NonZeroU64::new(number).map(Revision::new)
}

fn record((number, bytes): (&u64, &Vec<u8>)) -> Option<Record> {
    Some(Record { revision: revision(*number)?, bytes: bytes.clone().into() })
}

impl FolderStore {
    /// A store in this folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if it cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(unavailable)?;
        Ok(Self { folder })
    }

    fn file(&self, organization: OrganizationId) -> PathBuf {
        self.folder.join(format!("{organization}.json"))
    }

    /// No lock: a file is whole, and another one takes its place in one step.
    fn read(&self, organization: OrganizationId) -> Result<Option<Kept>, StoreError> {
        match fs::read(self.file(organization)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unavailable(error)),
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| StoreError::Corrupt(error.into()))
            }
        }
    }

    /// Changes one organization while nobody else does. `change` says whether there is anything to be written.
    fn change<T>(
        &self,
        organization: OrganizationId,
        change: impl FnOnce(&mut Kept) -> Result<(T, bool), StoreError>,
    ) -> Result<T, StoreError> {
        let lock = File::create(self.folder.join("lock")).map_err(unavailable)?;
        lock.lock().map_err(unavailable)?; // until the file is dropped, or the process dies
        let mut kept = self.read(organization)?.unwrap_or_default();
        let (answer, is_changed) = change(&mut kept)?;
        if is_changed {
            let bytes =
                serde_json::to_vec(&kept).map_err(|error| StoreError::Backend(error.into()))?;
            let draft = self.folder.join("draft");
            let mut file = File::create(&draft).map_err(unavailable)?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(unavailable)?;
            // From here on it may have happened whatever the answer is.
            fs::rename(&draft, self.file(organization))
                .and_then(|()| File::open(&self.folder)?.sync_all())
                .map_err(|error| StoreError::OutcomeUnknown(error.into()))?;
        }
        Ok(answer)
    }

    /// When a file last took another's place.
    fn changed(&self) -> Result<SystemTime, StoreError> {
        fs::metadata(&self.folder).and_then(|folder| folder.modified()).map_err(unavailable)
    }
}

impl Store for FolderStore {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        Ok(self.read(organization)?.map(|kept| {
            let start = kept.checkpoint.as_ref().map_or(0, |(number, _)| *number);
            let records = kept.records.range(start + 1..).filter_map(record).collect();
            let personal = kept.personal.into_values().collect();
            let checkpoint = kept.checkpoint.and_then(|(number, bytes)| {
                Some(Checkpoint { organization, revision: revision(number)?, bytes: bytes.into() })
            });
            Stored { checkpoint, tail: Records { records, personal } }
        }))
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        let (makes, digest) = (commit.expected.makes(), Digest::of([&*commit.record]));
        self.change(commit.organization, |kept| {
            match kept.commits.get(&commit.id) {
                Some(known) if *known == (makes.number(), digest) => return Ok((makes, false)),
                Some(_) => return Err(StoreError::CommitIdReused),
                None => {}
            }
            // It expects the revision before the one that it makes, and the first one expects none, which is 0 here.
            if kept.revision + 1 != makes.number() {
                return Err(StoreError::Conflict { actual: revision(kept.revision) });
            }
            kept.revision = makes.number();
            kept.records.insert(kept.revision, commit.record.to_vec());
            kept.commits.insert(commit.id, (kept.revision, digest));
            kept.personal.extend(commit.personal.iter().map(|row| (row.id(), row.clone())));
            kept.personal.retain(|id, _| !commit.erase.contains(id));
            Ok((makes, true))
        })
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        let Some(kept) = self.read(organization)? else { return Ok(Records::default()) };
        let archived = kept.revision - kept.records.len() as u64;
        if let Some(through) = revision(archived)
            && after < through
        {
            return Err(StoreError::Archived { through });
        }
        let later = kept.records.range(after.next().number()..).take(limit);
        let records = later.filter_map(record).collect();
        Ok(Records { records, personal: kept.personal.into_values().collect() })
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        let present = |id| Ok(self.read(id)?.and_then(|kept| revision(kept.revision)));
        organizations.iter().copied().map(present).collect()
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let number = checkpoint.revision.number();
        self.change(checkpoint.organization, |kept| {
            if kept.revision < number {
                return Err(StoreError::Conflict { actual: revision(kept.revision) });
            }
            let is_newest = kept.checkpoint.as_ref().is_none_or(|(newest, _)| *newest <= number);
            if is_newest {
                kept.checkpoint = Some((number, checkpoint.bytes.to_vec()));
            }
            Ok(((), is_newest))
        })
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.change(organization, |kept| {
            if kept.checkpoint.as_ref().is_none_or(|(newest, _)| *newest < through.number()) {
                return Err(StoreError::Conflict { actual: revision(kept.revision) });
            }
            kept.records.retain(|number, _| *number > through.number());
            Ok(((), true))
        })
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(unavailable)? {
            let name = entry.map_err(unavailable)?.file_name().into_string();
            let name = name.as_deref().unwrap_or_default();
            found.extend(
                name.strip_suffix(".json").and_then(|id| id.parse::<OrganizationId>().ok()),
            );
        }
        found.retain(|id| Some(*id) > after);
        found.sort_unstable();
        found.truncate(limit);
        Ok(found)
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        let is_it =
            |row: &PersonalRow| row.purpose() == Purpose::Login && row.value() == login.as_str();
        let mut found = Vec::new();
        for id in self.organizations(None, usize::MAX)? {
            let kept = self.read(id)?.unwrap_or_default();
            found.extend(kept.personal.values().any(is_it).then_some(id));
        }
        Ok(found)
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.change(organization, |kept| {
            let gone = personal.iter().filter(|id| kept.personal.remove(id).is_some()).count();
            Ok(((), gone > 0))
        })
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        let (start, before) = (Instant::now(), self.changed()?);
        while start.elapsed() < timeout && self.changed()? == before {
            std::thread::sleep(Duration::from_millis(10).min(timeout));
        }
        Ok(())
    }
}

/// A service that keeps its organizations like this, stopped and started again.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use tenantry::{Catalog, Directory, SystemRole};

    bitflags::bitflags! {
        #[derive(Debug, Clone, Copy)]
        struct Permission: u64 {
            const VIEW = 1 << 0;
            const ADMINISTER = 1 << 1;
        }
    }
    const OWNER: SystemRole = SystemRole::new("owner");
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()?;
    let folder = std::env::temp_dir().join(format!("tenantry-{}", std::process::id()));
    let lin = "lin@acme.example".parse()?;

    let directory = Directory::with_store(catalog.clone(), FolderStore::open(&folder)?);
    let acme = directory.create_organization("Acme", &lin)?;
    let support =
        directory.system("setup").administer(acme.organization).create_workspace("Support")?;
    drop(directory);

    let store = FolderStore::open(&folder)?;
    println!("{lin} is found in {:?}", store.organizations_of(&lin)?);
    let directory = Directory::with_store(catalog, store);
    let snapshot = directory.snapshot(acme.organization)?;
    println!("after a restart Acme is at revision {}", snapshot.revision());
    let decision = snapshot.check(acme.owner, Permission::VIEW, support);
    println!("may {lin} view Support? {decision:?}");
    fs::remove_dir_all(&folder)?;
    Ok(())
}
