//! Lines over two axes, each named where it ends.

use maud::{Markup, html};

use super::axis::Axis;
use super::n;
use crate::domain::Language;
use crate::stats::{Line, LineChart};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 280.0;
/// Room for the axes' words: left at least, right, above, below.
const MARGINS: [f64; 4] = [44.0, 120.0, 10.0, 40.0];
/// Colours in the stylesheet; more lines begin anew, and are told apart by their names.
const COLOURS: usize = 6;

/// The chart with its title.
pub fn draw(chart: &LineChart, language: Language) -> Markup {
    let [least, right, above, below] = MARGINS;
    let values = chart.lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
    let upward = Axis::around(values.chain(chart.guide.map(|(_, high)| high)));
    let across = span(chart);
    let left = least.max(upward.words_wide(language) + 10.0);
    let x = |value: f64| left + (value - across.0) / (across.1 - across.0) * (WIDTH - left - right);
    let y = |value: f64| {
        HEIGHT - below - (value - upward.low) / (upward.high - upward.low) * (HEIGHT - above - below)
    };
    let far = WIDTH - right;
    html! {
        figure {
            figcaption { (chart.title) " · " (chart.upward) }
            svg.chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(chart.title) {
                @if let Some((low, high)) = chart.guide {
                    rect.guide x=(left) y=(n(y(high))) width=(far - left) height=(n(y(low) - y(high))) {}
                }
                @for (value, word) in upward.steps(language) {
                    line.grid x1=(left) x2=(far) y1=(n(y(value))) y2=(n(y(value))) {}
                    text x=(left - 6.0) y=(n(y(value) + 4.0)) text-anchor="end" { (word) }
                }
                @for (at, name) in chart.marks.iter().filter(|(at, _)| (across.0..=across.1).contains(at)) {
                    text x=(n(x(*at))) y=(HEIGHT - below + 16.0) text-anchor="middle" { (name) }
                }
                text x=(n(f64::midpoint(left, far))) y=(HEIGHT - 6.0) text-anchor="middle" { (chart.across) }
                @for (nth, (line, name_y)) in chart.lines.iter().zip(names(&chart.lines, &y)).enumerate() {
                    g class=(format!("line c{}", nth % COLOURS)) {
                        polyline points=(points(line, &x, &y)) {}
                        @if let [(at, value)] = line.points[..] { circle cx=(n(x(at))) cy=(n(y(value))) r="3" {} }
                        text x=(far + 6.0) y=(n(name_y)) { (line.name) }
                    }
                }
            }
        }
    }
}

/// From the least to the greatest place, never nothing.
fn span(chart: &LineChart) -> (f64, f64) {
    let lines = chart.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
    let all =
        lines.clone().chain(chart.marks.iter().map(|mark| mark.0).filter(|_| lines.clone().count() == 0));
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), it| (low.min(it), high.max(it)));
    if low < high { (low, high) } else { (low - 1.0, low + 1.0) }
}

fn points(line: &Line, x: &impl Fn(f64) -> f64, y: &impl Fn(f64) -> f64) -> String {
    let point = |&(at, value): &(f64, f64)| format!("{},{}", n(x(at)), n(y(value)));
    line.points.iter().map(point).collect::<Vec<_>>().join(" ")
}

/// Where each line's name stands: at its end, apart from the names above.
fn names(lines: &[Line], y: &impl Fn(f64) -> f64) -> Vec<f64> {
    const APART: f64 = 15.0;
    let ends: Vec<f64> =
        lines.iter().map(|line| y(line.points.last().map_or(0.0, |it| it.1)) + 4.0).collect();
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|&one, &two| ends[one].total_cmp(&ends[two]));
    let mut placed = ends.clone();
    let mut last = f64::MIN;
    for nth in order {
        placed[nth] = ends[nth].max(last + APART);
        last = placed[nth];
    }
    // What would stand below the picture moves up with all above it.
    let over = (last - (HEIGHT - MARGINS[3] + 8.0)).max(0.0);
    placed.into_iter().map(|at| at - over).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, points: &[(f64, f64)]) -> Line {
        Line { name: name.to_owned(), points: points.to_vec() }
    }

    #[test]
    fn names_stand_apart() {
        let lines = [line("a", &[(0.0, 50.0)]), line("b", &[(0.0, 50.0)]), line("c", &[(0.0, 49.0)])];
        let mut placed = names(&lines, &|value| 200.0 - value);
        placed.sort_by(f64::total_cmp);
        assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= 15.0), "{placed:?}");
    }

    #[test]
    fn a_long_word_of_an_axis_has_room() {
        let deep = LineChart {
            title: "margin".into(),
            across: "month".into(),
            upward: "%".into(),
            lines: vec![line("Water", &[(0.0, -40_000.0), (1.0, 10.0)])],
            marks: Vec::new(),
            guide: None,
        };
        let text = draw(&deep, Language::En).into_string();
        // The axis's words end six before the lines begin.
        let at = text.split("<line class=\"grid\" x1=\"").nth(1).and_then(|rest| rest.split('"').next());
        let left: f64 = at.expect("a grid").parse().expect("a number");
        assert!(text.contains(">-40000<") && left - 6.0 >= 6.0 * 8.0, "{text}");
    }

    #[test]
    fn a_chart_of_one_point_is_drawn() {
        let one = LineChart {
            title: "margin".into(),
            across: "month".into(),
            upward: "%".into(),
            lines: vec![line("Water", &[(24_000.0, -12.0)])],
            marks: vec![(24_000.0, "2000-01".into())],
            guide: Some((35.0, 40.0)),
        };
        let text = draw(&one, Language::En).into_string();
        assert!(text.contains("<circle") && text.contains("2000-01") && !text.contains("NaN"), "{text}");
    }
}
