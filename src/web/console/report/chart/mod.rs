//! Charts as SVG, made on the server.

mod axis;
mod lines;
mod ranges;

use maud::Markup;

use crate::domain::Language;
use crate::stats::Chart;

/// The chart with its title.
pub fn chart(chart: &Chart, language: Language) -> Markup {
    match chart {
        Chart::Lines(chart) => lines::draw(chart, language),
        Chart::Ranges(chart) => ranges::draw(chart, language),
    }
}

/// A length in the picture.
fn n(value: f64) -> String {
    format!("{value:.1}")
}
