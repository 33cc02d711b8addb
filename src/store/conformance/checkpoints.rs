//! Checkpoints: loading starts from the newest, and an older one never replaces it.

use crate::model::record::Expected;
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;
use crate::store::error::StoreError;

pub(super) fn loading_starts_from_the_checkpoint(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 4)?;
    ensure_eq!(
        fixtures::load(&*store, organization)?.checkpoint,
        None,
        "the checkpoint before any was made"
    );
    for (number, left) in [(1, &[2, 3, 4][..]), (3, &[4]), (4, &[])] {
        let checkpoint = fixtures::checkpoint(organization, number)?;
        store.checkpoint(&checkpoint).during("checkpoint")?;
        for handle in [&store, &backend.open()] {
            let stored = fixtures::load(&**handle, organization)?;
            ensure_eq!(stored.checkpoint.as_ref(), Some(&checkpoint), "the newest checkpoint");
            ensure_eq!(
                fixtures::revision_numbers(&stored.tail),
                left,
                "the records after checkpoint {number}"
            );
        }
    }
    fixtures::commit_ok(
        &*store,
        &fixtures::commit(organization, Expected::At(fixtures::revision(4)?)),
    )?;
    let stored = fixtures::load(&*store, organization)?;
    ensure_eq!(
        fixtures::revision_numbers(&stored.tail),
        [5],
        "the records after a checkpoint and a commit"
    );
    Ok(())
}

pub(super) fn a_checkpoint_never_goes_back(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 4)?;
    let newest = fixtures::checkpoint(organization, 3)?;
    store.checkpoint(&newest).during("checkpoint")?;
    for older in [1, 2] {
        let older = fixtures::checkpoint(organization, older)?;
        ensure_matches!(store.checkpoint(&older), Ok(()), "a checkpoint older than the newest");
        let kept = fixtures::load(&*store, organization)?.checkpoint;
        ensure_eq!(kept.as_ref(), Some(&newest), "the checkpoint after an older one was stored");
    }
    Ok(())
}

pub(super) fn a_checkpoint_of_the_same_revision_is_replaced(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 2)?;
    for _ in 0..3 {
        let written_anew = fixtures::checkpoint(organization, 2)?;
        store.checkpoint(&written_anew).during("checkpoint")?;
        let kept = fixtures::load(&*store, organization)?.checkpoint;
        ensure_eq!(
            kept,
            Some(written_anew),
            "a checkpoint replaced by one without the erased data"
        );
    }
    Ok(())
}

pub(super) fn a_checkpoint_ahead_of_its_organization_conflicts(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 2)?;
    for ahead in [3, 4, 1 << 40, u64::MAX] {
        ensure_matches!(
            store.checkpoint(&fixtures::checkpoint(organization, ahead)?),
            Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == 2,
            "a checkpoint of revision {ahead} at revision 2"
        );
        let kept = fixtures::load(&*store, organization)?.checkpoint;
        ensure_eq!(kept, None, "the checkpoint after one was refused");
    }
    Ok(())
}

pub(super) fn a_checkpoint_leaves_records_and_revision_alone(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 4)?;
    let (other, _) = fixtures::create_organization(&*store, 2)?;
    store.checkpoint(&fixtures::checkpoint(organization, 4)?).during("checkpoint")?;
    ensure_eq!(
        fixtures::present_revision(&*store, organization)?,
        Some(4),
        "the revision after a checkpoint"
    );
    let page = store.records(organization, fixtures::revision(1)?, 10).during("records")?;
    ensure_eq!(fixtures::revision_numbers(&page), [2, 3, 4], "the records before a checkpoint");
    let other = fixtures::load(&*store, other)?;
    ensure_eq!(other.checkpoint, None, "the checkpoint of another organization");
    Ok(())
}
