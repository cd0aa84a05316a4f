//! The whole folder, read in one go.

use std::path::Path;
use std::sync::Arc;

use super::agents;
use super::campaigns::{Known, campaign};
use super::cases::cases;
use super::daemon::main;
use super::desk::desk;
use super::flows;
use super::plan::{AgentsConfig, Config, DaemonConfig, StoreConfig};
use super::prompts::{check_packs, prompts};
use super::quality::quality;
use super::read::{Environment, Mistake, Problems, Reading, Section};
use super::rules::{flatten, presets};
use super::statistics::statistics;
use super::trunks::{check_currency, trunks};
use super::writeback::endpoints;
use crate::campaign::CampaignPlan;
use crate::domain::nearest;
use crate::rules::spot::Spot;

impl Config {
    /// Reads the folder `dir` and the overrides in `environment`.
    ///
    /// # Errors
    /// Every mistake of every file; a configuration with one mistake is no configuration.
    pub fn load(dir: &Path, environment: &Environment) -> Result<Self, Problems> {
        Self::read(Reading::new(dir, environment))
    }

    /// As `load`, for what places no call and speaks to no other system: a trunk whose password is not to be had stands
    /// without its account, an endpoint without its key is left out. The database's address is needed all the same.
    ///
    /// # Errors
    /// As `load`.
    pub fn load_sparing_secrets(dir: &Path, environment: &Environment) -> Result<Self, Problems> {
        Self::read(Reading::new(dir, environment).sparing_secrets())
    }

    /// As `load_sparing_secrets`, with another text in the place of the file `path` of the folder; `None`: without it.
    ///
    /// # Errors
    /// As `load`.
    pub fn load_instead(
        dir: &Path,
        environment: &Environment,
        (path, text): (&str, Option<&str>),
    ) -> Result<Self, Problems> {
        Self::read(Reading::new(dir, environment).sparing_secrets().instead(path, text))
    }

    fn read(reading: Reading<'_>) -> Result<Self, Problems> {
        let main = file(&reading, "obzvon.toml", "", main);
        let prompts = file(&reading, "prompts.toml", "prompts", prompts);
        let trunks = file(&reading, "trunks.toml", "", |root| Some(trunks(root))).unwrap_or_default();
        let flow_files = flows::read(&reading);
        let flows: Vec<String> = flow_files.keys().cloned().collect();
        let presets = presets(&reading);
        let names: Vec<String> = presets.names().map(str::to_owned).collect();
        let listed = campaigns(&reading, Known { trunks: &trunks, flows: &flows, presets: &names });
        let rules = flatten(&reading, &presets, &listed);
        let campaigns: Vec<_> = listed.iter().map(|listed| Arc::clone(&listed.plan)).collect();
        let answering = main.as_ref().and_then(|main| main.inbound.as_ref());
        let flows = flows::check(&reading, &flow_files, prompts.as_ref(), (&campaigns, &rules, answering));
        if let Some(prompts) = &prompts {
            check_packs(&reading, prompts, &flows);
        }
        let agents = match agents::optional(&reading) {
            Some(source) => reading.toml(&source, "", agents::agents),
            None => Some(AgentsConfig::default()),
        };
        if let Some(agents) = &agents {
            agents::check_queues(&reading, agents, &flows);
            agents::check_phones(&reading, agents);
            agents::check_campaigns(&reading, agents, &listed);
        }
        let desk = desk(&reading);
        let writeback = endpoints(&reading);
        let statistics = statistics(&reading);
        if let Some(statistics) = &statistics {
            check_currency(&reading, &trunks, statistics.economics.currency);
        }
        let cases = cases(&reading, presets.calendars());
        let quality = quality(&reading);
        refuse_misnamed(&reading);
        let texts = reading.texts_of_calls();
        let (reading_dir, doubts) = (reading.dir().to_owned(), reading.doubts());
        let version = reading.end()?;
        let sound = "every part is there when nothing was noted";
        let main = main.expect(sound);
        Ok(Self {
            version: version.into(),
            texts: texts.into(),
            dir: reading_dir,
            daemon: main.daemon,
            https: main.https,
            api: main.api,
            store: main.store,
            media: main.media,
            sip: main.sip,
            prompts: prompts.expect(sound),
            import: main.import,
            inbound: main.inbound,
            recordings: main.recordings,
            reclassify: main.reclassify,
            rules,
            writeback: writeback.expect(sound),
            statistics: statistics.expect(sound),
            cases: cases.expect(sound),
            quality: quality.expect(sound),
            flows,
            trunks: trunks.into_iter().map(|(_, plan)| plan.expect(sound)).collect(),
            campaigns,
            agents: agents.expect(sound),
            desk: desk.expect(sound),
            doubts,
        })
    }
}

/// What acts on people's records need of the configuration: where the records are. A mistake in a campaign or in the
/// limits must not keep an opt-out or a payment from being written down.
#[derive(Debug)]
pub struct StoreAddress {
    pub daemon: DaemonConfig,
    pub store: StoreConfig,
}

impl StoreAddress {
    /// Reads `obzvon.toml` of the folder `dir` and the overrides in `environment`, and no other file.
    ///
    /// # Errors
    /// Every mistake of that file.
    pub fn load(dir: &Path, environment: &Environment) -> Result<Self, Problems> {
        let reading = Reading::new(dir, environment).sparing_secrets();
        let main = file(&reading, "obzvon.toml", "", main);
        reading.end_part()?;
        let main = main.expect("it is there when nothing was noted");
        Ok(Self { daemon: main.daemon, store: main.store })
    }
}

/// What the files of the folder itself are called.
const FILES: [&str; 11] = [
    "agents.toml",
    "cases.toml",
    "dispositions.toml",
    "limits.toml",
    "obzvon.toml",
    "prompts.toml",
    "quality.toml",
    "script.toml",
    "statistics.toml",
    "trunks.toml",
    "writeback.toml",
];

/// A file that nobody reads is a mistake: a supervisor's limits in `limit.toml` would bind nobody.
fn refuse_misnamed(reading: &Reading<'_>) {
    for path in reading.list(".", &["toml"]) {
        let name = path.trim_start_matches("./");
        if !reading.has_read(name) {
            let nearest = nearest(name, FILES).map(str::to_owned);
            reading.note_file(name, Mistake::UnknownFile { nearest });
        }
    }
}

/// Reads one TOML file, whose keys stand below `key`; `None` means noted.
fn file<T>(
    reading: &Reading<'_>,
    path: &str,
    key: &str,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Option<T> {
    let source = reading.source(path)?;
    reading.toml(&source, key, read)
}

/// A campaign and the file it stands in.
#[derive(Debug)]
pub struct Listed {
    pub path: String,
    pub plan: Arc<CampaignPlan>,
}

/// Every campaign file, in the order of names. Two with one name are a mistake.
fn campaigns(reading: &Reading<'_>, known: Known<'_>) -> Vec<Listed> {
    let mut plans: Vec<Listed> = Vec::new();
    for path in reading.list("campaigns", &["toml"]) {
        let Some(source) = reading.source(&path) else { continue };
        let stem = Path::new(&path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let key = format!("campaign.{stem}");
        let Some(plan) = reading.toml(&source, &key, |root| campaign(root, stem, known)) else { continue };
        if plans.iter().any(|other| other.plan.name == plan.name) {
            let mistake = Mistake::Twice { name: plan.name.to_string() };
            reading.note_spot(&path, &key, &Spot::default().then("name"), mistake);
        }
        plans.push(Listed { path, plan: Arc::new(plan) });
    }
    plans
}
