//! Checkpoints: loading starts from the newest, which never goes back.

use crate::model::record::Expected;
use crate::store::conformance::backend::Backend;
use crate::store::conformance::draw;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::error::StoreError;

pub(super) fn loading_starts_from_the_checkpoint(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 4)?;
    ensure_eq!(draw::load(&*store, organization)?.checkpoint, None, "a checkpoint nobody made");
    for (number, left) in [(1, &[2, 3, 4][..]), (3, &[4]), (4, &[])] {
        let checkpoint = draw::checkpoint(organization, number)?;
        store.checkpoint(&checkpoint).during("checkpoint")?;
        for handle in [&store, &backend.open()] {
            let stored = draw::load(&**handle, organization)?;
            ensure_eq!(stored.checkpoint.as_ref(), Some(&checkpoint), "the newest checkpoint");
            ensure_eq!(draw::numbers(&stored.tail), left, "the records after checkpoint {number}");
        }
    }
    draw::land(&*store, &draw::commit(organization, Expected::At(draw::revision(4)?)))?;
    let stored = draw::load(&*store, organization)?;
    ensure_eq!(draw::numbers(&stored.tail), [5], "the records after a checkpoint and a commit");
    Ok(())
}

pub(super) fn a_checkpoint_never_goes_back(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 4)?;
    let newest = draw::checkpoint(organization, 3)?;
    store.checkpoint(&newest).during("checkpoint")?;
    for older in [1, 2] {
        let older = draw::checkpoint(organization, older)?;
        ensure_matches!(store.checkpoint(&older), Ok(()), "a checkpoint older than the newest");
        let kept = draw::load(&*store, organization)?.checkpoint;
        ensure_eq!(kept.as_ref(), Some(&newest), "the checkpoint kept after an older one came");
    }
    Ok(())
}

pub(super) fn a_checkpoint_of_the_same_revision_is_replaced(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 2)?;
    for _ in 0..3 {
        let written_anew = draw::checkpoint(organization, 2)?;
        store.checkpoint(&written_anew).during("checkpoint")?;
        let kept = draw::load(&*store, organization)?.checkpoint;
        ensure_eq!(kept, Some(written_anew), "a checkpoint written anew without what was erased");
    }
    Ok(())
}

pub(super) fn a_checkpoint_ahead_of_its_organization_conflicts(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 2)?;
    for ahead in [3, 4, 1 << 40, u64::MAX] {
        ensure_matches!(
            store.checkpoint(&draw::checkpoint(organization, ahead)?),
            Err(StoreError::Conflict { actual: Some(actual) }) if actual.number() == 2,
            "a checkpoint of revision {ahead} at revision 2"
        );
        let kept = draw::load(&*store, organization)?.checkpoint;
        ensure_eq!(kept, None, "the checkpoint kept after one was refused");
    }
    Ok(())
}

pub(super) fn a_checkpoint_leaves_records_and_revision_alone(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = draw::founded(&*store, 4)?;
    let (other, _) = draw::founded(&*store, 2)?;
    store.checkpoint(&draw::checkpoint(organization, 4)?).during("checkpoint")?;
    ensure_eq!(draw::present(&*store, organization)?, Some(4), "the revision after a checkpoint");
    let page = store.records(organization, draw::revision(1)?, 10).during("records")?;
    ensure_eq!(draw::numbers(&page), [2, 3, 4], "the records before a checkpoint");
    let other = draw::load(&*store, other)?;
    ensure_eq!(other.checkpoint, None, "the checkpoint of another organization");
    Ok(())
}
