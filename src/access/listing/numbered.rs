//! Pages of what has no ids: cut by number, with cursors of the same kind.

use std::fmt;

use crate::access::context::Context;
use crate::access::evaluate::Now;
use crate::access::listing::page::{Cursor, CursorError, Page, Place};
use crate::access::snapshot::Snapshot;
use crate::permission::Permissions;

impl<P: Permissions> Snapshot<P> {
    /// A page of what is not listed by id: `items` finds all of it, in the context at the instant of the page. `asked` is
    /// what the cursor is bound to.
    pub(crate) fn page_of<T>(
        &self,
        asked: &impl fmt::Debug,
        context: &Context,
        items: impl FnOnce(Context) -> Vec<T>,
        size: usize,
        cursor: Option<&Cursor>,
    ) -> Result<Page<T>, CursorError> {
        let place = Place::new(self, &(asked, context));
        let time = Now::new(context, self.clock()).get();
        if let Some(cursor) = cursor {
            cursor.check(self, place, time)?;
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
        page.next = rest.next().map(|_| Cursor { place, time, after: last });
        Ok(page)
    }
}
