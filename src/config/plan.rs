//! The checked configuration: what the whole of `config/` comes to.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::https::HttpsConfig;
use super::read::Problems;
use crate::agents;
use crate::campaign::{CampaignPlan, Dispositions, Reclassify, Script};
use crate::detect::Library;
use crate::domain::{AgentId, Channel, Currency, DigestAccount, Language, PhoneNumber, SigningKey};
use crate::ivr::Flow;
use crate::quality::{Form, Quota};
use crate::rules::{Calendars, Override, Preset};
use crate::speech::EnginePlan;
use crate::stats::{AbandonmentOf, Attribution, Basis, Contract, Prices};
use crate::trunk::{Transport, TrunkPlan};

/// Everything `config/` says, checked as a whole. It never changes: a reload makes another one, and the daemon
/// swaps the two.
#[derive(Clone, Debug)]
pub struct Config {
    /// Hash of every file read, 12 hex digits; attempts keep it.
    pub version: Arc<str>,
    /// What calls are made by, as it was written: pairs of a file and its text, kept beside attempts.
    pub texts: Arc<[(String, String)]>,
    /// The folder it was read from.
    pub dir: PathBuf,
    pub daemon: DaemonConfig,
    /// What the pages prove themselves by; `None`: they speak HTTP.
    pub https: Option<HttpsConfig>,
    pub api: ApiConfig,
    pub store: StoreConfig,
    pub media: MediaConfig,
    pub sip: SipConfig,
    pub prompts: PromptsConfig,
    pub import: ImportConfig,
    pub recordings: RecordingsConfig,
    /// What callers hear; `None`: nobody is answered.
    pub inbound: Option<InboundConfig>,
    pub rules: RulesConfig,
    /// How what a debtor does changes his type, by name.
    pub reclassify: Vec<Reclassify>,
    /// Who is told what came of calls and payments, by name.
    pub writeback: Vec<EndpointConfig>,
    pub statistics: StatisticsConfig,
    /// How long there is to answer complaints and disputes.
    pub cases: crate::cases::Terms,
    pub quality: QualityConfig,
    pub flows: FlowsConfig,
    /// By name.
    pub trunks: Vec<Arc<TrunkPlan>>,
    /// By name.
    pub campaigns: Vec<Arc<CampaignPlan>>,
    pub agents: AgentsConfig,
    pub desk: DeskConfig,
    /// What is no mistake, and can't do what is wanted of it.
    pub doubts: Problems,
}

impl Config {
    pub fn trunk(&self, name: &str) -> Option<&Arc<TrunkPlan>> {
        self.trunks.iter().find(|trunk| &*trunk.name == name)
    }

    pub fn campaign(&self, name: &str) -> Option<&Arc<CampaignPlan>> {
        self.campaigns.iter().find(|campaign| &*campaign.name == name)
    }

    /// The approved exceptions from the rules `campaign` goes by.
    pub fn overrides_of(&self, campaign: &CampaignPlan) -> &[Override] {
        self.rules.overrides.get(&campaign.preset).map_or(&[], Vec::as_slice)
    }

    /// The days left to the end of each calendar that the campaigns' rules go by; negative after it.
    pub fn calendar_days_left(&self, today: jiff::civil::Date) -> BTreeMap<&str, i32> {
        self.rules.calendars.days_left(self.rules.presets.values().map(|preset| &**preset), today)
    }

    /// The rules `campaign` goes by.
    pub fn preset_of(&self, campaign: &CampaignPlan) -> &Arc<Preset> {
        self.rules.presets.get(&campaign.preset).expect("every campaign's preset is flattened at load")
    }
}

/// Checked flows by name.
pub type FlowsConfig = BTreeMap<String, Arc<Flow>>;

/// The rules the campaigns go by.
#[derive(Clone, Debug)]
pub struct RulesConfig {
    /// Flattened presets by the name a campaign gives, tightened by `limits.toml`.
    pub presets: BTreeMap<String, Arc<Preset>>,
    /// Higher limits of `limits.toml` for a time, by the same name; they belong into every request's facts.
    pub overrides: BTreeMap<String, Vec<Override>>,
    pub calendars: Arc<Calendars>,
}

/// `[daemon]` of `obzvon.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonConfig {
    /// This node's name among those that share a database.
    pub node: String,
    /// Where the HTTP API listens; loopback unless said otherwise.
    pub http: SocketAddr,
    /// Holds the database, recordings and the kill-switch file.
    pub data_dir: PathBuf,
    pub log: LogFormat,
    /// How long live calls may go on after SIGTERM.
    pub drain_limit: Duration,
    /// While this file exists, nothing is dialled.
    pub kill_switch: PathBuf,
    /// Numbers a test call may go to: exempt from caps, never from holds.
    pub test_numbers: Vec<PhoneNumber>,
}

/// An endpoint of `writeback.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointConfig {
    pub name: String,
    /// `https`, or `http` on loopback.
    pub url: String,
    pub key: SigningKey,
    /// Whose debts it hears of; empty: everybody's.
    pub creditors: Vec<String>,
    pub timeout: Duration,
}

/// `quality.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityConfig {
    /// What talks are reviewed by; empty where there is no file.
    pub form: Form,
    /// How many talks of each agent a list has.
    pub quota: Quota,
}

/// `statistics.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsConfig {
    /// How long what follows an action counts as its own, and whose days the reports are of.
    pub basis: Basis,
    /// Which action a payment is credited to.
    pub attribution: Attribution,
    /// What the house's own form of abandonment divides by.
    pub abandonment_of: AbandonmentOf,
    pub economics: EconomicsConfig,
    /// By name.
    pub next_actions: Vec<NextActionConfig>,
}

/// `[next_action.NAME]` of `statistics.toml`: a debt on which a channel was used in vain is to be reached by another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextActionConfig {
    pub name: String,
    /// Any but his own calls.
    pub channel: Channel,
    /// From this use of it on a person, over all his debts.
    pub after_uses: u16,
    /// Days without a reaction.
    pub days: u16,
    /// One of other systems.
    pub then: Channel,
}

/// `[economics]` and `[contract.NAME]` of `statistics.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EconomicsConfig {
    /// Of all prices and contracts; debts in others are left out.
    pub currency: Currency,
    pub prices: Prices,
    /// The guide for the gross margin.
    pub margin_percent: RangeInclusive<u8>,
    /// By the creditor's name, as in the lists.
    pub contracts: BTreeMap<String, Contract>,
}

/// Nothing costs anything, and nobody pays.
impl Default for EconomicsConfig {
    fn default() -> Self {
        Self {
            currency: Currency::Rub,
            prices: Prices::default(),
            margin_percent: 35..=40,
            contracts: BTreeMap::new(),
        }
    }
}

/// As without the file.
impl Default for StatisticsConfig {
    fn default() -> Self {
        Self {
            basis: Basis::default(),
            attribution: Attribution::default(),
            abandonment_of: AbandonmentOf::default(),
            economics: EconomicsConfig::default(),
            next_actions: Vec::new(),
        }
    }
}

/// `[api]` of `obzvon.toml`.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// What whoever asks has to show; without it there is no API.
    pub token: Option<SecretString>,
    /// Creditors who tell their money by signed webhooks.
    pub hooks: Vec<HookConfig>,
}

/// `[api.hook.NAME]` of `obzvon.toml`.
#[derive(Clone, Debug)]
pub struct HookConfig {
    /// As the address has it.
    pub name: String,
    /// Whose money it tells, as in the lists.
    pub creditor: String,
    pub key: SigningKey,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Json,
    Pretty,
}

/// `[storage]` of `obzvon.toml`.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://…`; secret, since a URL may hold a password.
    pub url: SecretString,
}

/// `[media]` of `obzvon.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaConfig {
    /// The address RTP is bound to.
    pub ip: IpAddr,
    /// The address written in SDP, where it differs: behind one-to-one NAT.
    pub public_ip: Option<IpAddr>,
    /// UDP ports of RTP: even ones, each with the odd one above it for RTCP.
    pub ports: RangeInclusive<u16>,
    /// What the carriers' announcements sound like.
    pub announcements: Arc<Library>,
    /// From a flow's last word to our BYE, so that the end of it is heard.
    pub tail: Duration,
}

/// `[sip]` of `obzvon.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipConfig {
    pub bind: SocketAddr,
    /// The address or name in Contact and Via, where it differs from `bind`.
    pub public_host: Option<String>,
    /// The host part of From where a trunk names none.
    pub domain: String,
    /// Listened on.
    pub transports: Vec<Transport>,
    /// Authorities for TLS; `None`: the system's.
    pub ca_file: Option<PathBuf>,
}

/// `[recordings]` of `obzvon.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingsConfig {
    /// How long a recording is kept; `None`: until somebody deletes it.
    pub keep: Option<SignedDuration>,
    /// A call that is to be recorded and can't be, since the disk is full or broken, ends.
    pub end_unrecorded: bool,
}

/// `[inbound]` of `obzvon.toml`: people who call our numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundConfig {
    /// For a person known by his number: asks who he is before anything is told.
    pub flow: String,
    /// For everybody else: tells nothing of any debt.
    pub stranger_flow: String,
    /// Calls taken at once; more hear busy.
    pub most: usize,
}

/// `agents.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentsConfig {
    /// The realm of the agents' phones.
    pub realm: String,
    /// What proves an agent's phone; who has none registers nothing.
    pub accounts: BTreeMap<AgentId, DigestAccount>,
    pub desks: BTreeMap<AgentId, Desk>,
    pub plan: agents::Plan,
    /// The first pause of the file.
    pub first_pause: Option<Arc<str>>,
    /// Numbers outside that any call may be handed on to.
    pub outside: Vec<PhoneNumber>,
    /// Where a creditor's own people answer, by his name as in the lists: for calls about his debts alone.
    pub hotlines: BTreeMap<Arc<str>, PhoneNumber>,
    /// A phone that sends no sound for so long is lost; `None`: only after the media's time-out.
    pub phone_quiet: Option<Duration>,
    /// How long a registration may last.
    pub registration: RangeInclusive<Duration>,
    pub browser: BrowserConfig,
}

/// `[browser]` of `agents.toml`: the sound of agents in their browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserConfig {
    /// The UDP address that all of them send to.
    pub bind: SocketAddr,
    /// The address they are told, where it differs.
    pub public_ip: Option<IpAddr>,
    /// How long a debtor hears music for an agent whose browser is lost in a talk.
    pub back_within: Duration,
}

impl Default for BrowserConfig {
    fn default() -> Self {
        let bind = (Ipv4Addr::LOCALHOST, 8090).into();
        Self { bind, public_ip: None, back_within: Duration::from_secs(6) }
    }
}

impl AgentsConfig {
    /// Somebody's sound is in his browser.
    pub fn has_browsers(&self) -> bool {
        self.desks.values().any(|desk| desk.leg == AgentLeg::Browser)
    }

    /// Some call may be handed on to this number.
    pub fn knows_outside(&self, number: &PhoneNumber) -> bool {
        self.outside.contains(number) || self.hotlines.values().any(|hotline| hotline == number)
    }
}

/// `dispositions.toml` and `script.toml`.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    pub dispositions: Dispositions,
    pub script: Arc<Script>,
}

/// Nobody works the phones.
impl Default for AgentsConfig {
    fn default() -> Self {
        Self {
            realm: "obzvon".to_owned(),
            accounts: BTreeMap::new(),
            desks: BTreeMap::new(),
            plan: agents::Plan::default(),
            first_pause: None,
            outside: Vec::new(),
            hotlines: BTreeMap::new(),
            phone_quiet: super::agents::PHONE_QUIET,
            registration: Duration::from_secs(60)..=Duration::from_secs(3_600),
            browser: BrowserConfig::default(),
        }
    }
}

/// An agent's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// His name on screens.
    pub display: Option<String>,
    pub leg: AgentLeg,
    /// His phone, where it registers nowhere.
    pub contact: Option<AgentContact>,
    /// The short number by which a supervisor comes into his talks: two to four digits.
    pub extension: Option<String>,
    /// He may come into the talks of others.
    pub supervises: bool,
}

/// How calls reach an agent's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentLeg {
    /// His sound is in his desk's page, for as long as that is open.
    Browser,
    /// Called once at login; calls are joined to it.
    NailedUp,
    /// Called for each call.
    PerCall,
}

/// A telephone's fixed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentContact {
    pub user: String,
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    pub port: Option<u16>,
    pub transport: Transport,
}

/// `prompts.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptsConfig {
    /// Holds a folder for each pack.
    pub dir: PathBuf,
    /// The pack's folder by language.
    pub packs: Vec<(Language, String)>,
    /// What says names; none for a language whose names are not said.
    pub engines: Vec<EnginePlan>,
}

/// `[import]` of `obzvon.toml`: what a list leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportConfig {
    /// ISO 3166-1 alpha-2 of numbers without a country code.
    pub region: String,
    pub currency: Currency,
    pub language: Language,
}
