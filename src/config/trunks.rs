//! `trunks.toml`: words in, checked plans out.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::daemon::name;
use super::read::{Clause, Mistake, Reading, Section, Value, words};
use super::secret::secret_of_calls;
use crate::domain::{Codec, Currency, Language, Money, PhoneNumber};
use crate::rules::spot::Spot;
use crate::trunk::{
    Account, CallerId, CallerIdStatus, HealthPlan, Network, Peer, Proxy, Rewriting, Routing, Rule, Transport,
    TrunkPlan,
};

pub const LANGUAGES: [(&str, Language); 2] = [("ru", Language::Ru), ("en", Language::En)];

/// What `trunks.toml` comes to: every name, and the plan where it is sound.
pub type Trunks = Vec<(String, Option<Arc<TrunkPlan>>)>;

/// Reads the file's root.
pub fn trunks(root: &Section<'_>) -> Trunks {
    let tables = root.children("trunk");
    if tables.is_empty() {
        root.note("trunk", Mistake::Empty);
    }
    tables.into_iter().map(|(name, section)| (name.clone(), trunk(name, &section).map(Arc::new))).collect()
}

/// What calls cost is added to what debts bring: one currency for both.
pub fn check_currency(reading: &Reading<'_>, trunks: &Trunks, currency: Currency) {
    for (name, plan) in trunks {
        let price = plan.as_ref().map(|plan| plan.routing.cost_per_minute);
        if price.is_some_and(|price| price.minor > 0 && price.currency != currency) {
            let spot = Spot::default().then("currency");
            reading.note_spot(
                "trunks.toml",
                &format!("trunk.{name}"),
                &spot,
                Mistake::Contradiction(OTHER_CURRENCY),
            );
        }
    }
}

const OTHER_CURRENCY: Clause = Clause {
    en: "is not the currency of statistics.toml: what calls cost is added to what debts bring",
    ru: "не валюта из statistics.toml: цена звонков складывается с деньгами по долгам",
};

fn trunk(named: String, section: &Section<'_>) -> Option<TrunkPlan> {
    let sound_name = name(&Value::of_text(&named)).map_err(|mistake| section.note("", mistake));
    let peer = peer(section);
    let account = account(section);
    let cps = section.or("cps", 1, |value| value.integer(1..=500));
    let channels = section.or("channels", 10, |value| value.integer(1..=10_000));
    let ring_limit = section.or("ring_limit_s", Duration::from_secs(35), |value| value.seconds(10..=120));
    let routing = routing(section);
    let caller_ids = caller_ids(&section.child("caller_ids"));
    let rewriting = rewriting(&section.child("rewrite"));
    let codecs = codecs(section);
    let health = health(&section.child("health"));
    section.finish();
    sound_name.ok()?;
    Some(TrunkPlan {
        name: named.into(),
        peer: peer?,
        account: account?,
        cps: NonZeroU32::new(cps?)?,
        channels: NonZeroU32::new(channels?)?,
        ring_limit: ring_limit?,
        routing: routing?,
        caller_ids: caller_ids?,
        rewriting: rewriting?,
        codecs: codecs?,
        health: health?,
    })
}

fn peer(section: &Section<'_>) -> Option<Peer> {
    let host_name = section.must("host", words::HOST, host);
    let port = section.may("port", |value| value.integer(1..=u16::MAX));
    let transport = section.or("transport", Transport::Udp, transport);
    let offers_tcp = section.or("offers_tcp", false, Value::flag);
    let takes_refer = section.or("refer", false, Value::flag);
    let takes_replaces = section.or("refer_replaces", false, Value::flag);
    let outbound_proxy = section.may("outbound_proxy", proxy);
    let from = section.list("from", network);
    let (transport, outbound_proxy) = (transport?, outbound_proxy.ok()?);
    let (host, port, offers_tcp) = (host_name?, port.ok()?, offers_tcp?);
    let (takes_refer, takes_replaces) = (takes_refer?, takes_replaces?);
    Some(Peer { host, port, transport, offers_tcp, takes_refer, takes_replaces, outbound_proxy, from: from? })
}

/// Reads an address or a network that calls come from.
fn network(value: &Value<'_>) -> Result<Network, Mistake> {
    let text = value.text()?;
    Network::parse(&text).ok_or(Mistake::Malformed { is: text, wants: words::NETWORK })
}

/// Reads a host name or an address, IPv6 with or without brackets.
pub fn host(value: &Value<'_>) -> Result<String, Mistake> {
    let written = value.text()?;
    let bare = written.trim_start_matches('[').trim_end_matches(']');
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let is_name = bare.len() <= 253 && bare.split('.').all(label);
    if is_name || bare.parse::<std::net::IpAddr>().is_ok() {
        Ok(bare.to_owned())
    } else {
        Err(Mistake::Malformed { is: written, wants: words::HOST })
    }
}

fn transport(value: &Value<'_>) -> Result<Transport, Mistake> {
    value.one_of(&Transport::ALL.map(|transport| (transport.code(), transport)))
}

/// Reads a list of transports to listen on, each once; an absent one is `default`. We call over TLS and are not called.
pub fn transports(section: &Section<'_>, key: &str, default: &[Transport]) -> Option<Vec<Transport>> {
    let heard = [Transport::Tcp, Transport::Udp].map(|transport| (transport.code(), transport));
    let listed = section.list(key, |value| value.one_of(&heard))?;
    match listed.is_empty() {
        true if section.has(key) => {
            section.note(key, Mistake::Empty);
            None
        }
        true => Some(default.to_vec()),
        false => Some(listed),
    }
}

/// Reads `host` or `host:port`; IPv6 with a port wants brackets.
fn proxy(value: &Value<'_>) -> Result<Proxy, Mistake> {
    let text = value.text()?;
    let port_of = |port: &str| port.parse::<u16>().ok().filter(|&port| port > 0);
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port_of(port) {
            Some(port) => (name, Some(port)),
            None => return Err(Mistake::Malformed { is: text, wants: words::HOST }),
        },
        _ => (text.as_str(), None),
    };
    Ok(Proxy { host: host(&Value::of_text(name))?, port })
}

/// `Some(None)`: the trunk knows us by address.
fn account(section: &Section<'_>) -> Option<Option<Account>> {
    let user = section.may("user", Value::text);
    let password = secret_of_calls(section, "password");
    let register = section.or("register", false, Value::flag);
    let expires = section.or("register_s", Duration::from_secs(600), |value| value.seconds(60..=86_400));
    let (user, password, register, expires) = (user.ok()?, password.ok()?, register?, expires?);
    match (user, password) {
        (Some(user), Some(password)) => {
            Some(Some(Account { user, password, register: register.then_some(expires) }))
        }
        (Some(_), None) if section.reading().spares_secrets() => Some(None),
        (Some(_), None) => note(section, "user", USER_ALONE),
        (None, Some(_)) => note(section, "password", PASSWORD_ALONE),
        (None, None) if register => note(section, "register", REGISTER_ALONE),
        (None, None) => Some(None),
    }
}

fn note<T>(section: &Section<'_>, key: &str, clause: Clause) -> Option<T> {
    section.note(key, Mistake::Contradiction(clause));
    None
}

const USER_ALONE: Clause = Clause {
    en: "a user wants a password: name a variable with `password_env` or a file with `password_file`",
    ru: "к имени нужен пароль: назовите переменную (`password_env`) или файл (`password_file`)",
};
const PASSWORD_ALONE: Clause =
    Clause { en: "a password wants a `user`", ru: "к паролю нужно имя: `user`" };
const REGISTER_ALONE: Clause = Clause {
    en: "registering wants a `user` and a password",
    ru: "для регистрации нужны `user` и пароль",
};

fn routing(section: &Section<'_>) -> Option<Routing> {
    let prefixes = section.list("prefixes", |value| {
        let digits = value.text()?;
        let sound = digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if sound { Ok(digits) } else { Err(Mistake::Malformed { is: digits, wants: words::PREFIX }) }
    });
    let priority = section.or("priority", 0, |value| value.integer(0..=u16::MAX));
    let weight = section.or("weight", 1, |value| value.integer(0..=u16::MAX));
    let cost = section.or("cost_per_minute", 0, |value| value.hundredths(0..=100_000));
    let currencies = Currency::ALL.map(|currency| (currency.code(), currency));
    let currency = section.or("currency", Currency::Rub, |value| value.one_of(&currencies));
    let cost_per_minute = Money::new(cost?, currency?);
    Some(Routing { prefixes: prefixes?, priority: priority?, weight: weight?, cost_per_minute })
}

/// `allocated` are ours by contract; without one of them no call can leave.
fn caller_ids(section: &Section<'_>) -> Option<Vec<CallerId>> {
    let allocated = section.list("allocated", Value::phone);
    let withdrawn = section.list("withdrawn", Value::phone);
    section.finish();
    let (allocated, withdrawn) = (allocated?, withdrawn?);
    if allocated.is_empty() {
        section.note("allocated", Mistake::Empty);
        return None;
    }
    if allocated.iter().any(|number| withdrawn.contains(number)) {
        return note(section, "withdrawn", BOTH_WAYS);
    }
    let id = |status| move |number: PhoneNumber| CallerId { number, status };
    let allocated = allocated.into_iter().map(id(CallerIdStatus::Allocated));
    Some(allocated.chain(withdrawn.into_iter().map(id(CallerIdStatus::Withdrawn))).collect())
}

const BOTH_WAYS: Clause = Clause {
    en: "a number can't be both allocated and withdrawn",
    ru: "номер не может быть и выделенным, и отозванным",
};

fn rewriting(section: &Section<'_>) -> Option<Rewriting> {
    let callee = section.list("callee", rule);
    let caller = section.list("caller", rule);
    section.finish();
    Some(Rewriting { callee: callee?, caller: caller? })
}

/// Reads `+7 -> 8`; either side may be empty.
fn rule(value: &Value<'_>) -> Result<Rule, Mistake> {
    let text = value.text()?;
    let fits = |side: &str| side.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'*' | b'#'));
    match text.split_once("->").map(|(strip, add)| (strip.trim(), add.trim())) {
        Some((strip, add)) if fits(strip) && fits(add) => {
            Ok(Rule { strip: strip.to_owned(), add: add.to_owned() })
        }
        _ => Err(Mistake::Malformed { is: text, wants: words::REWRITE }),
    }
}

fn codecs(section: &Section<'_>) -> Option<Vec<Codec>> {
    let known = [("pcma", Codec::Pcma), ("pcmu", Codec::Pcmu)];
    let listed = section.list("codecs", |value| value.one_of(&known))?;
    if !listed.is_empty() {
        return Some(listed);
    }
    if section.has("codecs") {
        section.note("codecs", Mistake::Empty);
        return None;
    }
    Some(vec![Codec::Pcma, Codec::Pcmu])
}

fn health(section: &Section<'_>) -> Option<HealthPlan> {
    let faults = section.or("faults_to_open", 5, |value| value.integer(1..=1000));
    let rest = section.or("rest_s", Duration::from_secs(30), |value| value.seconds(1..=3600));
    let ramp = section.or("ramp_s", Duration::from_secs(30), |value| value.seconds(0..=3600));
    let probe = section.may("probe_s", |value| value.seconds(5..=3600));
    section.finish();
    let faults_to_open = NonZeroU32::new(faults?)?;
    Some(HealthPlan { faults_to_open, rest: rest?, ramp: ramp?, probe: probe.ok()? })
}
