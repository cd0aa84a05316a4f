//! A chart as SVG, made on the server: lines over two axes, each named where it ends.

use maud::{Markup, html};

use crate::stats::{Chart, Line};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 280.0;
/// A sign of an axis's words is so wide.
const SIGN: f64 = 8.5;
/// Room for the axes' words: left at least, right, above, below.
const MARGINS: [f64; 4] = [44.0, 120.0, 10.0, 40.0];
/// Colours in the stylesheet; more lines begin anew, and are told apart by their names.
const COLOURS: usize = 6;

/// The chart with its title.
pub fn chart(chart: &Chart) -> Markup {
    let [least, right, above, below] = MARGINS;
    let (across, upward) = (span(chart), height(chart));
    let longest = steps(upward).into_iter().map(|value| short(value).len()).max().unwrap_or(0);
    let left = least.max(longest as f64 * SIGN + 10.0);
    let x = |value: f64| left + (value - across.0) / (across.1 - across.0) * (WIDTH - left - right);
    let y =
        |value: f64| HEIGHT - below - (value - upward.0) / (upward.1 - upward.0) * (HEIGHT - above - below);
    let far = WIDTH - right;
    html! {
        figure {
            figcaption { (chart.title) " · " (chart.upward) }
            svg.chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(chart.title) {
                @if let Some((low, high)) = chart.guide {
                    rect.guide x=(left) y=(n(y(high))) width=(far - left) height=(n(y(low) - y(high))) {}
                }
                @for value in steps(upward) {
                    line.grid x1=(left) x2=(far) y1=(n(y(value))) y2=(n(y(value))) {}
                    text x=(left - 6.0) y=(n(y(value) + 4.0)) text-anchor="end" { (short(value)) }
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
fn span(chart: &Chart) -> (f64, f64) {
    let lines = chart.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
    let all =
        lines.clone().chain(chart.marks.iter().map(|mark| mark.0).filter(|_| lines.clone().count() == 0));
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), it| (low.min(it), high.max(it)));
    if low < high { (low, high) } else { (low - 1.0, low + 1.0) }
}

/// From 0, or below it, to a round number above all.
fn height(chart: &Chart) -> (f64, f64) {
    let lines = chart.lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
    let guide = chart.guide.map(|(_, high)| high);
    let (low, high) =
        lines.chain(guide).fold((0.0_f64, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
    let step = step(high - low);
    ((low / step).floor() * step, ((high / step).ceil() * step).max(step))
}

/// A round step that makes four to ten of a length.
fn step(long: f64) -> f64 {
    let long = if long > 0.0 { long } else { 1.0 };
    let tens = 10.0_f64.powf((long / 5.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|it| it * tens).find(|it| long / it <= 6.0).unwrap_or(10.0 * tens)
}

fn steps((low, high): (f64, f64)) -> Vec<f64> {
    let step = step(high - low);
    let count = ((high - low) / step).round() as u32;
    (0..=count).map(|nth| low + f64::from(nth) * step).collect()
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

fn n(value: f64) -> String {
    format!("{value:.1}")
}

fn short(value: f64) -> String {
    if value.fract().abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, points: &[(f64, f64)]) -> Line {
        Line { name: name.to_owned(), points: points.to_vec() }
    }

    #[test]
    fn axes_have_round_steps_and_names_stand_apart() {
        assert_eq!(steps((0.0, 100.0)), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert!((step(0.7) - 0.2).abs() < 1e-9, "{}", step(0.7));
        assert!(step(0.0) > 0.0);
        let lines = [line("a", &[(0.0, 50.0)]), line("b", &[(0.0, 50.0)]), line("c", &[(0.0, 49.0)])];
        let mut placed = names(&lines, &|value| 200.0 - value);
        placed.sort_by(f64::total_cmp);
        assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= 15.0), "{placed:?}");
    }

    #[test]
    fn a_long_word_of_an_axis_has_room() {
        let deep = Chart {
            title: "margin".into(),
            across: "month".into(),
            upward: "%".into(),
            lines: vec![line("Water", &[(0.0, -40_000.0), (1.0, 10.0)])],
            marks: Vec::new(),
            guide: None,
        };
        let text = chart(&deep).into_string();
        // The axis's words end six before the lines begin.
        let at = text.split("<line class=\"grid\" x1=\"").nth(1).and_then(|rest| rest.split('"').next());
        let left: f64 = at.expect("a grid").parse().expect("a number");
        assert!(text.contains(">-40000<") && left - 6.0 >= 6.0 * 8.0, "{text}");
    }

    #[test]
    fn a_chart_of_one_point_is_drawn() {
        let one = Chart {
            title: "margin".into(),
            across: "month".into(),
            upward: "%".into(),
            lines: vec![line("Water", &[(24_000.0, -12.0)])],
            marks: vec![(24_000.0, "2000-01".into())],
            guide: Some((35.0, 40.0)),
        };
        let text = chart(&one).into_string();
        assert!(text.contains("<circle") && text.contains("2000-01") && !text.contains("NaN"), "{text}");
    }
}
