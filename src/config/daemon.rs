//! `obzvon.toml`: the daemon itself and the outside things it speaks to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

use super::https::{HttpsConfig, https};
use super::plan::{
    ApiConfig, DaemonConfig, HookConfig, ImportConfig, InboundConfig, LogFormat, MediaConfig,
    RecordingsConfig, SipConfig, StoreConfig,
};
use super::read::{Clause, Mistake, Section, Value, words};
use super::secret::{secret, secret_of_calls};
use super::trunks::{LANGUAGES, host, transports};
use super::writeback::signing_key;
use crate::campaign::{Behaviour, Reclassify};
use crate::detect::Library;
use crate::domain::{Currency, DebtorType, Language};
use crate::trunk::Transport;

/// The sections of `obzvon.toml`.
#[derive(Debug)]
pub struct Main {
    pub daemon: DaemonConfig,
    pub https: Option<HttpsConfig>,
    pub api: ApiConfig,
    pub store: StoreConfig,
    pub media: MediaConfig,
    pub sip: SipConfig,
    pub import: ImportConfig,
    pub inbound: Option<InboundConfig>,
    pub recordings: RecordingsConfig,
    pub reclassify: Vec<Reclassify>,
}

/// Reads the file's root; `None` means noted.
pub fn main(root: &Section<'_>) -> Option<Main> {
    let of_daemon = root.child("daemon");
    let of_https = of_daemon.child("https");
    let https = https(&of_https);
    // A reading that spares secrets has no key, and listens nowhere.
    let hidden = of_https.has("certificate_file") || !matches!(https, Ok(None));
    let daemon = daemon(&of_daemon, hidden);
    let api = api(&root.child("api"));
    let data_dir = daemon.as_ref().map(|daemon| daemon.data_dir.clone());
    let store = store(&root.child("storage"), data_dir);
    let media = media(&root.child("media"));
    let sip = sip(&root.child("sip"));
    let import = import(&root.child("import"));
    let inbound = inbound(&root.child("inbound"));
    let recordings = recordings(&root.child("recordings"));
    let reclassify = reclassify(root);
    Some(Main {
        daemon: daemon?,
        https: https.ok()?,
        api: api?,
        store: store?,
        media: media?,
        sip: sip?,
        import: import?,
        inbound: inbound?,
        recordings: recordings?,
        reclassify: reclassify?,
    })
}

fn daemon(section: &Section<'_>, hidden: bool) -> Option<DaemonConfig> {
    let node = section.or("node", "obzvon".to_owned(), name);
    let http = http(section, hidden);
    let data_dir = section.or("data_dir", "../data".to_owned(), Value::text);
    let data_dir = data_dir.map(|dir| section.reading().resolve(dir));
    let formats = [("json", LogFormat::Json), ("pretty", LogFormat::Pretty)];
    let log = section.or("log", LogFormat::Json, |value| value.one_of(&formats));
    let drain_limit = section.or("drain_limit_s", Duration::from_secs(120), |value| value.seconds(0..=3600));
    let kill_switch = section.may("kill_switch", Value::text);
    let test_numbers = section.list("test_numbers", Value::phone);
    section.finish();
    let data_dir = data_dir?;
    let kill_switch = match kill_switch.ok()? {
        Some(path) => section.reading().resolve(path),
        None => data_dir.join("STOP"),
    };
    let (node, http, log) = (node?, http?, log?);
    Some(DaemonConfig {
        node,
        http,
        data_dir,
        log,
        drain_limit: drain_limit?,
        kill_switch,
        test_numbers: test_numbers?,
    })
}

/// The token of the API: at least as long as one that can't be guessed.
fn api(section: &Section<'_>) -> Option<ApiConfig> {
    let token = secret_of_calls(section, "token");
    let hooks: Vec<_> =
        section.children("hook").into_iter().map(|(name, hook)| self::hook(name, &hook)).collect();
    section.finish();
    let token = token.ok()?;
    if token.as_ref().is_some_and(|token| token.expose_secret().len() < TOKEN) {
        section.note("token", Mistake::Contradiction(SHORT));
        return None;
    }
    let hooks: Option<Vec<_>> = hooks.into_iter().collect();
    Some(ApiConfig { token, hooks: hooks?.into_iter().flatten().collect() })
}

/// A creditor's way in; `Some(None)`: its key is not to be had, and the reading spares secrets.
fn hook(called: String, section: &Section<'_>) -> Option<Option<HookConfig>> {
    let called = name(&Value::of_text(&called)).map_err(|mistake| section.note("", mistake));
    let creditor = section.must("creditor", words::TEXT, said);
    let key = signing_key(section);
    section.finish();
    let (name, creditor) = (called.ok()?, creditor?);
    Some(key?.map(|key| HookConfig { name, creditor, key }))
}

fn said(value: &Value<'_>) -> Result<String, Mistake> {
    let text = value.text()?;
    if text.trim().is_empty() { Err(Mistake::Empty) } else { Ok(text) }
}

/// The least length of a token, in bytes.
const TOKEN: usize = 32;
const SHORT: Clause = Clause {
    en: "a token has at least 32 characters: `openssl rand -hex 32` makes one",
    ru: "токен — не короче 32 знаков: его даст `openssl rand -hex 32`",
};

/// The listening address. One that others can reach has HTTPS, or has to be asked for twice.
fn http(section: &Section<'_>, hidden: bool) -> Option<SocketAddr> {
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let http = section.or("http", default, Value::socket);
    let public = section.or("http_public", false, Value::flag);
    let (http, public) = (http?, public?);
    match (http.ip().is_loopback() || hidden, public) {
        (true, _) => Some(http),
        (false, true) => {
            section.doubt("http", Mistake::Contradiction(OPEN));
            Some(http)
        }
        (false, false) => {
            section.note("http", Mistake::Contradiction(NOT_LOOPBACK));
            None
        }
    }
}

const NOT_LOOPBACK: Clause = Clause {
    en: "others can reach this address: set [daemon.https], or say `http_public = true` too where a proxy before it does TLS",
    ru: "этот адрес доступен извне: задайте [daemon.https] или добавьте `http_public = true`, если TLS делает прокси перед ним",
};

const OPEN: Clause = Clause {
    en: "passwords and debts go to this address unencrypted: set [daemon.https], unless a proxy on this machine does TLS",
    ru: "пароли и долги идут на этот адрес открытым текстом: задайте [daemon.https], если TLS не делает прокси на этой машине",
};

/// Reads a name that may stand in file names, metrics and Call-IDs.
pub fn name(value: &Value<'_>) -> Result<String, Mistake> {
    let name = value.text()?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if name.len() <= 40 && name.bytes().all(fits) {
        Ok(name)
    } else {
        Err(Mistake::Malformed { is: name, wants: words::NAME })
    }
}

fn store(section: &Section<'_>, data_dir: Option<PathBuf>) -> Option<StoreConfig> {
    let hidden = secret(section, "url_secret");
    let written = section.may("url", |value| url(section, value));
    section.finish();
    let url = match (hidden.ok()?, written.ok()?) {
        (Some(url), None) => url,
        (None, Some(url)) => url.into(),
        (Some(_), Some(_)) => {
            section.note("url", Mistake::Twice { name: "url".into() });
            return None;
        }
        (None, None) => format!("sqlite:{}", data_dir?.join("obzvon.db").display()).into(),
    };
    Some(StoreConfig { url: known_engine(section, url)? })
}

/// Reads a URL from the file; one with a password in it does not stand there.
fn url(section: &Section<'_>, value: &Value<'_>) -> Result<String, Mistake> {
    let url = value.text()?;
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = section.reading().resolve(path.trim_start_matches("//"));
        return Ok(format!("sqlite:{}", path.display()));
    }
    let authority = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    if value.is_in_file() && user.is_some_and(|user| user.contains(':')) {
        return Err(Mistake::Contradiction(PASSWORD_IN_URL));
    }
    Ok(url)
}

const PASSWORD_IN_URL: Clause = Clause {
    en: "the URL holds a password: name a variable with `url_secret_env` or a file with `url_secret_file`",
    ru: "в адресе есть пароль: назовите переменную (`url_secret_env`) или файл (`url_secret_file`)",
};

fn known_engine(section: &Section<'_>, url: SecretString) -> Option<SecretString> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|start| url.expose_secret().starts_with(start)) {
        return Some(url);
    }
    section.note("url", Mistake::Contradiction(UNKNOWN_ENGINE));
    None
}

const UNKNOWN_ENGINE: Clause = Clause {
    en: "a URL begins with `sqlite:` or `postgres://`",
    ru: "адрес начинается с `sqlite:` или `postgres://`",
};

fn recordings(section: &Section<'_>) -> Option<RecordingsConfig> {
    let days = section.may("keep_days", |value| value.integer(1..=36_500));
    let reactions = [("go_on", false), ("end_call", true)];
    let end_unrecorded = section.or("when_it_fails", false, |value| value.one_of(&reactions));
    section.finish();
    let keep = days.ok()?.map(|days: i64| SignedDuration::from_hours(24 * days));
    Some(RecordingsConfig { keep, end_unrecorded: end_unrecorded? })
}

/// Without a flow nobody is answered. The flows themselves are checked when they have been read.
fn inbound(section: &Section<'_>) -> Option<Option<InboundConfig>> {
    let flow = section.may("flow", Value::text);
    let stranger_flow = section.or("stranger_flow", "unknown_caller".to_owned(), Value::text);
    let most = section.or("max_concurrent", 100, |value| value.integer(1..=10_000));
    section.finish();
    let (flow, stranger_flow, most) = (flow.ok()?, stranger_flow?, most?);
    Some(flow.map(|flow| InboundConfig { flow, stranger_flow, most }))
}

fn media(section: &Section<'_>) -> Option<MediaConfig> {
    let ip = section.or("ip", IpAddr::V4(Ipv4Addr::LOCALHOST), Value::ip);
    let public_ip = section.may("public_ip", Value::ip);
    let ports = section.or("ports", 20_000..=29_999, ports);
    let announcements = announcements(section);
    let tail = |value: &Value<'_>| value.integer(0..=2_000).map(Duration::from_millis);
    let tail = section.or("tail_ms", Duration::from_millis(200), tail);
    section.finish();
    let (ip, public_ip, ports) = (ip?, public_ip.ok()?, ports?);
    Some(MediaConfig { ip, public_ip, ports, announcements: announcements?, tail: tail? })
}

/// The library in the file that is named; `None` means noted.
fn announcements(section: &Section<'_>) -> Option<Arc<Library>> {
    let Some(path) = section.may("announcements", Value::text).ok()? else { return Some(Arc::default()) };
    let source = section.reading().source(&path)?;
    match Library::parse(&source.text) {
        Ok(library) => Some(Arc::new(library)),
        Err(fault) => {
            let said = fault.to_string();
            section.reading().note_file(&path, Mistake::foreign("announcements", said));
            None
        }
    }
}

fn ports(value: &Value<'_>) -> Result<RangeInclusive<u16>, Mistake> {
    let text = value.text()?;
    let range = text
        .split_once('-')
        .and_then(|(first, last)| Some(first.trim().parse::<u16>().ok()?..=last.trim().parse::<u16>().ok()?));
    match range {
        Some(range) if *range.start() >= 1024 && range.len() >= 4 => Ok(range),
        _ => Err(Mistake::Malformed { is: text, wants: words::PORTS }),
    }
}

fn sip(section: &Section<'_>) -> Option<SipConfig> {
    let bind = section.or("bind", SocketAddr::from((Ipv4Addr::LOCALHOST, 5060)), Value::socket);
    let public_host = section.may("public_host", host);
    let domain = section.or("domain", "localhost".to_owned(), host);
    let transports = transports(section, "transports", &[Transport::Udp, Transport::Tcp]);
    let ca_file = section.may("ca_file", Value::text);
    section.finish();
    Some(SipConfig {
        bind: bind?,
        public_host: public_host.ok()?,
        domain: domain?,
        transports: transports?,
        ca_file: ca_file.ok()?.map(|path| section.reading().resolve(path)),
    })
}

fn import(section: &Section<'_>) -> Option<ImportConfig> {
    let region = section.or("region", "RU".to_owned(), |value| {
        let region = value.text()?;
        let sound = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase());
        if sound { Ok(region) } else { Err(Mistake::Malformed { is: region, wants: words::REGION }) }
    });
    let currencies = Currency::ALL.map(|currency| (currency.code(), currency));
    let currency = section.or("currency", Currency::Rub, |value| value.one_of(&currencies));
    let language = section.or("language", Language::Ru, |value| value.one_of(&LANGUAGES));
    section.finish();
    Some(ImportConfig { region: region?, currency: currency?, language: language? })
}

/// `[reclassify.NAME]`: what a debtor does changes his type.
fn reclassify(root: &Section<'_>) -> Option<Vec<Reclassify>> {
    let types = DebtorType::ALL.map(|debtor_type| (debtor_type.code(), debtor_type));
    let behaviours = Behaviour::ALL.map(|behaviour| (behaviour.code(), behaviour));
    let rule = |(name, section): (String, Section<'_>)| {
        let from = section.must("from", words::DEBTOR_TYPE, |value| value.one_of(&types));
        let when = section.must("when", words::BEHAVIOUR, |value| value.one_of(&behaviours));
        let times = section.or("times", 1, |value| value.integer(1..=50));
        let to = section.must("to", words::DEBTOR_TYPE, |value| value.one_of(&types));
        section.finish();
        let (from, to) = (from?, to?);
        if from == to {
            section.note("to", Mistake::Contradiction(SAME_TYPE));
            return None;
        }
        Some(Reclassify { name, from, when: when?, times: times?, to })
    };
    root.children("reclassify").into_iter().map(rule).collect::<Vec<_>>().into_iter().collect()
}

const SAME_TYPE: Clause = Clause { en: "is the same as `from`", ru: "то же, что `from`" };
