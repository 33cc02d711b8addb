//! The list of organizations: in pages, ordered by id as a number.

use crate::id::OrganizationId;
use crate::model::record::{Expected, Purpose};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;

/// Uses consecutive ids, with no other organization between them, so that every page is known
/// exactly.
pub(super) fn organizations_come_in_pages(backend: &Backend) -> Outcome {
    const COUNT: usize = 9;
    let store = backend.open();
    let before = fixtures::unique_bits() & !0xffff;
    let all: Vec<_> =
        (1..=COUNT as u128).map(|next| OrganizationId::from_u128(before + next)).collect();
    // Created in another order than that of their ids.
    for id in all.iter().rev() {
        fixtures::commit_ok(&*store, &fixtures::first_commit(*id))?;
    }
    for from in 0..COUNT {
        let later = all.get(from..).unwrap_or_default();
        let left = later.len();
        // After these ids, other organizations may follow.
        for limit in [0, 1, 2, left - 1, left].into_iter().filter(|limit| *limit <= left) {
            let after = OrganizationId::from_u128(before + from as u128);
            let page = store.organizations(Some(after), limit).during("organizations")?;
            let expected = later.get(..limit).unwrap_or_default();
            ensure_eq!(page, expected, "up to {limit} organizations after position {from}");
        }
        let after = OrganizationId::from_u128(before + from as u128);
        let page = store.organizations(Some(after), left + 1).during("organizations")?;
        ensure!(
            page.starts_with(later),
            "a page with a larger limit does not start with these organizations"
        );
        ensure!(page.len() <= left + 1, "a page has more than its limit of {}", left + 1);
    }
    let none = store.organizations(None, 0).during("organizations")?;
    ensure_eq!(none, [], "a page of no organizations");
    let first = store.organizations(None, 1).during("organizations")?;
    ensure_eq!(first.len(), 1, "a page of one organization");
    Ok(())
}

pub(super) fn organizations_come_in_order_and_once(backend: &Backend) -> Outcome {
    const PAGE: usize = 500;
    let store = backend.open();
    let mut missing = Vec::new();
    for byte in [0x00, 0x01, 0x20, 0x41, 0x61, 0x7f, 0x80, 0xff] {
        let id = OrganizationId::from_u128(fixtures::unique_bits() >> 8 | byte << 120);
        fixtures::commit_ok(&*store, &fixtures::first_commit(id))?;
        // A second revision does not list it twice.
        fixtures::commit_ok(&*store, &fixtures::commit(id, Expected::At(fixtures::revision(1)?)))?;
        missing.push(id);
    }
    let mut after = None;
    loop {
        let page = store.organizations(after, PAGE).during("organizations")?;
        ensure!(page.len() <= PAGE, "a page of {PAGE} has {} organizations", page.len());
        for id in &page {
            ensure!(Some(*id) > after, "{id} comes after {after:?}: not in the order of ids");
            after = Some(*id);
            missing.retain(|listed| listed != id);
        }
        if page.len() < PAGE {
            break;
        }
    }
    ensure_eq!(missing, [], "organizations that the list leaves out");
    Ok(())
}

pub(super) fn organizations_of_a_login_come_in_order_and_once(backend: &Backend) -> Outcome {
    let store = backend.open();
    let login = fixtures::unique_login("lin");
    let mut ids = Vec::new();
    for byte in [0xff, 0x00, 0x80, 0x7f, 0x41] {
        let id = OrganizationId::from_u128(fixtures::unique_bits() >> 8 | byte << 120);
        let mut commit = fixtures::first_commit(id);
        // Two rows with one value: a login that was given up and taken again.
        commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
        commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
        fixtures::commit_ok(&*store, &commit)?;
        ids.push(id);
    }
    ids.sort_unstable();
    let found =
        store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
    ensure_eq!(found, ids, "the organizations of a login, in order and once each");
    Ok(())
}
