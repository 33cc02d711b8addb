//! Ids, logins, records and side rows, byte for byte (S5).

use std::sync::Arc;

use crate::id::{CommitId, OrganizationId, PersonalId};
use crate::model::record::{Expected, Login, PersonalRow, Purpose};
use crate::store::conformance::backend::Backend;
use crate::store::conformance::failure::During;
use crate::store::conformance::failure::Outcome;
use crate::store::conformance::fixtures;

/// Ids that collations, padding, text encodings and narrower integers confuse: a fresh half, then
/// bytes that differ only in case, in a trailing space or zero, in the highest bit, or are not
/// UTF-8.
fn confusable() -> Vec<u128> {
    let fresh = fixtures::unique_bits() << 64;
    let ends: [&[u8; 8]; 12] = [
        b"acme-lin",
        b"ACME-LIN",
        b"Acme-Lin",
        b"acme-li\0",
        b"acme-li ",
        b"acme-l\0\0",
        b"acme-l  ",
        b"acme-%__",
        b"acme-'\"\\",
        b"\0\0\0\0\0\0\0\0",
        b"\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    let low = ends.map(|end| fresh | u128::from(u64::from_be_bytes(*end)));
    // The same ids with the other highest bit: negative where integers are signed.
    low.into_iter().flat_map(|id| [id, id ^ (1 << 127)]).collect()
}

pub(super) fn s5_organizations_are_compared_byte_for_byte(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commits = Vec::new();
    for id in confusable() {
        let organization = OrganizationId::from_u128(id);
        let present = fixtures::present_revision(&*store, organization)?;
        ensure_eq!(
            present,
            None,
            "the revision of {organization}, of which only similar ids exist"
        );
        let commit = fixtures::first_commit(organization);
        fixtures::commit_ok(&*store, &commit)?;
        commits.push(commit);
    }
    for commit in &commits {
        let stored = fixtures::load(&*store, commit.organization)?;
        let records: Vec<_> = stored.tail.records.iter().map(|record| &record.bytes).collect();
        ensure_eq!(records, [&commit.record], "the records of {}", commit.organization);
    }
    Ok(())
}

pub(super) fn s5_commit_ids_are_compared_byte_for_byte(backend: &Backend) -> Outcome {
    let store = backend.open();
    let (organization, _) = fixtures::create_organization(&*store, 1)?;
    for (id, number) in confusable().into_iter().zip(1..) {
        let mut commit = fixtures::commit(organization, Expected::At(fixtures::revision(number)?));
        commit.id = CommitId::from_u128(id);
        let landed = store.commit(&commit).during("a commit id that is similar to a known one")?;
        ensure_eq!(landed.number(), number + 1, "the revision of a commit with its own id");
    }
    Ok(())
}

pub(super) fn s5_side_rows_are_compared_byte_for_byte(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commit = fixtures::first_commit(fixtures::organization_id());
    for id in confusable() {
        commit.personal.push(fixtures::side_row_with_id(
            PersonalId::from_u128(id),
            Purpose::Name,
            "Lin",
        )?);
    }
    fixtures::commit_ok(&*store, &commit)?;
    let mut left = fixtures::sorted_rows(commit.personal);
    while let Some(row) = left.pop() {
        store.erase(commit.organization, &[row.id()]).during("erase")?;
        let rows = fixtures::load(&*store, commit.organization)?.tail.personal;
        ensure_eq!(fixtures::sorted_rows(rows), left, "the side rows that are left");
    }
    Ok(())
}

/// Logins that folding, trimming, normalization, wildcards or truncation would make equal.
fn logins() -> Vec<String> {
    let fresh = fixtures::unique_login("");
    let long = "x".repeat(Login::LIMIT - fresh.len() - 1);
    let ends = [
        "lin",
        "Lin",
        "LIN",
        "lin ",
        " lin",
        "lin  ",
        "l in",
        "lin.",
        "lin@acme.example",
        "lin@ACME.example",
        "lin%",
        "l_n",
        "l%",
        "li?",
        "li*",
        "[l]in",
        "li\\n",
        "li'n",
        "li\"n",
        "li;n",
        "caf\u{e9}",
        "cafe\u{301}",
        "cafe",
        "CAF\u{c9}",
        "li\u{fffd}n",
        "li\u{fffd}\u{fffd}n",
        "stra\u{df}e",
        "strasse",
        "\u{130}",
        "i\u{307}",
        "\u{131}",
        "\u{3c3}",
        "\u{3c2}",
        "\u{ff4c}\u{ff49}\u{ff4e}",
        "\u{fb01}n",
        "fin",
        "\u{200b}lin",
        "lin\u{a0}",
        "lin\u{1f600}",
        "1",
        "01",
        "1.0",
        "1e0",
        "",
    ];
    let ends = ends.into_iter().map(|end| format!("{fresh}{end}"));
    ends.chain(["a", "b", "A"].map(|last| format!("{fresh}{long}{last}"))).collect()
}

pub(super) fn s5_logins_are_compared_byte_for_byte(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut having = Vec::new();
    for login in logins() {
        let found =
            store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
        ensure_eq!(found, [], "the organizations of `{login}`, of which only similar logins exist");
        let mut commit = fixtures::first_commit(fixtures::organization_id());
        commit.personal.push(fixtures::side_row(Purpose::Login, &login)?);
        fixtures::commit_ok(&*store, &commit)?;
        having.push((login, commit.organization));
    }
    for (login, organization) in having {
        let found =
            store.organizations_of(&fixtures::parse_login(&login)?).during("organizations_of")?;
        ensure_eq!(found, [organization], "the organizations of `{login}`");
        let rows = fixtures::load(&*store, organization)?.tail.personal;
        let values: Vec<_> = rows.iter().map(PersonalRow::value).collect();
        ensure_eq!(values, [login.as_str()], "the login that is returned");
    }
    Ok(())
}

pub(super) fn s5_only_logins_find_organizations(backend: &Backend) -> Outcome {
    let store = backend.open();
    let value = fixtures::unique_login("lin");
    for purpose in [Purpose::Name, Purpose::Reason, Purpose::Applicant] {
        let mut commit = fixtures::first_commit(fixtures::organization_id());
        commit.personal.push(fixtures::side_row(purpose, &value)?);
        fixtures::commit_ok(&*store, &commit)?;
        let found =
            store.organizations_of(&fixtures::parse_login(&value)?).during("organizations_of")?;
        ensure_eq!(found, [], "the organizations of a side row of purpose {purpose:?}");
    }
    Ok(())
}

pub(super) fn records_come_back_byte_for_byte(backend: &Backend) -> Outcome {
    let store = backend.open();
    let organization = fixtures::organization_id();
    let contents: [Arc<[u8]>; 7] = [
        Arc::from([]),
        Arc::from([0]),
        Arc::from(*b" trailing space \r\n\0"),
        (0..=255).collect(),
        (0..=255).rev().collect(),
        Arc::from(*b"\xef\xbb\xbf\xff\xfe\xc3\x28"),
        Arc::from("\u{e9} e\u{301} \u{fffd}".as_bytes()),
    ];
    let mut expected = Expected::Absent;
    for bytes in &contents {
        let mut commit = fixtures::commit(organization, expected);
        commit.record = Arc::clone(bytes);
        fixtures::commit_ok(&*store, &commit)?;
        expected = Expected::At(expected.makes());
    }
    let stored = fixtures::load(&*store, organization)?;
    let loaded: Vec<_> = stored.tail.records.into_iter().map(|record| record.bytes).collect();
    ensure_eq!(loaded, contents, "the bytes of the records that load returns");
    let page = store.records(organization, fixtures::revision(1)?, 100).during("records")?;
    let paged: Vec<_> = page.records.into_iter().map(|record| record.bytes).collect();
    ensure_eq!(loaded.get(1..), Some(&paged[..]), "the bytes that records returns");
    Ok(())
}

pub(super) fn side_rows_come_back_as_they_were(backend: &Backend) -> Outcome {
    let store = backend.open();
    let mut commit = fixtures::first_commit(fixtures::organization_id());
    for purpose in [Purpose::Login, Purpose::Name, Purpose::Reason, Purpose::Applicant] {
        for value in ["x", " ", "e\u{301} \u{e9} \u{fffd} \u{1f600}", &"\u{e9}".repeat(160)] {
            commit.personal.push(fixtures::side_row(purpose, value)?);
        }
    }
    commit.personal.push(fixtures::side_row(Purpose::Reason, &"r".repeat(PersonalRow::LIMIT))?);
    fixtures::commit_ok(&*store, &commit)?;
    let rows = fixtures::load(&*store, commit.organization)?.tail.personal;
    let (rows, expected) = (fixtures::sorted_rows(rows), fixtures::sorted_rows(commit.personal));
    ensure_eq!(rows.len(), expected.len(), "the number of side rows");
    for (row, expected) in rows.iter().zip(&expected) {
        // Compared in stored form, because `Debug` hides the values and the salts.
        ensure!(
            row == expected,
            "a side row of purpose {:?} was returned altered",
            expected.purpose()
        );
    }
    Ok(())
}
