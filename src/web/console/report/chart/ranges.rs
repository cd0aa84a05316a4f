//! Estimates under each other, each with its interval as a bar and 0 as a line: who is beyond it is seen at once.

use maud::{Markup, html};

use super::axis::Axis;
use super::n;
use crate::domain::Language;
use crate::stats::{Estimate, RangeChart};

const WIDTH: f64 = 640.0;
/// One estimate is so high; the axis's words below all need so much.
const ROW: f64 = 26.0;
const BELOW: f64 = 40.0;
/// Names have the left part, cut where they are longer.
const LEFT: f64 = 200.0;
const RIGHT: f64 = 24.0;
const SIGNS: usize = 26;

/// The chart with its title.
pub fn draw(chart: &RangeChart, language: Language) -> Markup {
    let axis = Axis::around(chart.ranges.iter().flat_map(|(_, it)| [it.low, it.high]));
    let x = |value: f64| LEFT + (value - axis.low) / (axis.high - axis.low) * (WIDTH - LEFT - RIGHT);
    let bottom = ROW * chart.ranges.len() as f64;
    let high = bottom + BELOW;
    html! {
        figure {
            figcaption { (chart.title) " · " (chart.across) }
            svg.chart viewBox=(format!("0 0 {WIDTH} {high}")) role="img" aria-label=(chart.title) {
                @for (value, word) in axis.steps(language) {
                    line.grid x1=(n(x(value))) x2=(n(x(value))) y1="0" y2=(bottom) {}
                    text x=(n(x(value))) y=(bottom + 16.0) text-anchor="middle" { (word) }
                }
                line.zero x1=(n(x(0.0))) x2=(n(x(0.0))) y1="0" y2=(bottom) {}
                @for (nth, (name, it)) in chart.ranges.iter().enumerate() {
                    (range(name, *it, ROW * (nth as f64 + 0.5), &x))
                }
                text x=(n(f64::midpoint(LEFT, WIDTH - RIGHT))) y=(high - 6.0) text-anchor="middle" { (chart.across) }
            }
        }
    }
}

fn range(name: &str, it: Estimate, y: f64, x: &impl Fn(f64) -> f64) -> Markup {
    html! {
        text x=(LEFT - 10.0) y=(y + 4.0) text-anchor="end" { (cut(name)) }
        g.line.c0 {
            polyline points=(format!("{},{y} {},{y}", n(x(it.low)), n(x(it.high)))) {}
            circle cx=(n(x(it.value))) cy=(y) r="4" {}
        }
    }
}

/// A name as long as there is room.
fn cut(name: &str) -> String {
    match name.chars().count() > SIGNS {
        true => name.chars().take(SIGNS - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_stands_where_it_is_and_nothing_is_a_line() {
        let text = draw(
            &RangeChart {
                title: "effect".into(),
                across: "points".into(),
                ranges: vec![
                    ("reminders".into(), Estimate { value: 2.0, low: 1.0, high: 3.0 }),
                    (
                        "<img src=x onerror=alert(1)> of a long name".into(),
                        Estimate { value: -1.0, low: -2.0, high: 4.0 },
                    ),
                ],
            },
            Language::En,
        )
        .into_string();
        // The axis is -2 to 4 over 416: 0 lies at 200 + 416 × 2 / 6.
        assert!(text.contains("<line class=\"zero\" x1=\"338.7\""), "{text}");
        assert!(text.contains("points=\"408.0,13 546.7,13\"") && text.contains("cx=\"477.3\""), "{text}");
        assert!(text.contains("…") && !text.contains("<img"), "{text}");
    }
}
