//! The differences between two tables, read only where their pages differ.
//!
//! Two walks go side by side, each over the rest of its tree: the remaining
//! entries of the current leaf, and the pages after it. A page that both walks
//! reach at the same time holds the same entries for both, at any level, and is
//! skipped unread. To reach it at the same time, a walk opens a page only if
//! the other walk has nothing before the page that could be compared first. The
//! bound of the page, the separator in front of it, tells so without opening
//! it. Where trees of different shapes do not meet like this, more pages are
//! opened than necessary; the entries are compared then, so the result is right
//! whatever the shapes.

use std::fmt;
use std::iter::{self, FusedIterator};
use std::sync::Arc;

use crate::table::page::TablePage;

/// A key whose entries differ, with its value before and its value after.
type EntryDifference<'a, K, V> = (&'a K, Option<&'a V>, Option<&'a V>);

/// The differences between two [`Table`](super::Table)s, in ascending key
/// order. Made by [`Table::differences`](super::Table::differences).
pub struct Differences<'a, K, V> {
    before: TableWalk<'a, K, V>,
    after: TableWalk<'a, K, V>,
}

/// The rest of one table.
struct TableWalk<'a, K, V> {
    keys: &'a [K],
    values: &'a [V],
    /// The pages after these entries, the next one last.
    pages: Vec<UnopenedPage<'a, K, V>>,
}

/// A page that is not opened yet.
struct UnopenedPage<'a, K, V> {
    /// A lower bound of the keys in the page; `None` for the first pages of a table.
    bound: Option<&'a K>,
    /// The number of levels below it.
    height: usize,
    page: &'a Arc<TablePage<K, V>>,
}

/// The next item of one walk.
enum NextItem<'a, K, V> {
    Entry(&'a K, &'a V),
    Page(UnopenedPage<'a, K, V>),
    End,
}

impl<'a, K, V> Differences<'a, K, V> {
    pub(super) fn between(
        before: Option<&'a Arc<TablePage<K, V>>>,
        after: Option<&'a Arc<TablePage<K, V>>>,
    ) -> Self {
        Self { before: TableWalk::new(before), after: TableWalk::new(after) }
    }
}

impl<'a, K: Ord, V: PartialEq> Iterator for Differences<'a, K, V> {
    type Item = EntryDifference<'a, K, V>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { before, after } = self;
        loop {
            match (before.next(), after.next()) {
                (NextItem::End, NextItem::End) => return None,
                (NextItem::Page(old), NextItem::Page(new)) if Arc::ptr_eq(old.page, new.page) => {
                    before.pass_page();
                    after.pass_page();
                }
                (NextItem::Page(old), NextItem::Page(new)) => {
                    // Of two pages with one bound the higher is opened: the
                    // other may be below it.
                    let order = (new.bound, old.height).cmp(&(old.bound, new.height));
                    if order.is_ge() {
                        before.open();
                    }
                    if order.is_le() {
                        after.open();
                    }
                }
                (NextItem::Page(old), NextItem::Entry(key, value)) => {
                    if old.bound.is_some_and(|bound| key < bound) {
                        after.pass_entry();
                        return Some((key, None, Some(value)));
                    }
                    before.open();
                }
                (NextItem::Entry(key, value), NextItem::Page(new)) => {
                    if new.bound.is_some_and(|bound| key < bound) {
                        before.pass_entry();
                        return Some((key, Some(value), None));
                    }
                    after.open();
                }
                (NextItem::Page(_), NextItem::End) => before.open(),
                (NextItem::End, NextItem::Page(_)) => after.open(),
                (NextItem::Entry(key, old), NextItem::Entry(other, new)) if key == other => {
                    before.pass_entry();
                    after.pass_entry();
                    if old != new {
                        return Some((other, Some(old), Some(new)));
                    }
                }
                (NextItem::Entry(key, old), NextItem::Entry(other, _)) if key < other => {
                    before.pass_entry();
                    return Some((key, Some(old), None));
                }
                (NextItem::Entry(key, old), NextItem::End) => {
                    before.pass_entry();
                    return Some((key, Some(old), None));
                }
                (NextItem::Entry(..) | NextItem::End, NextItem::Entry(key, new)) => {
                    after.pass_entry();
                    return Some((key, None, Some(new)));
                }
            }
        }
    }
}

impl<K: Ord, V: PartialEq> FusedIterator for Differences<'_, K, V> {}

impl<K, V> Clone for Differences<'_, K, V> {
    fn clone(&self) -> Self {
        Self { before: self.before.clone(), after: self.after.clone() }
    }
}

impl<K: Ord + fmt::Debug, V: PartialEq + fmt::Debug> fmt::Debug for Differences<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a, K, V> TableWalk<'a, K, V> {
    fn new(root: Option<&'a Arc<TablePage<K, V>>>) -> Self {
        let ahead = |page: &'a Arc<_>| UnopenedPage { bound: None, height: height(page), page };
        Self { keys: &[], values: &[], pages: root.into_iter().map(ahead).collect() }
    }

    fn next(&self) -> NextItem<'a, K, V> {
        match (self.keys.first().zip(self.values.first()), self.pages.last()) {
            (Some((key, value)), _) => NextItem::Entry(key, value),
            (None, Some(ahead)) => NextItem::Page(*ahead),
            (None, None) => NextItem::End,
        }
    }

    fn pass_entry(&mut self) {
        self.keys = self.keys.get(1..).unwrap_or_default();
        self.values = self.values.get(1..).unwrap_or_default();
    }

    fn pass_page(&mut self) {
        self.pages.pop();
    }

    /// Replaces the next page by its content.
    fn open(&mut self) {
        let Some(UnopenedPage { bound, height, page }) = self.pages.pop() else { return };
        match &**page {
            TablePage::Leaf(leaf) => {
                self.keys = &leaf.keys;
                self.values = &leaf.values;
            }
            TablePage::Branch(branch) => {
                let bounds = branch.separators.iter().rev().map(Some).chain(iter::once(bound));
                let below = height.saturating_sub(1);
                let ahead = |(page, bound)| UnopenedPage { bound, height: below, page };
                self.pages.extend(branch.children.iter().rev().zip(bounds).map(ahead));
            }
        }
    }
}

impl<K, V> Clone for TableWalk<'_, K, V> {
    fn clone(&self) -> Self {
        Self { pages: self.pages.clone(), ..*self }
    }
}

impl<K, V> Clone for UnopenedPage<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for UnopenedPage<'_, K, V> {}

/// The number of levels below a page, which is equal for all pages of a level.
fn height<K, V>(page: &TablePage<K, V>) -> usize {
    let mut height = 0;
    let mut page = page;
    while let TablePage::Branch(branch) = page {
        let Some(first) = branch.children.first() else { break };
        height += 1;
        page = first;
    }
    height
}
