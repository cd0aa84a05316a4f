//! What stands about the person at the time asked for: holds, consents, times he asked not to be called at.

use jiff::Timestamp;

use super::Desk;
use crate::cli::standing::{in_words, reach};
use crate::domain::{Language, plain};
use crate::store::{ConsentRow, HoldRow, PersonFile};

impl Desk<'_> {
    /// The holds that had not ended, his own and those of others that keep us from him.
    pub(super) fn holds(&self, file: &PersonFile) -> Vec<&HoldRow> {
        let all = self.known.standing.get(&file.id).map_or(&[][..], |(holds, _)| holds.as_slice());
        all.iter().filter(|hold| hold.until.is_none_or(|until| self.now < until)).collect()
    }

    pub(super) fn consents(&self, file: &PersonFile) -> Vec<&ConsentRow> {
        let all = self.known.standing.get(&file.id).map_or(&[][..], |(_, consents)| consents.as_slice());
        all.iter().filter(|consent| consent.in_force(self.now)).collect()
    }

    /// A line for each hold, consent and preference that stands.
    pub(super) fn standing_text(&self, file: &PersonFile) -> String {
        let ru = self.language == Language::Ru;
        let until = |until: Option<Timestamp>| until.map(|until| format!(" – {until}")).unwrap_or_default();
        let mut text = String::new();
        for hold in self.holds(file) {
            let head = match (hold.in_force(self.now), ru) {
                (true, true) => "запрет",
                (true, false) => "hold",
                (false, true) => "запрет, сейчас не действует",
                (false, false) => "hold, not in force now",
            };
            let evidence = plain(hold.evidence.as_deref().unwrap_or(""));
            let holder = match (hold.holder == file.external_id, ru) {
                (true, _) => String::new(),
                (false, true) => format!(" (поставлен на {})", plain(&hold.holder)),
                (false, false) => format!(" (set for {})", plain(&hold.holder)),
            };
            let on = match reach(hold.phone, hold.debt.as_deref(), self.language) {
                on if on.is_empty() => on,
                on => format!(", {}", plain(&on)),
            };
            let (kind, until) = (hold.kind.code(), until(hold.until));
            text += &format!("{head} {}{holder}: {kind}{on}{until} {evidence}\n", hold.id);
        }
        for consent in self.consents(file) {
            let head = if ru { "согласие" } else { "consent" };
            let evidence = plain(consent.evidence.as_deref().unwrap_or(""));
            let (id, kind) = (consent.id, consent.kind.code());
            text += &format!("{head} {id}: {kind}{} {evidence}\n", until(consent.until));
        }
        for wish in file.preferences.iter().filter(|wish| wish.in_force(self.now)) {
            let head = if ru { "просил не звонить" } else { "asked not to be called" };
            text += &format!("{head}: {}{}\n", in_words(wish.range), until(wish.until));
        }
        for phone in &file.phones {
            let Some(said) = phone.said_usable.as_ref().filter(|said| said.at <= self.now) else { continue };
            let (number, who, why) = (&phone.number, plain(&said.who), plain(&said.evidence));
            text += &match ru {
                true => format!("номер {number} снова годен: сказал {who}, {:.0}: {why}\n", said.at),
                false => format!("number {number} is usable again: said {who}, {:.0}: {why}\n", said.at),
            };
        }
        text
    }
}
