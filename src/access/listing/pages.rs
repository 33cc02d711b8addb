//! The pages of a [`Listing`].

use crate::access::listing::cursor::{Cursor, CursorError, ListingKey};
use crate::access::listing::item::Item;
use crate::access::listing::listing::Listing;
use crate::access::listing::page::Page;
use crate::permission::Permissions;

impl<P: Permissions, T: Item> Listing<'_, P, T> {
    /// The items after `cursor`, or the first ones: at most `size`, which is clamped to 1 to
    /// [`Page::MOST`].
    ///
    /// A page checks at most [`Page::JUDGED`] candidates, so it may end before it is full. The
    /// listing ends with the page whose [`next`](Page::next) is `None`. All pages together are the
    /// whole listing, whatever their sizes.
    ///
    /// # Errors
    ///
    /// [`CursorError`] if the cursor is of another listing, if the organization has changed since,
    /// or if something in it has started or ended since.
    pub fn page(mut self, size: usize, cursor: Option<&Cursor>) -> Result<Page<T>, CursorError> {
        let (listing, time) = (self.key(), self.now.get());
        if let Some(cursor) = cursor {
            cursor.check(self.snapshot, listing, time)?;
        }
        self.start(cursor.map(|cursor| cursor.after));
        let size = size.clamp(1, Page::<T>::MOST);
        let mut items = Vec::new();
        let mut last = None;
        for _ in 0..Page::<T>::JUDGED {
            let Some((after, found)) = self.step() else {
                return Ok(Page::end(items));
            };
            last = Some(Cursor { listing, time, after });
            items.extend(found);
            if items.len() == size {
                break;
            }
        }
        // A page that ends exactly with the listing has no next.
        let is_end = self.candidates.as_mut().is_none_or(|rest| rest.next().is_none());
        Ok(Page { items, next: last.filter(|_| !is_end) })
    }

    fn key(&self) -> ListingKey {
        let vocabulary = self.snapshot.compiled().catalog.vocabulary();
        let needs: Vec<_> = self.needs.iter().map(|need| vocabulary.names(*need)).collect();
        ListingKey::new(self.snapshot, &(&self.query, needs, &self.context, &self.claiming))
    }
}
