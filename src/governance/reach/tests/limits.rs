//! K1's table, in code and in the specification.

use std::fs;
use std::path::Path;

use crate::governance::reach::limits::{Limit, Perspective, Treatment};

const SIDES: [Perspective; 4] =
    [Perspective::Gainer, Perspective::Actor, Perspective::Standing, Perspective::Impact];

/// The name of a limit in the specification.
const fn row(limit: Limit) -> &'static str {
    match limit {
        Limit::OrganizationCeiling => "ceiling of the organization",
        Limit::ScopeCeiling => "ceiling of a workspace or a resource",
        Limit::Boundary => "boundary of an account",
        Limit::CredentialFlag => "credential flag",
        Limit::Status => "status of an account",
        Limit::Archive => "archive",
        Limit::PassedEnd => "end of an account that has passed",
        Limit::Mask => "mask",
        Limit::Label => "label, each by itself",
        Limit::Prerequisite => "prerequisite",
        Limit::ServiceBound => "bound of a service by its owner",
        Limit::BounderLimits => "boundary, status, flag and end of whoever bounds (D13)",
        Limit::FutureEnd => "end of an account that lies ahead",
        Limit::Window => "window of an assignment",
        Limit::Condition => "condition",
        Limit::Deny => "deny",
        Limit::SecurityPolicy => "security policy",
    }
}

const fn cell(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Kept => "kept",
        Treatment::Lifted => "lifted",
        Treatment::LiftedUnlessRaised => "lifted, and as it is where the change raises it",
        Treatment::BothWays => "both ways",
        Treatment::AsForGainer => "as for whoever gains",
    }
}

#[test]
fn k1_the_table_is_the_one_in_the_specification() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SPEC.md");
    let text = fs::read_to_string(path).unwrap();
    let section = text.split("### K1 What can go away").nth(1).unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| ")).skip(2);
    let written: Vec<&str> = lines.take(Limit::ALL.len()).collect();
    let rows = Limit::ALL.map(|limit| {
        let cells = SIDES.map(|side| cell(limit.treatment(side)));
        format!("| {} | {} |", row(limit), cells.join(" | "))
    });
    assert_eq!(written, rows);
}

/// No view reads the first three limits, so they are lifted everywhere. Every view reads the other
/// four, so they are kept everywhere. A row that said otherwise would have no effect.
#[test]
fn k1_the_table_says_what_views_do_with_what_they_never_read_and_always_read() {
    let treatments = |limit: Limit| SIDES.map(|side| limit.treatment(side));
    for limit in [Limit::CredentialFlag, Limit::Status, Limit::SecurityPolicy] {
        let is_lifted = |it| matches!(it, Treatment::Lifted | Treatment::LiftedUnlessRaised);
        assert!(treatments(limit).into_iter().all(is_lifted), "{limit:?}");
    }
    for limit in [Limit::FutureEnd, Limit::Window, Limit::Condition, Limit::Deny] {
        assert_eq!(treatments(limit), [Treatment::Kept; 4], "{limit:?}");
    }
}
