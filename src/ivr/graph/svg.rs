//! A flow as SVG: rows by distance from the start, arrows with their keys.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use super::{Arrow, Say, arrows, caption, code};
use crate::ivr::flow::Flow;
use crate::ivr::step::{Step, StepNo, Target};

const BOX: (f32, f32) = (150.0, 44.0);
const GAP: (f32, f32) = (40.0, 80.0);
const MARGIN: f32 = 30.0;
const STYLE: &str = "text{font:12px sans-serif;text-anchor:middle;fill:#222}.caption,.label{font-size:10px;fill:#555}\
    .label{paint-order:stroke;stroke:#fff;stroke-width:3px}rect{fill:#f4f4f4;stroke:#888}\
    .debtor{fill:#e6f0e6;stroke:#4a7a4a}path{fill:none;stroke:#777}.back{stroke-dasharray:4 3}";

/// The flow as an SVG picture. Steps that only the debtor hears are green; dashed arrows lead back or stay.
pub fn svg(flow: &Flow) -> String {
    let style = format!("<style>{STYLE}.tip{{fill:#777;stroke:none}}</style>");
    draw(flow, &Walked::default(), (&style, &code))
}

/// The same for a page that has the styles of `svg.flow`, with the way a call took: its steps numbered in their order. The
/// page says the codes in words.
pub fn picture(flow: &Flow, trail: &[String], say: Say<'_>) -> String {
    draw(flow, &Walked::of(flow, trail), ("", say))
}

/// The way a call took.
#[derive(Default)]
struct Walked {
    /// A step's places in the way, from 1.
    places: BTreeMap<StepNo, Vec<usize>>,
    arrows: BTreeSet<(StepNo, StepNo)>,
}

impl Walked {
    fn of(flow: &Flow, trail: &[String]) -> Self {
        let number = |name: &String| flow.steps.iter().position(|step| step.name == *name);
        let steps: Vec<StepNo> = trail.iter().filter_map(number).collect();
        let mut walked = Self::default();
        for (nth, &step) in steps.iter().enumerate() {
            walked.places.entry(step).or_default().push(nth + 1);
        }
        walked.arrows = steps.windows(2).map(|pair| (pair[0], pair[1])).collect();
        walked
    }

    fn has(&self, arrow: &Arrow) -> bool {
        matches!(arrow.to, Target::Step(to) if self.arrows.contains(&(arrow.from, to)))
    }
}

fn draw(flow: &Flow, walked: &Walked, (style, say): (&str, Say<'_>)) -> String {
    let arrows = arrows(flow, say);
    let layout = Layout::of(flow, &arrows);
    let width = 2.0 * MARGIN + layout.columns as f32 * (BOX.0 + GAP.0);
    let height = 2.0 * MARGIN + layout.rows as f32 * (BOX.1 + GAP.1);
    let mut picture = String::new();
    let mut add = |line: String| writeln!(picture, "{line}").expect("a string takes every line");
    add(format!(
        "<svg class=\"flow\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">"
    ));
    add(format!("<title>{}</title>{style}", escaped(&flow.label())));
    add("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" \
         orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" class=\"tip\"/></marker></defs>"
        .to_owned());
    for arrow in &arrows {
        add(arrow_line(&layout, arrow, walked.has(arrow), say));
    }
    for &step in layout.places.keys() {
        add(box_lines(&flow.steps[step], layout.top(step), walked.places.get(&step), say));
    }
    add("</svg>".to_owned());
    picture
}

/// Where the boxes stand: rows by the least number of arrows from the start, each row in the middle.
struct Layout {
    /// Row and column of a step, from 0.
    places: BTreeMap<StepNo, (usize, usize)>,
    rows: usize,
    columns: usize,
    /// Boxes in each row.
    filled: Vec<usize>,
}

impl Layout {
    fn of(flow: &Flow, arrows: &[Arrow]) -> Self {
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
        let mut filled = vec![0; rows.values().max().map_or(1, |row| row + 1)];
        let mut places = BTreeMap::new();
        for (step, row) in rows {
            places.insert(step, (row, filled[row]));
            filled[row] += 1;
        }
        let columns = filled.iter().copied().max().unwrap_or(1);
        Self { places, rows: filled.len(), columns, filled }
    }

    /// The middle of the upper edge of a step's box.
    fn top(&self, step: StepNo) -> (f32, f32) {
        let (row, column) = self.places[&step];
        let shift = (self.columns - self.filled[row]) as f32 / 2.0;
        let x = MARGIN + (column as f32 + shift + 0.5) * (BOX.0 + GAP.0);
        (x, MARGIN + row as f32 * (BOX.1 + GAP.1))
    }
}

fn arrow_line(layout: &Layout, arrow: &Arrow, walked: bool, say: Say<'_>) -> String {
    let (x, y) = layout.top(arrow.from);
    let (class, path, (label_x, label_y), label) = match arrow.to {
        // The ends of a call are stubs: arrows to one common box would cross everything.
        Target::Agent | Target::HangUp => {
            let end = say(if arrow.to == Target::Agent { "agent" } else { "hang up" });
            let label = if arrow.label.is_empty() || arrow.label == end {
                end
            } else {
                format!("{}: {end}", arrow.label)
            };
            let (at, from) = (x + BOX.0 / 2.0 - 25.0, y + BOX.1);
            ("", format!("M{at} {from} L{at} {}", from + 18.0), (at, from + 29.0), label)
        }
        Target::Step(to) if to == arrow.from => {
            let side = x + BOX.0 / 2.0;
            let (out, upper, lower) = (side + 30.0, y + 10.0, y + BOX.1 - 10.0);
            let path = format!("M{side} {upper} C{out} {} {out} {} {side} {lower}", y - 6.0, y + BOX.1 + 6.0);
            ("back", path, (side + 10.0, y - 4.0), arrow.label.clone())
        }
        Target::Step(to) => {
            let (to_x, to_y) = layout.top(to);
            if to_y > y {
                let (from, bend) = (y + BOX.1, GAP.1 / 2.0);
                let path = format!("M{x} {from} C{x} {} {to_x} {} {to_x} {to_y}", from + bend, to_y - bend);
                ("", path, (to_x, to_y - 14.0), arrow.label.clone())
            } else {
                let (side, to_side) = (x + BOX.0 / 2.0, to_x + BOX.0 / 2.0);
                let (at, to_at, out) = (y + BOX.1 / 2.0, to_y + BOX.1 / 2.0, 60.0);
                let path =
                    format!("M{side} {at} C{} {at} {} {to_at} {to_side} {to_at}", side + out, to_side + out);
                ("back", path, (side + 22.0, at - 4.0), arrow.label.clone())
            }
        }
    };
    let walked = if walked { " walked" } else { "" };
    let label = escaped(&label);
    format!(
        "<path class=\"{class}{walked}\" d=\"{path}\" marker-end=\"url(#tip)\"/>\
         <text class=\"label\" x=\"{label_x:.0}\" y=\"{label_y:.0}\">{label}</text>"
    )
}

fn box_lines(step: &Step, (x, y): (f32, f32), walked: Option<&Vec<usize>>, say: Say<'_>) -> String {
    let class = if step.identified { "debtor" } else { "neutral" };
    let (left, name_y, caption_y) = (x - BOX.0 / 2.0, y + 18.0, y + 34.0);
    let name = escaped(&step.name);
    let (passed, order) = match walked {
        Some(places) => {
            let order = places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let (at, above) = (left + 4.0, y - 4.0);
            (" walked", format!("<text class=\"order\" x=\"{at}\" y=\"{above}\">{order}</text>"))
        }
        None => ("", String::new()),
    };
    format!(
        "{order}<rect class=\"{class}{passed}\" x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"5\"/>\
         <text x=\"{x}\" y=\"{name_y}\">{name}</text>\
         <text class=\"caption\" x=\"{x}\" y=\"{caption_y}\">{}</text>",
        BOX.0,
        BOX.1,
        escaped(&caption(step, say))
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
