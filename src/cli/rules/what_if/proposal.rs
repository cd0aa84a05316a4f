//! The rules that are proposed, for each campaign of the configuration.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use jiff::Timestamp;

use crate::cli::rules::in_a_line;
use crate::config::{Config, Environment, Lawbook};
use crate::domain::Language;
use crate::rules::explain::rule_in_words;
use crate::rules::limits::Limited;
use crate::rules::{Calendars, Override, Preset};

/// What each campaign would go by.
#[derive(Debug)]
pub struct Proposal(BTreeMap<String, Proposed>);

/// The rules of one campaign.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub preset: Arc<Preset>,
    pub calendars: Arc<Calendars>,
    pub overrides: Vec<Override>,
}

impl Proposal {
    /// Reads what is proposed.
    ///
    /// # Errors
    /// When it is none of a limits file, a folder or a preset, or is refused.
    pub fn read(
        new: &str,
        config: &Config,
        environment: &Environment,
        language: Language,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let path = Path::new(new);
        if path.is_dir() {
            let other = Config::load_sparing_secrets(path, environment)
                .map_err(|problems| anyhow!("{}", problems.render(language)))?;
            return Ok(Self::of_folder(config, &other));
        }
        let mut lawbook = Lawbook::read(&config.dir, environment)
            .map_err(|problems| anyhow!("{}", problems.render(language)))?;
        let named = if path.is_file() {
            let text = std::fs::read_to_string(path).with_context(|| format!("reading {new}"))?;
            lawbook.replace_limits(&text).map_err(|slips| anyhow!("{new}: {}", in_a_line(&slips)))?;
            None
        } else {
            Some(new)
        };
        let mut all = BTreeMap::new();
        for plan in &config.campaigns {
            let preset = named.unwrap_or(&plan.preset);
            let Limited { preset, overrides } = match lawbook.rules(preset, now) {
                Ok(limited) => limited,
                Err(refused) => bail!("{new}: {}", in_a_line(&refused)),
            };
            let calendars = Arc::new(lawbook.calendars().clone());
            let proposed = Proposed { preset: Arc::new(preset), calendars, overrides };
            all.insert(plan.name.to_string(), proposed);
        }
        Ok(Self(all))
    }

    /// Campaigns of the same name go by the other folder's rules.
    pub fn of_folder(config: &Config, other: &Config) -> Self {
        let same = config.campaigns.iter().filter_map(|plan| other.campaign(&plan.name));
        let proposed = same.map(|plan| {
            let rules = Proposed {
                preset: Arc::clone(other.preset_of(plan)),
                calendars: Arc::clone(&other.rules.calendars),
                overrides: other.overrides_of(plan).to_vec(),
            };
            (plan.name.to_string(), rules)
        });
        Self(proposed.collect())
    }

    /// What a rule asks, in English and in Russian; absent where no campaign goes by it.
    pub fn words(&self, rule: &str) -> Option<[String; 2]> {
        let has = |it: &&Proposed| it.preset.rules.iter().any(|one| one.id.as_str() == rule);
        let preset = &self.0.values().find(has)?.preset;
        Some([Language::En, Language::Ru].map(|language| rule_in_words(preset, rule, language)))
    }

    /// What the campaign would go by; absent where nothing is proposed for it.
    pub fn of(&self, campaign: &str) -> Option<&Proposed> {
        self.0.get(campaign)
    }
}
