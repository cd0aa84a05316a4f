//! Finds and reads flow files.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use crate::cli::check::environment;
use crate::cli::screen_language::{parse_language, screen_language};
use crate::config::{self, Config, PromptsConfig};
use crate::daemon::Packs;
use crate::domain::Language;
use crate::ivr::{self, Flow, Mistake, Policy};

/// Where flows and the sound files they name are.
#[derive(Debug, Args)]
pub struct Folder {
    /// Folder of the configuration
    #[arg(long, global = true, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// Folder of the sound files that flows may name, and of the packs; the configuration's when left out, else ./prompts
    #[arg(long, global = true, value_name = "DIR")]
    prompts: Option<PathBuf>,
    /// How many days off a promise may be, by the campaign's policy
    #[arg(long, global = true, value_name = "DAYS", default_value_t = Policy::default().promise_within_days)]
    promise_within_days: u16,
    /// Language of the messages, and of the debtor of `play`: ru or en
    #[arg(long, global = true, value_parser = parse_language)]
    lang: Option<Language>,
}

impl Folder {
    pub fn language(&self) -> Language {
        screen_language(self.lang)
    }

    /// The language the debtor of a walk speaks: Russian unless told.
    pub fn spoken(&self) -> Language {
        self.lang.unwrap_or(Language::Ru)
    }

    pub fn prompts(&self) -> &Path {
        self.prompts.as_deref().unwrap_or(Path::new("prompts"))
    }

    pub fn flows(&self) -> PathBuf {
        self.config.join("flows")
    }

    /// The files meant by `names`; all when there is none.
    pub fn flow_files(&self, names: &[String]) -> anyhow::Result<Vec<PathBuf>> {
        if names.is_empty() {
            yaml_files(&self.flows())
        } else {
            Ok(names.iter().map(|n| self.flow_file(n)).collect())
        }
    }

    /// A path as it is, a name as a file of `config/flows`.
    pub fn flow_file(&self, name: &str) -> PathBuf {
        let is_path = name.contains(['/', '.']);
        if is_path { PathBuf::from(name) } else { self.flows().join(format!("{name}.yaml")) }
    }

    /// The configuration around the flows; absent where it is not sound.
    pub fn config(&self) -> Option<Config> {
        let mut config = Config::load_sparing_secrets(&self.config, &environment()).ok()?;
        if let Some(prompts) = &self.prompts {
            config.prompts.dir.clone_from(prompts);
        }
        Some(config)
    }

    /// The packs that speak: the configuration's, or those that lie in the folder of sound files.
    ///
    /// # Errors
    /// When a manifest can't be read.
    pub fn packs(&self, config: Option<&Config>) -> anyhow::Result<Packs> {
        if let Some(config) = config {
            return Packs::read(&config.prompts);
        }
        let there = |language: &Language| self.prompts().join(language.code()).join("pack.toml").exists();
        let languages = [Language::Ru, Language::En].into_iter().filter(there);
        let packs = languages.map(|language| (language, language.code().to_owned())).collect();
        Packs::read(&PromptsConfig { dir: self.prompts().to_owned(), packs, engines: Vec::new() })
    }

    /// Queues that `agents.toml` lacks; without that file, or without a queue in it, nobody knows.
    fn unknown_queues(&self, text: &str, flow: &Flow) -> anyhow::Result<Vec<Mistake>> {
        let path = self.config.join("agents.toml");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let agents: toml::Table =
            read(&path)?.parse().with_context(|| format!("reading {}", path.display()))?;
        let queues = agents.get("queue").and_then(toml::Value::as_table);
        let known: Vec<&str> =
            queues.into_iter().flat_map(|queues| queues.keys()).map(String::as_str).collect();
        Ok(ivr::unknown_queues(text, flow, &known))
    }

    /// Reads and checks one flow.
    ///
    /// # Errors
    /// When the file cannot be read; mistakes in it are a value.
    pub fn flow(&self, path: &Path) -> anyhow::Result<Result<Flow, Vec<Mistake>>> {
        let text = read(path)?;
        let (file, mut mistakes) = ivr::read_all(&text);
        let Some(file) = file else { return Ok(Err(mistakes)) };
        // Elsewhere somebody tries a copy.
        if path.parent() == Some(&self.flows()) {
            mistakes.extend(ivr::misnamed(&text, &file, path));
        }
        let policy = Policy { promise_within_days: self.promise_within_days, ..Policy::default() };
        match Flow::check(&file, &policy, &config::sounds(self.prompts())) {
            Ok(flow) if mistakes.is_empty() => {
                let mistakes = self.unknown_queues(&text, &flow)?;
                return Ok(if mistakes.is_empty() { Ok(flow) } else { Err(mistakes) });
            }
            Ok(_) => {}
            Err(more) => mistakes.extend(more),
        }
        mistakes.sort_by_key(|mistake| mistake.line);
        Ok(Err(mistakes))
    }
}

/// Every `.yaml` file of a folder, by name.
pub fn yaml_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listing = || format!("listing {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(listing)? {
        let path = entry.with_context(listing)?.path();
        if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("no YAML file in {}", folder.display());
    }
    files.sort();
    Ok(files)
}

/// The text of a file.
pub fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// Shows mistakes as `path:line: key: what is wrong`.
pub fn show(path: &Path, mistakes: &[Mistake], language: Language) {
    for mistake in mistakes {
        let line = mistake.line.map_or(String::new(), |line| format!(":{line}"));
        let key = if mistake.key.is_empty() { String::new() } else { format!("{}: ", mistake.key) };
        eprintln!("{}{line}: {key}{}", path.display(), mistake.text.of(language));
    }
}
