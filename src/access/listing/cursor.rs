//! [`Cursor`]: where a page of a listing ended.
//!
//! A cursor is untrusted input. It names the listing that it belongs to and is refused with any
//! other, so that pages put together are one listing: of one question, at one revision, with
//! nothing started or ended in between.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::access::snapshot::Snapshot;
use crate::id::OrganizationId;
use crate::model::personal::Digest;
use crate::model::record::Revision;
use crate::permission::Permissions;
use crate::text::hex;

/// Where a page ended. Pass it to [`Listing::page`](crate::access::Listing::page) of the same
/// listing to get the next page; its content is opaque.
///
/// Its text form is 144 lower-case hexadecimal digits. It grants nothing: a client that changes it
/// gets an error, or items of the same listing from another position on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(super) listing: ListingKey,
    /// The instant of the page.
    pub(super) time: Timestamp,
    /// The id of the last candidate.
    pub(super) after: u128,
}

/// Identifies a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ListingKey {
    organization: OrganizationId,
    revision: Revision,
    /// The hash of the whole question.
    question: u128,
}

/// Why a cursor was refused. Begin again without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorError {
    /// The cursor is of another organization, or of another question: other permissions, another
    /// target or sub-account, another context, or the catalog of another release.
    #[error("the cursor is of another listing; begin again without one")]
    OtherListing,
    /// The organization has changed since the last page.
    #[error(
        "the cursor is of revision {cursor}, this snapshot of revision {snapshot}; begin again without one"
    )]
    OtherRevision {
        /// The revision of the cursor.
        cursor: Revision,
        /// The revision of the snapshot.
        snapshot: Revision,
    },
    /// A time limit in the organization has started or ended since the last page.
    #[error(
        "the cursor is of {time}, and since then something started or ended; begin again without one"
    )]
    TimePassed {
        /// The instant of the last page.
        time: Timestamp,
    },
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a cursor; it has 144 lower-case hexadecimal digits, as it was given out")]
pub struct ParseCursorError;

impl ListingKey {
    pub(super) fn new<P: Permissions>(snapshot: &Snapshot<P>, asked: &impl fmt::Debug) -> Self {
        let organization = snapshot.organization();
        let catalog = snapshot.catalog().fingerprint();
        // Different questions have different `Debug` texts, because those quote texts and name id
        // types.
        let asked = format!("{asked:?}");
        let question = Digest::of([&catalog.as_bytes()[..], asked.as_bytes()]);
        Self {
            organization: organization.id(),
            revision: organization.revision(),
            question: u128::from_be_bytes(question.leading()),
        }
    }
}

impl Cursor {
    /// Refuses the cursor if the page of `listing` at `time` would not continue the page that it
    /// ended.
    pub(super) fn check<P: Permissions>(
        &self,
        snapshot: &Snapshot<P>,
        listing: ListingKey,
        time: Timestamp,
    ) -> Result<(), CursorError> {
        let of = self.listing;
        if (of.organization, of.question) != (listing.organization, listing.question) {
            return Err(CursorError::OtherListing);
        }
        if of.revision != listing.revision {
            let (cursor, snapshot) = (of.revision, listing.revision);
            return Err(CursorError::OtherRevision { cursor, snapshot });
        }
        let (earlier, later) = (self.time.min(time), self.time.max(time));
        let instant = snapshot.organization().next_instant(earlier);
        if instant.is_some_and(|instant| instant <= later) {
            return Err(CursorError::TimePassed { time: self.time });
        }
        Ok(())
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ListingKey { organization, revision, question } = self.listing;
        write!(f, "{:032x}{:016x}", organization.to_u128(), revision.number())?;
        write!(f, "{:032x}{question:032x}{:032x}", self.time.as_nanosecond(), self.after)
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    /// Reads exactly what [`fmt::Display`] prints.
    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let bytes: [u8; 72] = hex(text).ok_or(ParseCursorError)?;
        let (organization, rest) = bytes.split_first_chunk().ok_or(ParseCursorError)?;
        let (revision, rest) = rest.split_first_chunk().ok_or(ParseCursorError)?;
        let (time, rest) = rest.split_first_chunk().ok_or(ParseCursorError)?;
        let (question, after) = rest.split_first_chunk().ok_or(ParseCursorError)?;
        let after = after.try_into().map_err(|_| ParseCursorError)?;
        let revision = NonZeroU64::new(u64::from_be_bytes(*revision)).ok_or(ParseCursorError)?;
        let time = Timestamp::from_nanosecond(i128::from_be_bytes(*time));
        let listing = ListingKey {
            organization: OrganizationId::from_u128(u128::from_be_bytes(*organization)),
            revision: Revision::new(revision),
            question: u128::from_be_bytes(*question),
        };
        let time = time.map_err(|_| ParseCursorError)?;
        Ok(Self { listing, time, after: u128::from_be_bytes(after) })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
