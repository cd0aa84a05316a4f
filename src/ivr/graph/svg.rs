//! A flow as SVG: rows by distance from the start, arrows with their keys.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;

use super::{Arrow, arrows, caption};
use crate::ivr::flow::Flow;
use crate::ivr::step::{StepNo, Target};

const BOX: (f32, f32) = (150.0, 44.0);
const GAP: (f32, f32) = (40.0, 80.0);
const MARGIN: f32 = 30.0;
const STYLE: &str = "text{font:12px sans-serif;text-anchor:middle;fill:#222}.caption,.label{font-size:10px;fill:#555}\
    .label{paint-order:stroke;stroke:#fff;stroke-width:3px}rect{fill:#f4f4f4;stroke:#888}\
    .debtor{fill:#e6f0e6;stroke:#4a7a4a}.end{fill:#fff;stroke:#888}path{fill:none;stroke:#777}.back{stroke-dasharray:4 3}";

/// The flow as an SVG picture. Steps that only the debtor hears are green; dashed arrows lead back.
pub fn svg(flow: &Flow) -> String {
    let arrows = arrows(flow);
    let places = places(flow, &arrows);
    let columns = places.values().map(|place| place.column).max().unwrap_or(0);
    let rows = places.values().map(|place| place.row).max().unwrap_or(0);
    let width = 2.0 * MARGIN + (columns + 1) as f32 * (BOX.0 + GAP.0);
    let height = 2.0 * MARGIN + (rows + 1) as f32 * (BOX.1 + GAP.1);
    let mut picture = String::new();
    let mut add = |line: String| writeln!(picture, "{line}").expect("a string takes every line");
    add(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">"
    ));
    add(format!("<title>{}</title><style>{STYLE}</style>", flow.label()));
    add("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" style=\"fill:#777;stroke:none\"/></marker></defs>"
        .to_owned());
    for arrow in &arrows {
        add(arrow_line(places[&Target::Step(arrow.from)], places[&arrow.to], &arrow.label));
    }
    for (target, place) in &places {
        add(box_lines(flow, *target, *place));
    }
    add("</svg>".to_owned());
    picture
}

/// A box's row and column, from 0.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    column: usize,
}

impl Place {
    /// The middle of the box's upper edge.
    fn top(self) -> (f32, f32) {
        let x = MARGIN + self.column as f32 * (BOX.0 + GAP.0) + (BOX.0 + GAP.0) / 2.0;
        (x, MARGIN + self.row as f32 * (BOX.1 + GAP.1))
    }
}

/// Rows by the least number of arrows from the start; ends stand below all steps.
fn places(flow: &Flow, arrows: &[Arrow]) -> BTreeMap<Target, Place> {
    let mut rows: BTreeMap<StepNo, usize> = BTreeMap::from([(flow.start, 0)]);
    let mut open = VecDeque::from([flow.start]);
    while let Some(from) = open.pop_front() {
        let row = rows[&from] + 1;
        for arrow in arrows.iter().filter(|arrow| arrow.from == from) {
            if let Target::Step(next) = arrow.to
                && !rows.contains_key(&next)
            {
                rows.insert(next, row);
                open.push_back(next);
            }
        }
    }
    let last = rows.values().max().map_or(0, |row| row + 1);
    let mut filled: BTreeMap<usize, usize> = BTreeMap::new();
    let mut places = BTreeMap::new();
    let steps = rows.into_iter().map(|(step, row)| (Target::Step(step), row));
    let ends = [Target::HangUp, Target::Agent].into_iter().map(|end| (end, last));
    let reached = ends.filter(|(end, _)| arrows.iter().any(|arrow| arrow.to == *end));
    for (target, row) in steps.chain(reached) {
        let column = filled.entry(row).or_default();
        places.insert(target, Place { row, column: *column });
        *column += 1;
    }
    places
}

fn arrow_line(from: Place, to: Place, label: &str) -> String {
    let (x1, y1) = from.top();
    let (x2, y2) = to.top();
    let back = to.row <= from.row;
    // Back arrows leave and arrive at the sides, so that they do not lie on those that lead on.
    let (from_at, to_at, bend) = if back {
        ((x1 + BOX.0 / 2.0, y1 + BOX.1 / 2.0), (x2 + BOX.0 / 2.0, y2 + BOX.1 / 2.0), (60.0, 0.0))
    } else {
        ((x1, y1 + BOX.1), (x2, y2), (0.0, GAP.1 / 2.0))
    };
    let ((ax, ay), (bx, by)) = (from_at, to_at);
    let (cx, cy) = (ax + bend.0, ay + bend.1);
    let (dx, dy) = if back { (bx + bend.0, by) } else { (bx, by - bend.1) };
    let class = if back { " class=\"back\"" } else { "" };
    let (lx, ly) = (ax + (cx - ax) * 0.6 + (bx - ax) * 0.2, ay + (cy - ay) * 0.6 + (by - ay) * 0.15);
    format!(
        "<path{class} d=\"M{ax} {ay} C{cx} {cy} {dx} {dy} {bx} {by}\" marker-end=\"url(#tip)\"/>\
         <text class=\"label\" x=\"{lx:.0}\" y=\"{ly:.0}\">{label}</text>"
    )
}

fn box_lines(flow: &Flow, target: Target, place: Place) -> String {
    let (x, y) = place.top();
    let (class, name, caption) = match target {
        Target::Agent => ("end", "agent", String::new()),
        Target::HangUp => ("end", "hang up", String::new()),
        Target::Step(number) => {
            let step = &flow.steps[number];
            (if step.identified { "debtor" } else { "neutral" }, step.name.as_str(), caption(step))
        }
    };
    let (left, name_y, caption_y) = (x - BOX.0 / 2.0, y + 18.0, y + 34.0);
    let name = name.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<rect class=\"{class}\" x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"5\"/>\
         <text x=\"{x}\" y=\"{name_y}\">{name}</text><text class=\"caption\" x=\"{x}\" y=\"{caption_y}\">{caption}</text>",
        BOX.0, BOX.1
    )
}
