//! How many of all calls are spoiled: a few in an everyday run, all of them in a long one.

use std::collections::BTreeMap;
use std::env;

use crate::tracing::Point;

/// `all`, or how many of each kind; 20 if it is not set.
const KILLS: &str = "CRASH_KILLS";

const EVERYDAY: usize = 20;

pub(crate) fn is_long() -> bool {
    limit() == usize::MAX
}

fn limit() -> usize {
    match env::var(KILLS).as_deref() {
        Err(_) => EVERYDAY,
        Ok("all") => usize::MAX,
        Ok(number) => number.parse().unwrap_or_else(|_| panic!("{KILLS} is `{number}`")),
    }
}

/// As many as are asked for: of every name as many as of any other, as far as there are so many, spread evenly.
pub(crate) fn chosen(all: &[Point]) -> Vec<&Point> {
    let mut by_name: BTreeMap<&str, Vec<&Point>> = BTreeMap::new();
    for point in all {
        by_name.entry(&point.name).or_default().push(point);
    }
    let mut groups: Vec<_> = by_name.into_values().collect();
    groups.sort_by_key(Vec::len);
    let mut left = limit().min(all.len());
    let mut chosen = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let count = group.len().min(left.div_ceil(groups.len() - number));
        chosen.extend((1..=count).map(|nth| group[nth * group.len() / count - 1]));
        left -= count;
    }
    chosen
}
