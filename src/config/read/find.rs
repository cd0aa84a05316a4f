//! Finds a value's place in a TOML text by its path, and its path by its place.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{Place, Source};
use crate::rules::spot::{Spot, Step};

impl Source {
    /// The place of the value at `spot`, or of the last step towards it that is there.
    pub fn place_of(&self, spot: &Spot) -> Place {
        let line = self.offsets(&spot.0).last().map(|&offset| self.line_of(offset));
        Place::File { path: self.path.clone(), line }
    }

    /// Whether every one of the steps is there.
    pub fn has(&self, steps: &[Step]) -> bool {
        self.offsets(steps).len() == steps.len()
    }

    /// Where each step begins, as far as they are there.
    fn offsets(&self, steps: &[Step]) -> Vec<usize> {
        let (root, _) = DeTable::parse_recoverable(&self.text);
        let (mut within, mut offsets) = (Within::Table(root.get_ref()), Vec::new());
        for step in steps {
            let found = match (&within, step) {
                (Within::Table(table), Step::Key(key)) => {
                    let found = table.get_key_value(key.as_str());
                    found.map(|(name, value)| (name.span(), value.get_ref()))
                }
                (Within::Value(DeValue::Array(list)), Step::At(place)) => {
                    list.get(*place).map(|value| (value.span(), value.get_ref()))
                }
                _ => None,
            };
            let Some((span, value)) = found else { break };
            offsets.push(span.start);
            within = match value {
                DeValue::Table(table) => Within::Table(table),
                other => Within::Value(other),
            };
        }
        offsets
    }

    /// The dotted path of the key or value that has the byte at `offset`; empty where nothing has it.
    pub fn key_at(&self, offset: usize) -> String {
        let (root, _) = DeTable::parse_recoverable(&self.text);
        let mut path = Spot::default();
        path_to(root.get_ref(), offset, &mut path);
        path.to_string()
    }
}

enum Within<'t> {
    Table(&'t DeTable<'t>),
    Value(&'t DeValue<'t>),
}

/// Adds the steps to what has the byte; a table's own span is its heading alone, so its keys are asked first.
fn path_to(table: &DeTable<'_>, offset: usize, path: &mut Spot) -> bool {
    for (name, value) in table {
        path.0.push(name.get_ref().as_ref().into());
        if within(value.get_ref(), offset, path) || has(name.span(), offset) || has(value.span(), offset) {
            return true;
        }
        path.0.pop();
    }
    false
}

fn within(value: &DeValue<'_>, offset: usize, path: &mut Spot) -> bool {
    match value {
        DeValue::Table(table) => path_to(table, offset, path),
        DeValue::Array(list) => list.iter().enumerate().any(|(place, element)| {
            path.0.push(place.into());
            let found = within(element.get_ref(), offset, path) || has(element.span(), offset);
            if !found {
                path.0.pop();
            }
            found
        }),
        _ => false,
    }
}

fn has(span: Range<usize>, offset: usize) -> bool {
    span.contains(&offset)
}
