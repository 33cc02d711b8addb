//! The conformance suite: the promises of a [`Store`] as tests that every backend runs.
//!
//! [`store_conformance!`](crate::store_conformance) expands to one `#[test]` per case. Cases use
//! fresh ids and delete nothing, so the store may contain other data, and several cases may run on
//! one store at once.
//!
//! ```no_run
//! use tenantry::store::MemoryStore;
//! use tenantry::store::conformance::Backend;
//!
//! // One test per case, in a module of this name; the expression is evaluated once per test.
//! tenantry::store_conformance!(memory, {
//!     let store = MemoryStore::new();
//!     Backend::new(move || store.clone()).record_limit(MemoryStore::RECORD_LIMIT)
//! });
//! # fn main() {}
//! ```
//!
//! Or case by case:
//!
//! ```
//! use tenantry::store::MemoryStore;
//! use tenantry::store::conformance::{Backend, CASES};
//!
//! let store = MemoryStore::new();
//! let backend = Backend::new(move || store.clone());
//! for case in CASES.iter().filter(|case| case.name().starts_with("s4_")) {
//!     case.run(&backend)?;
//! }
//! # Ok::<(), tenantry::store::conformance::Failure>(())
//! ```

#[macro_use]
mod failure;
mod archives;
mod backend;
mod bytes;
mod checkpoints;
mod commit_ids;
mod commits;
mod erasure;
mod fixtures;
mod listing;
mod races;
mod reading;
mod sizes;
mod waiting;

use std::fmt;

pub use backend::Backend;
pub use failure::{Failure, Outcome};

#[cfg(doc)]
use crate::store::Store;

/// One promise of a store, with the test that a backend keeps it.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    run: fn(&Backend) -> Outcome,
}

impl Case {
    /// Its name. Starts with the rule that it tests, if there is one: `s4_...`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Runs the case.
    ///
    /// # Errors
    ///
    /// [`Failure`] says which promise was broken.
    pub fn run(&self, backend: &Backend) -> Outcome {
        (self.run)(backend)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Runs the case of this name. Every expanded test calls this.
///
/// # Errors
///
/// [`Failure`] if a promise was broken, or if there is no such case.
pub fn run(name: &str, backend: &Backend) -> Outcome {
    match CASES.iter().find(|case| case.name == name) {
        Some(case) => case.run(backend),
        None => Err(Failure::new(format!("there is no case `{name}`"))),
    }
}

/// Declares the cases once: as a list, and as a macro that makes a test of each.
macro_rules! suite {
    ($dollar:tt $($file:ident { $($case:ident)* })*) => {
        /// Every case of the suite.
        pub const CASES: &[Case] = &[
            $($(Case { name: stringify!($case), run: $file::$case },)*)*
        ];

        /// Expands to a module of this name with every case of the suite as a `#[test]` on this
        /// [`Backend`](crate::store::conformance::Backend). The expression is evaluated once per
        /// test.
        #[macro_export]
        macro_rules! store_conformance {
            ($dollar name:ident, $dollar backend:expr) => {
                mod $dollar name {
                    fn backend() -> $dollar crate::store::conformance::Backend {
                        #[allow(unused_imports, reason = "the expression may use it or not")]
                        use super::*;
                        $dollar backend
                    }

                    $($(
                        #[test]
                        fn $case() -> $dollar crate::store::conformance::Outcome {
                            $dollar crate::store::conformance::run(stringify!($case), &backend())
                        }
                    )*)*
                }
            };
        }
    };
}

suite! { $
    commits {
        s1_the_first_commit_creates_and_a_second_one_conflicts
        s1_a_commit_on_another_revision_conflicts
        s2_revisions_have_no_gaps
        s3_what_was_acknowledged_is_read_by_every_handle
        s7_a_refused_commit_leaves_nothing_behind
        s7_a_reader_never_sees_half_a_commit
    }
    commit_ids {
        s4_the_identical_commit_returns_its_revision
        s4_a_known_id_with_another_record_is_refused
        s4_a_known_id_with_another_expectation_is_refused
        s4_an_id_is_known_in_its_organization_only
        s4_a_conflict_is_final
        s4_a_commit_sent_again_restores_nothing
    }
    bytes {
        s5_organizations_are_compared_byte_for_byte
        s5_commit_ids_are_compared_byte_for_byte
        s5_side_rows_are_compared_byte_for_byte
        s5_logins_are_compared_byte_for_byte
        s5_only_logins_find_organizations
        records_come_back_byte_for_byte
        side_rows_come_back_as_they_were
    }
    reading {
        s6_reading_never_creates
        revisions_come_in_the_order_asked
        records_come_in_pages
        records_come_from_the_first
        records_bring_their_side_rows
    }
    listing {
        organizations_come_in_pages
        organizations_come_in_order_and_once
        organizations_of_a_login_come_in_order_and_once
    }
    sizes {
        records_of_two_to_the_sixteenth_bytes
        side_rows_by_the_ten_thousands
        revisions_of_tens_of_thousands_of_organizations
        s8_a_commit_beyond_the_limit_is_refused_whole
    }
    checkpoints {
        loading_starts_from_the_checkpoint
        a_checkpoint_never_goes_back
        a_checkpoint_of_the_same_revision_is_replaced
        a_checkpoint_ahead_of_its_organization_conflicts
        a_checkpoint_leaves_records_and_revision_alone
    }
    archives {
        s12_archiving_needs_a_checkpoint
        s12_archived_records_are_an_error
        s12_archiving_again_changes_nothing
        s12_an_organization_goes_on_after_all_its_records_were_archived
        s12_side_rows_outlive_archived_records
        s4_a_commit_id_outlives_its_record
    }
    erasure {
        s10_erased_rows_are_gone_and_records_stay
        s10_an_erased_login_finds_no_organization
        s10_erasing_stays_within_its_organization
        s10_erasing_what_is_gone_is_no_error
        s10_what_a_commit_erases_goes_with_it
    }
    waiting {
        waiting_ends_by_the_timeout_and_does_not_spin
        a_waiting_reader_is_woken_by_a_commit
        a_waiting_reader_is_woken_by_another_handle
    }
    races {
        s1_one_first_commit_wins
        s1_one_winner_per_revision_between_threads
        s1_one_winner_per_revision_between_handles
        s4_one_commit_sent_by_several_at_once_is_stored_once
    }
}
