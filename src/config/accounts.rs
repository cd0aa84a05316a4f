//! The accounts of agents: lines `login:realm:algorithm:hash`, as `obzvon agent add` makes them.

use std::collections::BTreeMap;

use super::plan::Desk;
use super::read::{Clause, Mistake, Section, words};
use crate::domain::{AgentId, DigestAccount, nearest};

/// Reads the accounts' text; `None` means noted. A line's hash is never repeated in a message.
pub fn accounts(
    root: &Section<'_>,
    text: &str,
    realm: &str,
    desks: &BTreeMap<AgentId, Desk>,
) -> Option<BTreeMap<AgentId, DigestAccount>> {
    let key = if root.has("accounts_file") { "accounts_file" } else { "accounts_env" };
    let mut accounts: BTreeMap<AgentId, DigestAccount> = BTreeMap::new();
    let mut sound = true;
    for (n, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let read = Line::read(line, n + 1);
        if let Some(login) = read.as_ref().ok().and_then(|line| line.of_nobody(desks)) {
            root.doubt(key, login);
            continue;
        }
        let taken = read.and_then(|line| line.take(realm, &mut accounts));
        if let Err(mistake) = taken {
            root.note(key, mistake);
            sound = false;
        }
    }
    sound.then_some(accounts)
}

/// The lines of an agent: one an algorithm.
pub fn account_lines(login: &AgentId, realm: &str, account: &DigestAccount) -> Vec<String> {
    let md5 = account.md5.map(|hash| format!("{login}:{realm}:{MD5}:{}", hex::encode(hash)));
    let sha256 = account.sha256.map(|hash| format!("{login}:{realm}:{SHA_256}:{}", hex::encode(hash)));
    sha256.into_iter().chain(md5).collect()
}

const MD5: &str = "MD5";
const SHA_256: &str = "SHA-256";

struct Line<'a> {
    login: &'a str,
    realm: &'a str,
    hash: Hash,
}

#[derive(Clone, Copy)]
enum Hash {
    Md5([u8; 16]),
    Sha256([u8; 32]),
}

impl<'a> Line<'a> {
    fn read(line: &'a str, number: usize) -> Result<Self, Mistake> {
        let read = || {
            let mut parts = line.trim().split(':');
            let (login, realm) = (parts.next()?, parts.next()?);
            let (algorithm, hash) = (parts.next()?, hex::decode(parts.next()?).ok()?);
            let hash = match algorithm {
                MD5 => Hash::Md5(hash.try_into().ok()?),
                SHA_256 => Hash::Sha256(hash.try_into().ok()?),
                _ => return None,
            };
            parts.next().is_none().then_some(Self { login, realm, hash })
        };
        read().ok_or(Mistake::Malformed { is: format!("№ {number}"), wants: words::ACCOUNT })
    }

    /// Whose lines stay when he is taken out comes in no more; that must not keep the rest from being taken.
    fn of_nobody(&self, desks: &BTreeMap<AgentId, Desk>) -> Option<Mistake> {
        let known = |id: AgentId| desks.contains_key(&id);
        if AgentId::parse(self.login).is_none_or(known) {
            return None;
        }
        let nearest = nearest(self.login, desks.keys().map(AgentId::as_str)).map(str::to_owned);
        Some(Mistake::NoSuch { what: words::AGENT, name: self.login.to_owned(), nearest })
    }

    fn take(self, realm: &str, accounts: &mut BTreeMap<AgentId, DigestAccount>) -> Result<(), Mistake> {
        let Some(id) = AgentId::parse(self.login) else {
            return Err(Mistake::Malformed { is: self.login.to_owned(), wants: words::LOGIN });
        };
        if self.realm != realm {
            return Err(Mistake::Contradiction(OTHER_REALM));
        }
        let account = accounts.entry(id).or_default();
        let twice = match self.hash {
            Hash::Md5(hash) => account.md5.replace(hash).is_some(),
            Hash::Sha256(hash) => account.sha256.replace(hash).is_some(),
        };
        if twice { Err(Mistake::Twice { name: self.login.to_owned() }) } else { Ok(()) }
    }
}

const OTHER_REALM: Clause = Clause {
    en: "a line was made for another `realm`: make it again with `obzvon agent add`",
    ru: "строка сделана для другого `realm`: создайте её заново командой `obzvon agent add`",
};
