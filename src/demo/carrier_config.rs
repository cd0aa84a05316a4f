//! A configuration around a carrier on loopback: the shipped flows and rules, one trunk, and campaigns on it. The demo
//! runs on it, and so do the tests that run a whole daemon; each says only what it wants otherwise.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, ensure};
use toml::{Table, Value};

/// The TOML files of a configuration folder, by their paths in it.
#[derive(Debug, Clone)]
pub struct CarrierConfig {
    files: BTreeMap<String, Table>,
}

impl CarrierConfig {
    /// The trunk `carrier` at this address, shipped speech, nothing in the database, no campaign.
    ///
    /// # Errors
    /// When the speech packs are not there.
    pub fn around(carrier: SocketAddr, prompts: &Path) -> anyhow::Result<Self> {
        let prompts = std::path::absolute(prompts).context("finding the speech packs")?;
        ensure!(
            prompts.is_dir(),
            "no speech packs in {}: run this in the project's folder",
            prompts.display()
        );
        let texts = [("obzvon.toml", OBZVON), ("prompts.toml", PROMPTS), ("trunks.toml", TRUNKS)];
        let files = texts.map(|(name, text)| (name.to_owned(), table(text))).into();
        Ok(Self { files }
            .set("prompts.toml", "dir", prompts.display().to_string())
            .set("trunks.toml", "trunk.carrier.host", carrier.ip().to_string())
            .set("trunks.toml", "trunk.carrier.port", i64::from(carrier.port())))
    }

    /// Adds a campaign of reminders on the trunk; its file is `campaigns/NAME.toml`.
    #[must_use]
    pub fn campaign(mut self, name: &str) -> Self {
        self.files.insert(campaign_file(name), table(CAMPAIGN));
        self
    }

    /// Sets a key, written with dots, of a file; what stands on the way is made.
    #[must_use]
    pub fn set(mut self, file: &str, key: &str, value: impl Into<Value>) -> Self {
        let mut tables: Vec<&str> = key.split('.').collect();
        let last = tables.pop().unwrap_or_default();
        let mut at = self.files.entry(file.to_owned()).or_default();
        for name in tables {
            let below = at.entry(name).or_insert_with(|| Value::Table(Table::new()));
            at = below.as_table_mut().expect("a key with dots leads through tables");
        }
        at.insert(last.to_owned(), value.into());
        self
    }

    /// The text at a key, written with dots, of a file.
    pub fn text(&self, file: &str, key: &str) -> Option<&str> {
        let (tables, last) = key.rsplit_once('.').unwrap_or(("", key));
        let mut at = self.files.get(file)?;
        for name in tables.split('.').filter(|name| !name.is_empty()) {
            at = at.get(name)?.as_table()?;
        }
        at.get(last)?.as_str()
    }

    /// Writes the files to `folder`, with the flows and rules of the `shipped` configuration beside them.
    ///
    /// # Errors
    /// When something can't be read or written.
    pub fn write(&self, shipped: &Path, folder: &Path) -> anyhow::Result<()> {
        for part in ["flows", "flows/words", "rules"] {
            copy_files(&shipped.join(part), &folder.join(part))?;
        }
        for (name, table) in &self.files {
            let path = folder.join(name);
            let within = path.parent().expect("a file in a folder");
            std::fs::create_dir_all(within).with_context(|| format!("making {}", within.display()))?;
            std::fs::write(&path, table.to_string())
                .with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(())
    }
}

/// The file of a campaign.
pub fn campaign_file(name: &str) -> String {
    format!("campaigns/{name}.toml")
}

fn table(text: &str) -> Table {
    text.parse().expect("the text below is TOML")
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    let listed = std::fs::read_dir(from).with_context(|| format!("reading {}", from.display()))?;
    for entry in listed {
        let entry = entry.with_context(|| format!("reading {}", from.display()))?;
        if entry.path().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).context("copying a file")?;
        }
    }
    Ok(())
}

const OBZVON: &str = r#"
[daemon]
node = "demo"
http = "127.0.0.1:0"
data_dir = "../data"
log = "pretty"
drain_limit_s = 30
[media]
ip = "127.0.0.1"
ports = "12000-19999"
[sip]
bind = "127.0.0.1:0"
domain = "demo.invalid"
transports = ["udp"]
[import]
region = "RU"
currency = "RUB"
language = "ru"
"#;

const PROMPTS: &str = r#"
[packs]
ru = "ru"
en = "en"
"#;

const TRUNKS: &str = r#"
[trunk.carrier]
transport = "udp"
cps = 10
channels = 60
ring_limit_s = 30
cost_per_minute = 0.90
currency = "RUB"
codecs = ["pcma", "pcmu"]
[trunk.carrier.caller_ids]
allocated = ["+74950000000"]
[trunk.carrier.health]
faults_to_open = 20
rest_s = 5
ramp_s = 5
"#;

const CAMPAIGN: &str = r#"
channel = "ivr"
flow = "reminder_overdue"
language = "ru"
# Nothing here says names, and the people are invented: with real ones a number's new owner would hear the debt.
identity = "number"
preset = "ru-230fz-safe"
trunks = ["carrier"]
debtor_types = ["forgetful"]
kinds = ["current", "overdue", "collectible"]
collectible_years = 3
max_concurrent = 60
promise_within_days = 14
record = false
[flow_by_kind]
current = "reminder_current"
[calendar]
weekdays = "08:00-22:00"
weekend = "09:00-20:00"
[retries]
budget = 5
day_parts = []
[retries.delays_min]
answered = [1440]
busy = [15, 60]
fault = [5, 15]
machine = [240]
no_answer = [120, 360]
rejected = [1440]
[score]
amount = 1.0
chance = 1.0
"#;

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::{Config, Environment};
    use crate::domain::Language;

    #[test]
    fn what_is_written_is_a_sound_configuration_with_what_was_set() {
        let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let carrier = "127.0.0.1:5070".parse().expect("an address");
        let folder = tempfile::tempdir().expect("a folder");
        CarrierConfig::around(carrier, &project.join("prompts"))
            .expect("the packs are there")
            .campaign("reminders")
            .set("trunks.toml", "trunk.carrier.cps", 7)
            .set(&campaign_file("reminders"), "retries.delays_min.busy", vec![5])
            .write(&project.join("config"), folder.path())
            .expect("written");
        let config = Config::load(folder.path(), &Environment::new())
            .map_err(|problems| problems.render(Language::En))
            .expect("sound");
        assert_eq!(config.trunks[0].cps.get(), 7);
        assert_eq!(config.campaigns.len(), 1);
    }
}
