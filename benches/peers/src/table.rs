//! The figures as text: one row for each engine and size, next to tenantry and to the bare table.

use std::fmt::Write as _;

use crate::bare::Bare;
use crate::engine::Engine;
use crate::measure::{Figures, Outcome};
use crate::tenantry::Tenantry;
use crate::versions::version;

/// What was measured at one size.
pub struct Size {
    pub name: &'static str,
    pub outcomes: Vec<Outcome>,
}

/// The engines and their versions.
pub fn versions(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for Outcome { name, package, .. } in outcomes {
        let version = version(package).unwrap_or("of unknown version");
        let _ = writeln!(text, "{name:<12} {package} {version}");
    }
    text
}

/// The table.
pub fn table(sizes: &[Size]) -> String {
    let mut text = format!(
        "{:<34} {:<12} {:>10} {:>10} {:>9} {:>12} {:>10} {:>11}\n",
        "", "", "ns a check", "x tenantry", "x bare", "bytes / asg.", "load ns", "change us",
    );
    for size in sizes {
        let mut name = size.name;
        for outcome in &size.outcomes {
            let _ = writeln!(text, "{name:<34} {:<12}{}", outcome.name, row(size, outcome));
            name = "";
        }
    }
    text
}

fn row(size: &Size, outcome: &Outcome) -> String {
    match &outcome.figures {
        Ok(it) => {
            let next_to = |name| check(size, name).map_or(f64::NAN, |of| it.check / of);
            let (ours, floor) = (next_to(Tenantry::NAME), next_to(Bare::NAME));
            let Figures { check, bytes, load, change } = *it;
            let change = change / 1e3;
            format!(
                " {check:>10.1} {ours:>9.2}x {floor:>8.2}x {bytes:>12.1} {load:>10.0} {change:>11.1}"
            )
        }
        Err(why) => format!("  {why}"),
    }
}

/// Nanoseconds for one check of an engine at a size.
fn check(size: &Size, name: &str) -> Option<f64> {
    let outcome = size.outcomes.iter().find(|outcome| outcome.name == name)?;
    Some(outcome.figures.as_ref().ok()?.check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, check: f64) -> Outcome {
        let figures = Figures { check, bytes: 1.0, load: 2.0, change: 3.0 };
        Outcome { name, package: "none", figures: Ok(figures) }
    }

    #[test]
    fn ratios_are_to_tenantry_and_to_the_bare_table() {
        let outcomes =
            vec![outcome("bare table", 20.0), outcome("tenantry", 50.0), outcome("other", 500.0)];
        let size = Size { name: "some", outcomes };
        let row = row(&size, &size.outcomes[2]);
        assert!(row.contains("10.00x") && row.contains("25.00x"), "{row}");
    }

    #[test]
    fn what_was_not_measured_says_why() {
        let outcomes =
            vec![Outcome { name: "other", package: "none", figures: Err("not measured".into()) }];
        let text = table(&[Size { name: "some", outcomes }]);
        assert!(text.contains("other         not measured"), "{text}");
    }
}
