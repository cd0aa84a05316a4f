//! What the trunks' page asks: lines, health, registration, the last probe, and a probe now.

mod book;
mod sources;

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::info;

pub use book::{Seen, TrunkBook};
pub use sources::{Sources, hops};

use super::console::answered;
use super::house::House;
use super::lines::Standing;
use super::sip_names::target;
use crate::domain::Language;
use crate::sip::{ProbeAnswer, RegistrationState, Unreached};
use crate::trunk::{Circuit, Transport};
use crate::web::{CircuitView, ProbeTrunk, TrunkHandlers, TrunkLine, TrunkView};

/// Who answers for the trunks.
pub fn handlers(house: &Arc<House>) -> TrunkHandlers {
    TrunkHandlers {
        list: answered(house, |house: Arc<House>, language: Language| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let now = house.clock.now();
            let seen = |standing: Standing| {
                let seen = house.trunk_book.of(&standing.plan.name);
                view(standing, seen, (&zone, now), language)
            };
            Ok(house.lines.standing().into_iter().map(seen).collect())
        }),
        probe: answered(
            house,
            |house: Arc<House>, asked: ProbeTrunk| async move { Ok(probe(&house, asked)) },
        ),
    }
}

/// Each trunk in a line, for the wallboard.
pub fn lines(house: &House) -> Vec<TrunkLine> {
    let now = house.clock.now();
    let line = |Standing { plan, circuit, taken, .. }: Standing| TrunkLine {
        circuit: standing_of(circuit, &house.trunk_book.of(&plan.name), now),
        calls: taken,
        channels: plan.channels.get(),
        name: plan.name.to_string(),
    };
    house.lines.standing().into_iter().map(line).collect()
}

/// Begins a probe; its answer may take half a minute, so nobody waits for it here. `false`: there is no such trunk, or
/// it is being probed.
fn probe(house: &Arc<House>, ProbeTrunk { trunk, who }: ProbeTrunk) -> bool {
    let found = house.lines.standing().into_iter().find(|standing| *standing.plan.name == *trunk);
    let Some(plan) = found.map(|standing| standing.plan) else { return false };
    if !house.trunk_book.begin(&plan.name) {
        return false;
    }
    info!(trunk, who, "a trunk is probed by hand");
    let home = Arc::clone(house);
    house.helpers.spawn(async move {
        let answer = home.stack.probe(&target(&plan)).await;
        home.lines.probed(&plan.name, matches!(answer, ProbeAnswer::Alive { .. }));
        home.trunk_book.probed(&plan.name, answer, home.clock.wall());
    });
    true
}

fn view(
    Standing { plan, circuit, allowed_cps, taken }: Standing,
    seen: Seen,
    (zone, now): (&TimeZone, Instant),
    language: Language,
) -> TrunkView {
    let at = |at: Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M:%S").to_string();
    let by = match plan.peer.transport {
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
        Transport::Udp => "UDP",
    };
    let port = plan.peer.port.map(|port| format!(":{port}")).unwrap_or_default();
    TrunkView {
        name: plan.name.to_string(),
        peer: format!("{}{port} {by}", plan.peer.host),
        taken,
        channels: plan.channels.get(),
        allowed_cps: allowed_cps.get(),
        cps: plan.cps.get(),
        circuit: standing_of(circuit, &seen, now),
        registers: plan.account.as_ref().is_some_and(|account| account.register.is_some()),
        registration: seen.registration.map(|(when, state)| (at(when), registered(&state, language))),
        probe: seen.probe.map(|(when, answer)| {
            (at(when), matches!(answer, ProbeAnswer::Alive { .. }), probed(&answer, language))
        }),
        probing: seen.probing,
    }
}

/// Whether calls go through, as far as is known: where a name leads nowhere none does, whatever calls have come to.
pub fn standing_of(circuit: Circuit, seen: &Seen, now: Instant) -> CircuitView {
    match circuit {
        _ if seen.nameless => CircuitView::NoAddress,
        Circuit::Closed => CircuitView::Closed,
        Circuit::HalfOpen => CircuitView::HalfOpen,
        Circuit::Open { until } => {
            CircuitView::Open { for_s: until.map(|until| until.saturating_duration_since(now).as_secs()) }
        }
    }
}

fn registered(state: &RegistrationState, language: Language) -> (bool, String) {
    let ru = language == Language::Ru;
    match state {
        RegistrationState::Registered { expires } => {
            let s = expires.as_secs();
            (true, if ru { format!("на {s} с") } else { format!("for {s} s") })
        }
        RegistrationState::Refused { word, .. } => {
            let code = word.sip_code.map(|code| code.to_string()).unwrap_or_default();
            (false, if ru { format!("отказ {code}") } else { format!("refused {code}") })
        }
        RegistrationState::Unreachable { why, .. } => (false, unreached(why, language).to_owned()),
    }
}

fn probed(answer: &ProbeAnswer, language: Language) -> String {
    let ru = language == Language::Ru;
    match answer {
        ProbeAnswer::Alive { code } => format!("OPTIONS → {code}"),
        ProbeAnswer::Refusing { code, .. } if ru => format!("OPTIONS → {code}, не обслуживает"),
        ProbeAnswer::Refusing { code, .. } => format!("OPTIONS → {code}, does not serve"),
        ProbeAnswer::Silent if ru => "не отвечает".to_owned(),
        ProbeAnswer::Silent => "no answer".to_owned(),
        ProbeAnswer::Unreachable(why) => unreached(why, language).to_owned(),
    }
}

fn unreached(why: &Unreached, language: Language) -> &'static str {
    match why {
        Unreached::Connection(_) => language.pick("no connection", "нет соединения"),
        Unreached::Name(_) => language.pick("its name has no address", "у имени нет адреса"),
        Unreached::Other(_) => language.pick("nothing could be sent", "отправить не удалось"),
        Unreached::Silence => language.pick("no answer", "не отвечает"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn a_trunk_whose_name_has_no_address_takes_no_calls() {
        let now = Instant::now();
        let standing = |nameless| standing_of(Circuit::Closed, &Seen { nameless, ..Seen::default() }, now);
        assert_eq!(standing(false), CircuitView::Closed);
        assert_eq!(standing(true), CircuitView::NoAddress);
        let lost = ProbeAnswer::Unreachable(Unreached::Name("resolving sip.example.com".to_owned()));
        assert_eq!(probed(&lost, Language::Ru), "у имени нет адреса");
    }
}
