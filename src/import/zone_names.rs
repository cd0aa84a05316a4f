//! Zones of a list: a few dozen names in a million rows.

use std::collections::HashMap;

use super::cell;

/// Names read so far. Bounded: a list with more different ones than there are zones has them wrong anyway.
#[derive(Debug, Default)]
pub struct ZoneNames {
    read: HashMap<String, Option<String>>,
}

const MOST: usize = 1024;

impl ZoneNames {
    /// The IANA name that `text` means.
    pub fn read(&mut self, text: &str) -> Option<String> {
        if let Some(known) = self.read.get(text) {
            return known.clone();
        }
        let zone = cell::zone(text);
        if self.read.len() < MOST {
            self.read.insert(text.to_owned(), zone.clone());
        }
        zone
    }
}
