//! What Prometheus may ask. No label carries a phone, a person or an agent.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    campaign: String,
    trunk: String,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TrunkLabel {
    trunk: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResponseLabels {
    trunk: String,
    code: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndpointLabel {
    endpoint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SentLabels {
    endpoint: String,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RuleLabel {
    rule: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: String,
    config: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallerLabel {
    caller: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CalendarLabel {
    calendar: String,
}

/// The counters of the daemon. Cheap to clone; every clone counts into the same cells.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: std::sync::Arc<Registry>,
    build: Family<BuildLabels, Gauge>,
    calls: Family<CallLabels, Counter>,
    active: Family<TrunkLabel, Gauge>,
    responses: Family<ResponseLabels, Counter>,
    trunk_up: Family<TrunkLabel, Gauge>,
    denied: Family<RuleLabel, Counter>,
    callbacks_expired: Counter,
    calls_in: Family<CallerLabel, Counter>,
    setup: Histogram,
    talk: Histogram,
    agent_heard: Histogram,
    rtp_lost: Counter,
    reload_ok: Gauge,
    kill_switch: Gauge,
    node_ousted: Gauge,
    store_silent: Gauge,
    calendar_days_left: Family<CalendarLabel, Gauge>,
    messages_sent: Family<SentLabels, Counter>,
    messages_waiting: Family<EndpointLabel, Gauge>,
    cases_open: Gauge,
    cases_overdue: Gauge,
    creditors_late: Gauge,
}

impl Metrics {
    /// A fresh registry; `version` and `config` stand in `obzvon_build_info`.
    pub fn new(version: &str, config: &str) -> Self {
        let mut registry = Registry::with_prefix("obzvon");
        let calls = Family::<CallLabels, Counter>::default();
        registry.register("calls", "Finished attempts", calls.clone());
        let active = Family::<TrunkLabel, Gauge>::default();
        registry.register("calls_active", "Calls in progress", active.clone());
        let responses = Family::<ResponseLabels, Counter>::default();
        registry.register("sip_responses", "Final responses to INVITE", responses.clone());
        let trunk_up = Family::<TrunkLabel, Gauge>::default();
        registry.register("trunk_up", "1 while the trunk takes calls", trunk_up.clone());
        let denied = Family::<RuleLabel, Counter>::default();
        registry.register("contact_denied", "Dials denied by the gate, by the first rule", denied.clone());
        let callbacks_expired = Counter::default();
        registry.register(
            "callbacks_expired",
            "Agreed calls that nobody made in time",
            callbacks_expired.clone(),
        );
        let calls_in = Family::<CallerLabel, Counter>::default();
        registry.register(
            "calls_in",
            "Calls that came in, by who called as far as the number tells",
            calls_in.clone(),
        );
        let setup = Histogram::new(exponential_buckets(0.5, 1.6, 12));
        registry.register_with_unit("call_setup", "INVITE to answer", Unit::Seconds, setup.clone());
        let talk = Histogram::new(exponential_buckets(1.0, 1.7, 12));
        registry.register_with_unit("call_talk", "Answer to end", Unit::Seconds, talk.clone());
        let agent_heard = Histogram::new(exponential_buckets(0.02, 1.5, 14));
        registry.register_with_unit(
            "agent_heard",
            "From the verdict that a person answered to the first sound of an agent that leaves for him",
            Unit::Seconds,
            agent_heard.clone(),
        );
        let rtp_lost = Counter::default();
        registry.register("rtp_packets_lost", "RTP packets that never came", rtp_lost.clone());
        let reload_ok: Gauge = Gauge::default();
        registry.register(
            "config_last_reload_successful",
            "1 if the last reload was taken",
            reload_ok.clone(),
        );
        reload_ok.set(1);
        let kill_switch: Gauge = Gauge::default();
        registry.register(
            "kill_switch",
            "1 while the kill switch is thrown and nothing is dialled",
            kill_switch.clone(),
        );
        let node_ousted: Gauge = Gauge::default();
        registry.register(
            "node_ousted",
            "1 once another process has taken this node's name: nothing is dialled and this one ends",
            node_ousted.clone(),
        );
        let store_silent: Gauge = Gauge::default();
        registry.register(
            "store_silent",
            "1 while nothing can be written to the database: nothing is dialled, what came of calls waits",
            store_silent.clone(),
        );
        let calendar_days_left = Family::<CalendarLabel, Gauge>::default();
        registry.register(
            "calendar_days_left",
            "Days to the end of a production calendar; every day after it has the hours of a holiday",
            calendar_days_left.clone(),
        );
        let messages_sent = Family::<SentLabels, Counter>::default();
        registry.register("messages_sent", "Tries to tell another system", messages_sent.clone());
        let messages_waiting = Family::<EndpointLabel, Gauge>::default();
        registry.register(
            "messages_waiting",
            "Messages another system has not taken yet",
            messages_waiting.clone(),
        );
        let (cases_open, cases_overdue, creditors_late): (Gauge, Gauge, Gauge) = Default::default();
        registry.register("cases_open", "Complaints and disputes that are not closed", cases_open.clone());
        registry.register("cases_overdue", "Of these the ones whose deadline is over", cases_overdue.clone());
        let help = "Open disputes whose creditor was asked and has not answered in his time";
        registry.register("disputes_unanswered", help, creditors_late.clone());
        let build = Family::<BuildLabels, Gauge>::default();
        registry.register("build_info", "Version of the program and of its config in force", build.clone());
        let metrics = Self {
            registry: std::sync::Arc::new(registry),
            build,
            calls,
            active,
            responses,
            trunk_up,
            denied,
            callbacks_expired,
            calls_in,
            setup,
            talk,
            agent_heard,
            rtp_lost,
            reload_ok,
            kill_switch,
            node_ousted,
            store_silent,
            calendar_days_left,
            messages_sent,
            messages_waiting,
            cases_open,
            cases_overdue,
            creditors_late,
        };
        metrics.built(version, config);
        metrics
    }

    /// This configuration is in force from now on.
    pub fn built(&self, version: &str, config: &str) {
        self.build.clear();
        let labels = BuildLabels { version: version.to_owned(), config: config.to_owned() };
        self.build.get_or_create(&labels).set(1);
    }

    /// A call began on this trunk.
    pub fn call_started(&self, trunk: &str) {
        self.active.get_or_create(&TrunkLabel { trunk: trunk.to_owned() }).inc();
    }

    /// It ended with this outcome code.
    pub fn call_ended(&self, campaign: &str, trunk: &str, result: &'static str) {
        self.active.get_or_create(&TrunkLabel { trunk: trunk.to_owned() }).dec();
        let labels = CallLabels { campaign: campaign.to_owned(), trunk: trunk.to_owned(), result };
        self.calls.get_or_create(&labels).inc();
    }

    /// A final response to an INVITE came.
    pub fn response(&self, trunk: &str, code: u16) {
        self.responses.get_or_create(&ResponseLabels { trunk: trunk.to_owned(), code }).inc();
    }

    /// INVITE to answer, and answer to end.
    pub fn call_times(&self, setup: Duration, talk: Duration) {
        self.setup.observe(setup.as_secs_f64());
        self.talk.observe(talk.as_secs_f64());
    }

    /// From the verdict that a person answered to the first sound of an agent.
    pub fn agent_heard(&self, after: Duration) {
        self.agent_heard.observe(after.as_secs_f64());
    }

    pub fn trunk_up(&self, trunk: &str, up: bool) {
        self.trunk_up.get_or_create(&TrunkLabel { trunk: trunk.to_owned() }).set(up.into());
    }

    /// A call that was agreed was not made in time.
    pub fn callback_expired(&self) {
        self.callbacks_expired.inc();
    }

    /// A call came in: `caller` is `known`, or why he is treated as nobody in particular.
    pub fn call_came_in(&self, caller: &'static str) {
        self.calls_in.get_or_create(&CallerLabel { caller }).inc();
    }

    /// So many calls came from no trunk's address, and were refused.
    pub fn calls_refused(&self, count: u64) {
        self.calls_in.get_or_create(&CallerLabel { caller: "no_trunk" }).inc_by(count);
    }

    /// The gate said no; `rule` is the first rule that denied.
    pub fn denied(&self, rule: &str) {
        self.denied.get_or_create(&RuleLabel { rule: rule.to_owned() }).inc();
    }

    /// A message to an endpoint was taken, or not.
    pub fn message_sent(&self, endpoint: &str, taken: bool) {
        let result = if taken { "taken" } else { "refused" };
        self.messages_sent.get_or_create(&SentLabels { endpoint: endpoint.to_owned(), result }).inc();
    }

    pub fn messages_waiting(&self, endpoint: &str, count: u64) {
        let gauge = self.messages_waiting.get_or_create(&EndpointLabel { endpoint: endpoint.to_owned() });
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// How many cases are open, and how many of them are overdue.
    pub fn cases(&self, open: u64, overdue: u64) {
        self.cases_open.set(i64::try_from(open).unwrap_or(i64::MAX));
        self.cases_overdue.set(i64::try_from(overdue).unwrap_or(i64::MAX));
    }

    pub fn creditors_late(&self, disputes: u64) {
        self.creditors_late.set(i64::try_from(disputes).unwrap_or(i64::MAX));
    }

    pub fn rtp_lost(&self, packets: u64) {
        self.rtp_lost.inc_by(packets);
    }

    pub fn reloaded(&self, taken: bool) {
        self.reload_ok.set(taken.into());
    }

    /// The kill switch was thrown or released.
    pub fn killed(&self, thrown: bool) {
        self.kill_switch.set(thrown.into());
    }

    /// Another process has this node's name.
    pub fn ousted(&self) {
        self.node_ousted.set(1);
    }

    /// Nothing can be written to the store, or it can again.
    pub fn store_silent(&self, silent: bool) {
        self.store_silent.set(silent.into());
    }

    /// The days left to the end of a calendar in use; negative after it.
    pub fn calendar_days_left(&self, calendar: &str, days: i32) {
        let label = CalendarLabel { calendar: calendar.to_owned() };
        self.calendar_days_left.get_or_create(&label).set(days.into());
    }

    /// The text Prometheus reads (OpenMetrics 1.0).
    pub fn exposition(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string can't fail");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exposition_counts_what_happened() {
        let metrics = Metrics::new("0.1.0", "abc");
        metrics.call_started("main");
        metrics.call_ended("autumn", "main", "busy");
        metrics.response("main", 486);
        metrics.denied("ru.call.day");
        metrics.calendar_days_left("RU", 35);
        metrics.built("0.1.0", "def");
        let text = metrics.exposition();
        assert!(!text.contains("abc"), "the old configuration is still told");
        for line in [
            "obzvon_build_info{version=\"0.1.0\",config=\"def\"} 1",
            "obzvon_calls_total{campaign=\"autumn\",trunk=\"main\",result=\"busy\"} 1",
            "obzvon_calls_active{trunk=\"main\"} 0",
            "obzvon_sip_responses_total{trunk=\"main\",code=\"486\"} 1",
            "obzvon_contact_denied_total{rule=\"ru.call.day\"} 1",
            "obzvon_calendar_days_left{calendar=\"RU\"} 35",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
