//! The checks as a picture: for each engine one mark a size, on a logarithmic scale. Written by hand, because it is a few
//! lines, a few circles and their words.

use std::fmt::Write as _;

use crate::table::Size;

/// Where the scale begins, and how wide a decade is.
const LEFT: f64 = 110.0;
const DECADE: f64 = 150.0;
const TOP: f64 = 92.0;
/// Between the marks of one engine, and between engines.
const ROW: f64 = 19.0;
const GAP: f64 = 16.0;
/// Room for the words behind the last mark.
const RIGHT: f64 = 150.0;

const INK: &str = "#1f2328";
/// Keeps a word legible where it lies on a line.
const HALO: &str = "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"4\"";
const PALE: &str = "#d8dee4";
/// A size has a colour, and a shape for those who do not see colours.
const MARKS: [(Shape, &str); 3] =
    [(Shape::Circle, "#0969da"), (Shape::Square, "#bc4c00"), (Shape::Diamond, "#8250df")];

/// Draws what was measured. Engines stand in the order of the outcomes.
pub fn chart(sizes: &[Size], subtitle: &str) -> String {
    let names: Vec<_> = sizes
        .first()
        .map(|size| size.outcomes.iter().map(|it| it.name).collect())
        .unwrap_or_default();
    let checks: Vec<_> = sizes.iter().flat_map(|size| &size.outcomes).filter_map(check).collect();
    let lowest = checks.iter().copied().fold(f64::INFINITY, f64::min).max(1.0);
    let highest = checks.iter().copied().fold(lowest, f64::max);
    let scale = Scale { first: lowest.log10().floor(), last: highest.log10().ceil() };
    let block = ROW * sizes.len() as f64 + GAP;
    let bottom = TOP + block * names.len() as f64;
    let width = LEFT + DECADE * (scale.last - scale.first) + RIGHT;
    let height = bottom + 40.0;
    let title = "What one check costs, by engine and size";

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-labelledby=\"title description\" \
         font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"13\">\n\
         <title id=\"title\">{title}</title>\n\
         <desc id=\"description\">{}</desc>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        escape(&description(sizes)),
    );
    write(&mut svg, 14.0, 26.0, "font-size=\"16\" font-weight=\"600\"", title);
    write(&mut svg, 14.0, 46.0, "fill-opacity=\"0.7\"", subtitle);
    legend(&mut svg, sizes);
    scale.draw(&mut svg, bottom);
    for (place, name) in names.iter().enumerate() {
        let top = TOP + block * place as f64 + GAP / 2.0;
        let middle = top + ROW * sizes.len() as f64 / 2.0 + 4.5;
        write(&mut svg, LEFT - 12.0, middle, "text-anchor=\"end\" font-weight=\"600\"", name);
        for (row, size) in sizes.iter().enumerate() {
            let y = top + ROW * (row as f64 + 0.5);
            let measured = size.outcomes.get(place).and_then(check);
            mark(&mut svg, &scale, y, MARKS[row % MARKS.len()], measured);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Decades, from the first to the last power of ten.
struct Scale {
    first: f64,
    last: f64,
}

impl Scale {
    fn x(&self, nanoseconds: f64) -> f64 {
        LEFT + DECADE * (nanoseconds.log10() - self.first)
    }

    /// A line for each power of ten, with its duration below.
    fn draw(&self, svg: &mut String, bottom: f64) {
        let mut power = self.first;
        while power <= self.last {
            let nanoseconds = 10_f64.powf(power);
            let x = self.x(nanoseconds);
            let _ = writeln!(
                svg,
                "<line x1=\"{x:.1}\" y1=\"{TOP:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke=\"{PALE}\"/>"
            );
            write(svg, x, bottom + 20.0, "text-anchor=\"middle\"", &duration(nanoseconds));
            power += 1.0;
        }
    }
}

/// Which colour is which size.
fn legend(svg: &mut String, sizes: &[Size]) {
    let mut x = 20.0;
    for (size, (shape, colour)) in sizes.iter().zip(MARKS.iter().cycle()) {
        shape.draw(svg, x, 68.0, colour);
        write(svg, x + 11.0, 72.5, "", size.name);
        x += 40.0 + 6.9 * size.name.len() as f64;
    }
}

/// One measured check, or a word that there is none.
fn mark(svg: &mut String, scale: &Scale, y: f64, mark: (Shape, &str), measured: Option<f64>) {
    let Some(nanoseconds) = measured else {
        write(svg, LEFT + 4.0, y + 4.5, "fill-opacity=\"0.7\"", "not measured");
        return;
    };
    let (shape, colour) = mark;
    let x = scale.x(nanoseconds);
    let _ = writeln!(
        svg,
        "<line x1=\"{LEFT:.1}\" y1=\"{y:.1}\" x2=\"{x:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\" stroke-width=\"2\" \
         stroke-opacity=\"0.45\"/>"
    );
    shape.draw(svg, x, y, colour);
    write(svg, x + 11.0, y + 4.5, HALO, &duration(nanoseconds));
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Circle,
    Square,
    Diamond,
}

impl Shape {
    fn draw(self, svg: &mut String, x: f64, y: f64, colour: &str) {
        let _ = match self {
            Self::Circle => {
                writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"{colour}\"/>")
            }
            Self::Square => {
                let (x, y) = (x - 4.5, y - 4.5);
                writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"9\" height=\"9\" fill=\"{colour}\"/>"
                )
            }
            Self::Diamond => writeln!(
                svg,
                "<path d=\"M{x:.1} {y:.1} m0 -6.5 l6.5 6.5 l-6.5 6.5 l-6.5 -6.5 z\" fill=\"{colour}\"/>"
            ),
        };
    }
}

fn write(svg: &mut String, x: f64, y: f64, attributes: &str, text: &str) {
    let text = escape(text);
    let _ =
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{INK}\" {attributes}>{text}</text>");
}

fn check(outcome: &crate::measure::Outcome) -> Option<f64> {
    outcome.figures.as_ref().ok().map(|figures| figures.check)
}

/// All of it in words, for whoever does not see it.
fn description(sizes: &[Size]) -> String {
    let mut text = "A logarithmic scale.".to_owned();
    for size in sizes {
        let each = size.outcomes.iter().map(|outcome| {
            let measured = check(outcome).map_or("not measured".to_owned(), duration);
            format!("{} {measured}", outcome.name)
        });
        let _ = write!(text, " {}: {}.", size.name, each.collect::<Vec<_>>().join(", "));
    }
    text
}

/// A duration with two or three digits that count.
fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        it if it < 999.5 => (it, "ns"),
        it if it < 999_500.0 => (it / 1e3, "µs"),
        it => (it / 1e6, "ms"),
    };
    if value < 9.95 && value.fract() > 0.0 && unit != "ns" {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Figures, Outcome};

    fn outcome(name: &'static str, check: Option<f64>) -> Outcome {
        let figures = check.map(|check| Figures { check, bytes: 0.0, load: 0.0, change: 0.0 });
        Outcome { name, package: "none", figures: figures.ok_or_else(|| "too large".to_owned()) }
    }

    #[test]
    fn words_are_escaped() {
        let outcomes = vec![outcome("<\"R&D\">", Some(12.0))];
        let svg = chart(&[Size { name: "it's", outcomes }], "a < b");
        assert!(svg.contains("&lt;&quot;R&amp;D&quot;&gt;") && svg.contains("it&apos;s"), "{svg}");
        assert!(svg.contains("a &lt; b") && !svg.contains("R&D"), "{svg}");
    }

    #[test]
    fn it_says_in_words_what_it_shows() {
        let outcomes =
            vec![outcome("one", Some(12.3)), outcome("two", Some(4_567.0)), outcome("three", None)];
        let svg = chart(&[Size { name: "some", outcomes }], "");
        assert!(svg.contains("some: one 12 ns, two 4.6 µs, three not measured."), "{svg}");
    }

    #[test]
    fn every_element_is_closed() {
        let outcomes = vec![outcome("one", Some(12.3)), outcome("two", Some(4_567.0))];
        let svg = chart(&[Size { name: "some", outcomes }], "");
        let opened = svg.matches('<').count() - svg.matches("</").count();
        assert_eq!(opened, svg.matches("/>").count() + svg.matches("</").count(), "{svg}");
    }

    #[test]
    fn durations_have_digits_that_count() {
        let said = [9.4, 12.3, 999.4, 1_000.0, 1_234.0, 12_340.0, 1_234_000.0].map(duration);
        assert_eq!(said, ["9 ns", "12 ns", "999 ns", "1 µs", "1.2 µs", "12 µs", "1.2 ms"]);
    }
}
