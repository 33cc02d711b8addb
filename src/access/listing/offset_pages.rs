//! Pages of results without ids: a cursor holds the number of the last item.

use std::fmt;

use crate::access::compiled::now::LazyNow;
use crate::access::context::Context;
use crate::access::listing::cursor::{Cursor, CursorError, ListingKey};
use crate::access::listing::page::Page;
use crate::access::snapshot::Snapshot;
use crate::permission::Permissions;

impl<P: Permissions> Snapshot<P> {
    /// A page of results without ids. `items` finds all of them, in the context at the instant of
    /// the page. The cursor is bound to `asked` and to the context.
    pub(crate) fn page_of<T>(
        &self,
        asked: &impl fmt::Debug,
        context: &Context,
        items: impl FnOnce(Context) -> Vec<T>,
        size: usize,
        cursor: Option<&Cursor>,
    ) -> Result<Page<T>, CursorError> {
        let listing = ListingKey::new(self, &(asked, context));
        let time = LazyNow::new(context, self.clock()).get();
        if let Some(cursor) = cursor {
            cursor.check(self, listing, time)?;
        }
        let from = cursor.map_or(0, |cursor| cursor.after);
        let size = size.clamp(1, Page::<T>::MOST);
        let numbered = (1..).zip(items(context.clone().at(time)));
        let mut rest = numbered.filter(|(number, _)| *number > from);
        let mut page = Page::end(Vec::new());
        let mut last = from;
        for (number, item) in rest.by_ref().take(size) {
            last = number;
            page.items.push(item);
        }
        page.next = rest.next().map(|_| Cursor { listing, time, after: last });
        Ok(page)
    }
}
