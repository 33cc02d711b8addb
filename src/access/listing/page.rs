//! Pages of a listing, and the cursors between them.
//!
//! A cursor is untrusted input. It says where the last page ended and of which listing it was a page; with any other it is
//! refused, so that pages put together are one listing: of one question, at one revision, at one state of the clock.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::access::listing::{Item, Listing};
use crate::access::snapshot::Snapshot;
use crate::id::OrganizationId;
use crate::model::personal::Digest;
use crate::model::record::Revision;
use crate::permission::Permissions;
use crate::text::hex;

/// A part of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What was found, in the order of ids. It may be less than was asked for, or nothing, and not the end.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end of the listing.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The most items of one page: 10,000.
    pub const MOST: usize = 10_000;

    /// The most candidates that are judged for one page: 65,536.
    pub const JUDGED: usize = 1 << 16;

    /// The last page.
    pub(crate) const fn end(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// Where a page ended. Hand it back to [`Listing::page`] of the same listing; what it holds is for nobody else to read.
///
/// As text it has 144 lower-case hexadecimal digits. It grants nothing: whoever changes it gets an error, or the answers
/// to the same question from another place on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(super) place: Place,
    /// The instant of the page.
    pub(super) time: Timestamp,
    /// The id of the last candidate.
    pub(super) after: u128,
}

/// Which listing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    organization: OrganizationId,
    revision: Revision,
    /// Of everything that was asked.
    question: u128,
}

/// Why a page cannot be given. Begin again without a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorError {
    /// The cursor is of another organization, or of another question: other permissions, another place or sub-account,
    /// another context, or another release's catalog.
    #[error("the cursor is of another listing; begin again without one")]
    OtherListing,
    /// The organization was changed since the last page.
    #[error(
        "the cursor is of revision {cursor}, this snapshot of revision {snapshot}; begin again without one"
    )]
    OtherRevision {
        /// The revision that the cursor is of.
        cursor: Revision,
        /// The revision that was asked.
        snapshot: Revision,
    },
    /// Something in the organization started or ended by itself since the last page.
    #[error(
        "the cursor is of {time}, and since then something started or ended; begin again without one"
    )]
    TimePassed {
        /// The instant of the last page.
        time: Timestamp,
    },
}

/// Why a text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a cursor; it has 144 lower-case hexadecimal digits, as it was given out")]
pub struct ParseCursorError;

impl<P: Permissions, T: Item> Listing<'_, P, T> {
    /// At most `size` items, from one to [`Page::MOST`], of those that come after `cursor`, or the first.
    ///
    /// A page judges at most [`Page::JUDGED`] candidates, so it may end before it is full; the listing ends where a page
    /// names no next. However the pages are cut, all of them together are the listing.
    ///
    /// # Errors
    ///
    /// [`CursorError`] if the pages would not be of one listing: it was another one, the organization was changed, or
    /// something in it started or ended since.
    pub fn page(mut self, size: usize, cursor: Option<&Cursor>) -> Result<Page<T>, CursorError> {
        let (place, time) = (self.place(), self.now.get());
        if let Some(cursor) = cursor {
            cursor.check(self.snapshot, place, time)?;
        }
        self.start(cursor.map(|cursor| cursor.after));
        let size = size.clamp(1, Page::<T>::MOST);
        let mut items = Vec::new();
        let mut last = None;
        for _ in 0..Page::<T>::JUDGED {
            let Some((after, found)) = self.step() else {
                return Ok(Page::end(items));
            };
            last = Some(Cursor { place, time, after });
            items.extend(found);
            if items.len() == size {
                break;
            }
        }
        // A page that is full at the very end names no next.
        let is_end = self.candidates.as_mut().is_none_or(|rest| rest.next().is_none());
        Ok(Page { items, next: last.filter(|_| !is_end) })
    }

    fn place(&self) -> Place {
        let vocabulary = self.snapshot.compiled().catalog.vocabulary();
        let needs: Vec<_> = self.needs.iter().map(|need| vocabulary.names(*need)).collect();
        Place::new(self.snapshot, &(&self.about, needs, &self.context, &self.claiming))
    }
}

impl Place {
    pub(super) fn new<P: Permissions>(snapshot: &Snapshot<P>, asked: &impl fmt::Debug) -> Self {
        let organization = snapshot.organization();
        let catalog = snapshot.catalog().fingerprint();
        // What is told apart in `Debug` is told apart here: texts are quoted there and ids are typed.
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
    /// Whether a page at `place` and `time` is of the listing that the cursor is of.
    pub(super) fn check<P: Permissions>(
        &self,
        snapshot: &Snapshot<P>,
        place: Place,
        time: Timestamp,
    ) -> Result<(), CursorError> {
        let of = self.place;
        if (of.organization, of.question) != (place.organization, place.question) {
            return Err(CursorError::OtherListing);
        }
        if of.revision != place.revision {
            let (cursor, snapshot) = (of.revision, place.revision);
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
        let Place { organization, revision, question } = self.place;
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
        let place = Place {
            organization: OrganizationId::from_u128(u128::from_be_bytes(*organization)),
            revision: Revision::new(revision),
            question: u128::from_be_bytes(*question),
        };
        let time = time.map_err(|_| ParseCursorError)?;
        Ok(Self { place, time, after: u128::from_be_bytes(after) })
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
