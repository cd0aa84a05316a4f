//! `agents.toml`: who works the phones, with what skills, by which limits. Without the file nobody does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::accounts::accounts;
use super::load::Listed;
use super::plan::{AgentContact, AgentLeg, AgentsConfig, BrowserConfig, Desk, FlowsConfig};
use super::read::{Clause, Environment, Mistake, Reading, Section, Value, words};
use super::secret::secret_of_calls;
use super::served;
use super::trunks::host;
use crate::agents::{AgentPlan, Level, Limits, Pause, Plan, Skill, Skills};
use crate::campaign::Dialling;
use crate::domain::{AgentId, DebtorType, PhoneNumber, nearest};
use crate::rules::spot::Spot;
use crate::trunk::Transport;

/// Stands in every hash of a password: changing it makes them all void.
const REALM: &str = "obzvon";
/// The longest registration granted, in seconds, and the shortest.
const EXPIRES_S: (u32, u32) = (60, 3_600);

/// Reads the file's root; `None` means noted.
pub fn agents(root: &Section<'_>) -> Option<AgentsConfig> {
    let realm = root.or("realm", REALM.to_owned(), realm);
    let shortest = seconds(root, "register_least_s", EXPIRES_S.0, 1..=3_600);
    let longest = seconds(root, "register_most_s", EXPIRES_S.1, 60..=86_400);
    let limits = limits(root);
    let specialists = root.list("specialist_types", |value| {
        value.one_of(&DebtorType::ALL.map(|debtor_type| (debtor_type.code(), debtor_type)))
    });
    let creditors = root.list("exclusive_creditors", |value| value.text().map(Arc::from));
    let pauses = pauses(root);
    let queues = queue_skills(root);
    let desks = desks(root);
    let outside = root.list("transfer_numbers", Value::phone);
    let hotlines = hotlines(root);
    let browser = browser(&root.child("browser"));
    let phone_quiet = root.or("phone_silence_ms", PHONE_QUIET, phone_quiet);
    let accounts = match (secret_of_calls(root, "accounts").ok(), &realm, &desks) {
        (Some(Some(text)), Some(realm), Some((_, desks))) => {
            accounts(root, text.expose_secret(), realm, desks)
        }
        (Some(None), ..) => Some(BTreeMap::new()),
        (None, ..) | (_, None, _) | (.., None) => None,
    };
    if shortest.zip(longest).is_some_and(|(shortest, longest)| shortest > longest) {
        root.note("register_least_s", Mistake::Contradiction(LEAST_OVER_MOST));
        return None;
    }
    let (planned, desks) = desks?;
    let (first_pause, pauses) = pauses?;
    let plan = Plan {
        agents: planned,
        pauses,
        queues: queues?,
        exclusive_creditors: BTreeSet::from_iter(creditors?),
        specialist_types: BTreeSet::from_iter(specialists?),
        limits: limits?,
    };
    Some(AgentsConfig {
        realm: realm?,
        accounts: accounts?,
        desks,
        plan,
        first_pause,
        outside: outside?,
        hotlines: hotlines?,
        phone_quiet: phone_quiet?,
        registration: shortest?..=longest?,
        browser: browser?,
    })
}

/// A phone that sends nothing for so long is lost.
pub(super) const PHONE_QUIET: Option<Duration> = Some(Duration::from_millis(2_000));

/// Reads 0 as "never", for phones that send nothing while nobody speaks; less than half a second would be a bad network.
fn phone_quiet(value: &Value<'_>) -> Result<Option<Duration>, Mistake> {
    match value.integer(0..=20_000)? {
        0 => Ok(None),
        _ => value.integer(500..=20_000).map(|ms| Some(Duration::from_millis(ms))),
    }
}

const LEAST_OVER_MOST: Clause = Clause {
    en: "the shortest registration is longer than the longest",
    ru: "наименьший срок регистрации больше наибольшего",
};

/// Where `obzvon agent add` writes: the realm and the accounts' file, whatever else of the file is wrong.
pub fn accounts_address(dir: &Path, environment: &Environment) -> (String, Option<PathBuf>) {
    let reading = Reading::new(dir, environment);
    let Some(source) = optional(&reading) else { return (REALM.to_owned(), None) };
    reading.toml(&source, "", |root| {
        let realm = root.or("realm", REALM.to_owned(), realm).unwrap_or_else(|| REALM.to_owned());
        let file = root.may("accounts_file", Value::text).ok().flatten();
        (realm, file.map(|file| reading.resolve(file)))
    })
}

/// The file's text, where there is one.
pub fn optional(reading: &Reading<'_>) -> Option<super::read::Source> {
    reading.has(FILE).then(|| reading.source(FILE)).flatten()
}

const FILE: &str = "agents.toml";

/// Once there are agents or queues, a queue that a flow connects to has to be one of theirs.
pub fn check_queues(reading: &Reading<'_>, agents: &AgentsConfig, flows: &FlowsConfig) {
    let known = &agents.plan.queues;
    if agents.desks.is_empty() && known.is_empty() {
        return;
    }
    for (flow, checked) in flows {
        for queue in checked.queues().filter(|queue| !known.contains_key(*queue)) {
            let name = format!("{queue} ({flow})");
            let nearest = nearest(queue, known.keys().map(|known| &**known)).map(str::to_owned);
            let mistake = Mistake::NoSuch { what: words::QUEUE, name, nearest };
            reading.note_spot(FILE, "", &Spot::default().then("queue"), mistake);
        }
    }
}

/// Where phones may send nothing for as long as they like, one that is mute is not told from one whose owner says nothing.
pub fn check_phones(reading: &Reading<'_>, agents: &AgentsConfig) {
    if agents.phone_quiet.is_none() && agents.desks.values().any(|desk| desk.leg == AgentLeg::PerCall) {
        reading.doubt_spot(FILE, "", &Spot::default().then("phone_silence_ms"), unproved());
    }
}

fn unproved() -> Mistake {
    Mistake::Foreign {
        code: "sound_unproved",
        en: "with 0 a phone that is called for each call is not asked to be heard first: people are dialled for one that is \
             mute, and hear nothing"
            .to_owned(),
        ru: "при 0 от телефона, которому звонят на каждый разговор, сначала не ждут звука: людям звонят и тогда, когда он нем, \
             и они слышат тишину"
            .to_owned(),
    }
}

/// A campaign for agents has a queue of theirs, and a predictive one has it alone: it counts on all of them.
pub fn check_campaigns(reading: &Reading<'_>, agents: &AgentsConfig, campaigns: &[Listed]) {
    for listed in campaigns {
        served::check(reading, agents, listed);
        let Listed { path, plan } = listed;
        let key = format!("campaign.{}", plan.name);
        let note = |key_of_it: &str, mistake| {
            reading.note_spot(path, &key, &key_of_it.split('.').fold(Spot::default(), Spot::then), mistake);
        };
        let Some(calls) = plan.dialling.agents() else { continue };
        let known = &agents.plan.queues;
        if !known.contains_key(&calls.queue) {
            let nearest = nearest(&calls.queue, known.keys().map(|known| &**known)).map(str::to_owned);
            let name = calls.queue.to_string();
            note("agents.queue", Mistake::NoSuch { what: words::QUEUE, name, nearest });
        }
        let alone = campaigns.iter().filter_map(|listed| listed.plan.dialling.agents());
        let alone = alone.filter(|other| other.queue == calls.queue).count() == 1;
        if matches!(plan.dialling, Dialling::Predictive(..)) && !alone {
            note("agents.queue", Mistake::Contradiction(SHARED));
        }
        if matches!(plan.dialling, Dialling::Predictive(..)) {
            for agent in agents.plan.staff(&calls.queue).filter(|agent| rings_for_each(agents, agent)) {
                let leg = ["agent", agent.as_str(), "leg"].into_iter().fold(Spot::default(), Spot::then);
                reading.doubt_spot(FILE, "", &leg, rings_late(&plan.name));
            }
        }
    }
}

fn rings_for_each(agents: &AgentsConfig, agent: &AgentId) -> bool {
    agents.desks.get(agent).is_some_and(|desk| desk.leg == AgentLeg::PerCall)
}

/// Nobody is reserved for a predictive call, so such a phone rings only once a person has answered, and been judged one.
fn rings_late(campaign: &str) -> Mistake {
    Mistake::Foreign {
        code: "rings_late",
        en: format!(
            "campaign {campaign} is predictive: this phone rings only when a person has answered, and he may have hung up \
             before it is picked up: set `nailed_up` or `browser`, unless the phone answers by itself"
        ),
        ru: format!(
            "кампания {campaign} предиктивная: этот телефон звонит, только когда человек уже ответил, и тот может не дождаться: \
             задайте `nailed_up` или `browser`, если телефон не отвечает сам"
        ),
    }
}

const SHARED: Clause = Clause {
    en: "a predictive campaign counts on the agents of its queue: no other campaign may have them",
    ru: "кампания с режимом predictive рассчитывает на операторов своей очереди: другим кампаниям она не даётся",
};

/// A realm stands in quoted strings and colon-separated lines.
fn realm(value: &Value<'_>) -> Result<String, Mistake> {
    let text = value.text()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    if text.len() <= 64 && text.chars().all(fits) {
        Ok(text)
    } else {
        Err(Mistake::Malformed { is: text, wants: words::REALM })
    }
}

fn seconds(
    section: &Section<'_>,
    key: &str,
    default: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Option<Duration> {
    section.or(key, Duration::from_secs(default.into()), |value| value.seconds(range))
}

fn limits(root: &Section<'_>) -> Option<Limits> {
    let default = Limits::default();
    let ring = root.or("ring_limit_s", default.ring, |value| value.seconds(5..=60));
    let missed = root.or("missed_calls", default.missed, |value| value.integer(1..=100));
    let talk = root.or("talk_limit_s", default.talk, |value| value.seconds(60..=28_800));
    let hold = root.or("hold_limit_s", default.hold, |value| value.seconds(10..=3_600));
    let wrap_up = root.or("wrap_up_s", default.wrap_up, |value| value.seconds(0..=3_600));
    let auto_ready = root.or("auto_ready", default.auto_ready, Value::flag);
    let disposition_first = root.or("disposition_first", default.disposition_first, Value::flag);
    let unrecorded = root.or("recording_pause_s", default.unrecorded, |value| value.seconds(5..=900));
    let (ring, talk, hold) = (ring?, talk?, hold?);
    let (wrap_up, unrecorded) = (wrap_up?, unrecorded?);
    let disposition_first = disposition_first?;
    let (missed, auto_ready) = (missed?, auto_ready?);
    Some(Limits { ring, missed, talk, hold, wrap_up, auto_ready, disposition_first, unrecorded })
}

/// Where browsers send their sound. They are told one address, so all of the host's are none.
fn browser(section: &Section<'_>) -> Option<BrowserConfig> {
    let default = BrowserConfig::default();
    let bind = section.or("bind", default.bind, Value::socket);
    let public_ip = section.may("public_ip", Value::ip);
    let back_within = section.or("back_within_s", default.back_within, |value| value.seconds(1..=60));
    section.finish();
    let (bind, public_ip) = (bind?, public_ip.ok()?);
    if bind.ip().is_unspecified() && public_ip.is_none() {
        section.note("public_ip", Mistake::Contradiction(NO_ADDRESS));
        return None;
    }
    Some(BrowserConfig { bind, public_ip, back_within: back_within? })
}

const NO_ADDRESS: Clause = Clause {
    en: "browsers are told one address: with bind on all of the host's, name the one they reach it by",
    ru: "браузерам сообщается один адрес: если bind занимает все, укажите тот, по которому до машины доходят",
};
const NO_PHONE: Clause = Clause {
    en: "with leg = \"browser\" there is no telephone: leave contact out",
    ru: "при leg = \"browser\" телефона нет: уберите contact",
};

/// The first of the file, and all of them.
type Pauses = (Option<Arc<str>>, BTreeMap<Arc<str>, Pause>);

/// The pauses, and the one that the file has first.
fn pauses(root: &Section<'_>) -> Option<Pauses> {
    let read = root.children("pause").into_iter().map(|(name, section)| {
        let code = super::daemon::name(&Value::of_text(&name)).map_err(|mistake| section.note("", mistake));
        let limit = section.may("limit_s", |value| value.seconds(1..=86_400));
        let billable = section.or("billable", false, Value::flag);
        section.finish();
        Some((Arc::from(code.ok()?), Pause { limit: limit.ok()?, billable: billable? }))
    });
    let read = read.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()?;
    Some((read.first().map(|(code, _)| Arc::clone(code)), read.into_iter().collect()))
}

/// The creditors' hotlines, by their names as in the lists.
fn hotlines(root: &Section<'_>) -> Option<BTreeMap<Arc<str>, PhoneNumber>> {
    let read = root.children("hotline").into_iter().map(|(creditor, section)| {
        let number = section.must("number", words::PHONE, |value| value.phone());
        section.finish();
        Some((Arc::from(creditor), number?))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn queue_skills(root: &Section<'_>) -> Option<BTreeMap<Arc<str>, Skills>> {
    let read = root.children("queue").into_iter().map(|(name, section)| {
        let skills = skills(&section);
        section.finish();
        Some((Arc::from(name), skills?))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn skills(section: &Section<'_>) -> Option<Skills> {
    Some(section.list("skills", skill)?.into_iter().collect())
}

/// Reads `language:ru=5`; without a level it is the lowest.
fn skill(value: &Value<'_>) -> Result<(Skill, Level), Mistake> {
    let text = value.text()?;
    let (name, level) = text.split_once('=').map_or((&*text, None), |(name, level)| (name, Some(level)));
    let level = level.map_or(Some(Level::LOWEST), |level| level.trim().parse().ok().and_then(Level::new));
    match (Skill::parse(name.trim()), level) {
        (Some(skill), Some(level)) => Ok((skill, level)),
        _ => Err(Mistake::Malformed { is: text, wants: words::SKILL }),
    }
}

type Desks = (BTreeMap<AgentId, AgentPlan>, BTreeMap<AgentId, Desk>);

fn desks(root: &Section<'_>) -> Option<Desks> {
    let tables = root.children("agent");
    let mut extensions = BTreeSet::new();
    let read = tables.into_iter().map(|(name, section)| {
        let id = AgentId::parse(&name);
        if id.is_none() {
            section.note("", Mistake::Malformed { is: name, wants: words::LOGIN });
        }
        let skills = skills(&section);
        let display = section.may("display", Value::text);
        let legs = [
            ("browser", AgentLeg::Browser),
            ("nailed_up", AgentLeg::NailedUp),
            ("per_call", AgentLeg::PerCall),
        ];
        let leg = section.or("leg", AgentLeg::PerCall, |value| value.one_of(&legs));
        let contact = section.may("contact", contact);
        let extension = section.may("extension", |value| {
            let number = extension(value)?;
            // Who is called by it would be either.
            if extensions.insert(number.clone()) { Ok(number) } else { Err(Mistake::Twice { name: number }) }
        });
        let supervises = section.or("supervises", false, Value::flag);
        section.finish();
        let (id, contact) = (id?, contact.ok()?);
        if leg == Some(AgentLeg::Browser) && contact.is_some() {
            section.note("contact", Mistake::Contradiction(NO_PHONE));
            return None;
        }
        let plan = AgentPlan { skills: skills?, phone_there: contact.is_some() };
        let (extension, supervises) = (extension.ok()?, supervises?);
        Some((id, plan, Desk { display: display.ok()?, leg: leg?, contact, extension, supervises }))
    });
    let read: Option<Vec<_>> = read.collect::<Vec<_>>().into_iter().collect();
    let mut desks = Desks::default();
    for (id, plan, desk) in read? {
        desks.0.insert(id.clone(), plan);
        desks.1.insert(id, desk);
    }
    Some(desks)
}

/// A short number that is none of our own.
fn extension(value: &Value<'_>) -> Result<String, Mistake> {
    let text = value.text()?;
    let short = (2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if short && !OWN_NUMBERS.contains(&text.as_str()) {
        return Ok(text);
    }
    Err(Mistake::Malformed { is: text, wants: words::EXTENSION })
}

/// What the daemon answers itself.
const OWN_NUMBERS: [&str; 5] = ["600", "601", "602", "603", "604"];

/// Reads `sip:101@192.0.2.5:5060;transport=tcp`.
fn contact(value: &Value<'_>) -> Result<AgentContact, Mistake> {
    let text = value.text()?;
    let read = || {
        let (address, params) = text.strip_prefix("sip:")?.split_once(';').unwrap_or((&text[4..], ""));
        let transport = match params {
            "" | "transport=udp" => Transport::Udp,
            "transport=tcp" => Transport::Tcp,
            _ => return None,
        };
        let (user, at) = address.split_once('@')?;
        let (name, port) = match at.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
                (name, Some(port.parse::<u16>().ok().filter(|&port| port > 0)?))
            }
            _ => (at, None),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.+*#".contains(c);
        (!user.is_empty() && user.chars().all(plain)).then_some(())?;
        let host = host(&Value::of_text(name)).ok()?;
        Some(AgentContact { user: user.to_owned(), host, port, transport })
    };
    read().ok_or_else(|| Mistake::Malformed { is: text.clone(), wants: words::CONTACT })
}
