//! How many of all calls are spoiled: a few in an everyday run, all of them in a long one.

use std::env;

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

/// As many as are asked for, spread evenly, the last one included.
pub(crate) fn chosen<T>(all: &[T]) -> Vec<&T> {
    let count = limit().min(all.len());
    (1..=count).map(|number| &all[number * all.len() / count - 1]).collect()
}
