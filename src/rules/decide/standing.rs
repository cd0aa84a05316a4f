//! Rules that stand until someone acts or a date comes: holds, consents, and the campaign's ratio.

use jiff::{SignedDuration, Timestamp};

use super::Case;
use crate::rules::coded::Set;
use crate::rules::preset::Scope;
use crate::rules::{Consent, ConsentKind, DialMode, HoldKind, WayKind};

impl Case<'_> {
    /// When none of these holds bites.
    pub(super) fn without_holds(
        &self,
        kinds: Set<HoldKind>,
        scope: Scope,
        mut at: Timestamp,
    ) -> Option<Timestamp> {
        while let Some(hold) = self.holds_in(scope).find(|hold| kinds.contains(hold.kind) && hold.bites(at)) {
            let suspensions = hold.suspended.iter().map(|&(from, _)| from);
            at = suspensions.chain(hold.until).filter(|&end| end > at).min()?;
        }
        Some(at)
    }

    /// When all of these consents are active.
    pub(super) fn with_consents(&self, needs: Set<ConsentKind>, mut at: Timestamp) -> Option<Timestamp> {
        while let Some(missing) = needs.iter().find(|&kind| !self.consent_active(kind, at)) {
            at = self.consent_begins(missing, at)?;
        }
        Some(at)
    }

    /// A consent of this kind is active.
    pub(super) fn consent_active(&self, kind: ConsentKind, at: Timestamp) -> bool {
        self.consents().any(|consent| consent.kind == kind && active(consent, at))
    }

    /// The next time after `at` at which a consent of this kind begins.
    pub(super) fn consent_begins(&self, kind: ConsentKind, at: Timestamp) -> Option<Timestamp> {
        let ours = self.consents().filter(|consent| consent.kind == kind);
        ours.filter_map(|consent| consent.from.filter(|&from| from > at && active(consent, from))).min()
    }

    /// The campaign's abandoned share is not above the limit, or this is no predictive call.
    pub(super) fn ratio_kept(
        &self,
        max_ppm: u32,
        period: SignedDuration,
        at: Timestamp,
    ) -> Option<Timestamp> {
        let way = &self.facts.way;
        if way.kind != WayKind::Call || way.dial_mode != DialMode::Predictive {
            return Some(at);
        }
        let exact = self.facts.tallies.iter().find(|tally| tally.period == Some(period));
        let tally = exact.or_else(|| self.facts.tallies.iter().find(|tally| tally.period.is_none()))?;
        let (abandoned, live) = (u128::from(tally.abandoned), u128::from(tally.live_connected));
        (abandoned * 1_000_000 <= u128::from(max_ppm) * (abandoned + live)).then_some(at)
    }
}

fn active(consent: &Consent, at: Timestamp) -> bool {
    consent.from.is_none_or(|from| from <= at) && consent.until.is_none_or(|until| at < until)
}
