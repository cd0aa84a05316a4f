//! `obzvon agent`: accounts for agents' phones, and the debtors' accounts each agent is given.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};

use super::check::environment;
use super::open::{ConfigArgs, block_on, store};
use super::password::ask_twice;
use crate::config::{account_lines, accounts_address};
use crate::daemon::Clock;
use crate::domain::AgentId;
use crate::sip::digest_account;

/// Agents: accounts for their phones, and the debtors' accounts they are given
#[derive(Debug, Args)]
pub struct AgentArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: AgentCommand,
}

#[derive(Debug, Subcommand)]
enum AgentCommand {
    /// Ask for a password and write its hashes (SHA-256 and MD5) to the file that agents.toml names
    Add {
        /// The login of `[agent.LOGIN]`
        #[arg(value_parser = login)]
        login: AgentId,
        /// For a phone that knows MD5 only: no stronger hash is kept, and such a phone is let in without one
        #[arg(long)]
        md5: bool,
        /// Print the lines instead of writing them
        #[arg(long)]
        print: bool,
    },
    /// Divide a campaign's accounts that are nobody's, or of who is no agent any more, among the agents, fairly by number and value
    Assign {
        campaign: String,
        /// Only among these; all of agents.toml where absent
        #[arg(long, value_delimiter = ',', value_parser = login)]
        agents: Vec<AgentId>,
    },
}

impl AgentArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the two passwords differ or the file can't be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (login, md5, print) = match self.command {
            AgentCommand::Add { login, md5, print } => (login, md5, print),
            AgentCommand::Assign { campaign, agents } => {
                return assign(&self.config, &campaign, agents);
            }
        };
        let (realm, file) = accounts_address(&self.config.config, &environment());
        let language = self.config.language();
        let password = ask_twice(login.as_str(), language)?;
        let mut account = digest_account(login.as_str(), &realm, &password);
        account.sha256 = account.sha256.filter(|_| !md5);
        let lines = account_lines(&login, &realm, &account);
        match file.filter(|_| !print) {
            Some(file) => {
                write(&file, &login, &lines)?;
                eprintln!("{}", file.display());
            }
            None => println!("{}", lines.join("\n")),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn login(text: &str) -> Result<AgentId, String> {
    AgentId::parse(text).ok_or_else(|| "a login of a-z, 0-9, -, _ and ., at most 32".to_owned())
}

/// Puts the login's lines in the place of its earlier ones. The file is only its owner's.
fn write(file: &Path, login: &AgentId, lines: &[String]) -> anyhow::Result<()> {
    let before = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(fault) => return Err(fault).with_context(|| format!("reading {}", file.display())),
    };
    let own = format!("{login}:");
    let kept = before.lines().filter(|line| !line.starts_with(&own)).map(str::to_owned);
    let text: String = kept.chain(lines.iter().cloned()).map(|line| line + "\n").collect();
    let context = || format!("writing {}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(context)?;
    }
    // Whole or not at all: a reload may read it at any moment.
    let draft = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut open =
        options.write(true).create(true).truncate(true).mode(0o600).open(&draft).with_context(context)?;
    open.set_permissions(fs::Permissions::from_mode(0o600)).with_context(context)?;
    open.write_all(text.as_bytes()).and_then(|()| open.sync_all()).with_context(context)?;
    fs::rename(&draft, file).with_context(context)
}

/// Gives out the accounts, and says what each agent has of the campaign now.
fn assign(config: &ConfigArgs, campaign: &str, agents: Vec<AgentId>) -> anyhow::Result<ExitCode> {
    let loaded = match config.load() {
        Ok(loaded) => loaded,
        Err(code) => return Ok(code),
    };
    let staff: Vec<AgentId> = loaded.agents.desks.keys().cloned().collect();
    let agents = match agents.is_empty() {
        true => staff.clone(),
        false => agents,
    };
    ensure!(!agents.is_empty(), "there is no agent in agents.toml");
    if let Some(ghost) = agents.iter().find(|agent| !loaded.agents.desks.contains_key(agent)) {
        bail!("agents.toml has no agent {ghost}: nobody would call the accounts");
    }
    block_on(async {
        let store = store(&loaded).await?;
        let row = store.campaigns().await?.into_iter().find(|row| row.name == campaign);
        let row = row.with_context(|| format!("there is no campaign {campaign}"))?;
        let given = store.assign_accounts(row.id, agents, staff, Clock.wall()).await?;
        store.close().await;
        for ((agent, currency), (accounts, value)) in given {
            let (whole, rest) = (value / 100, value % 100);
            println!("{agent:<32} {accounts:>8} {whole:>16}.{rest:02} {}", currency.code());
        }
        Ok(ExitCode::SUCCESS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agents_lines_take_the_place_of_his_earlier_ones_and_nobody_else_may_read_them() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("secrets/agents");
        let login = |text: &str| AgentId::parse(text).expect("a login");
        let lines = |name: &str, password: &str| {
            account_lines(&login(name), "obzvon", &digest_account(name, "obzvon", password))
        };
        write(&file, &login("anna"), &lines("anna", "first of all")).expect("written");
        write(&file, &login("an"), &lines("an", "another one")).expect("written");
        write(&file, &login("anna"), &lines("anna", "second one")).expect("written");
        let text = fs::read_to_string(&file).expect("there");
        let expected = [lines("an", "another one"), lines("anna", "second one")].concat().join("\n") + "\n";
        assert_eq!(text, expected);
        assert!(!text.contains("second one"));
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
