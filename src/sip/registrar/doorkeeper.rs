//! Who may come in: an agent who proves that he knows his password, with each use of a nonce once.
//!
//! Whoever proves nothing gets the same answer after the same work, whether the account is there or not.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::digest::{Algorithm, Claim, is_same};
use super::nonce::{Age, LIFETIME_S, Nonces};
use crate::domain::{AgentId, DigestAccount};

/// Wrong passwords from one address for one login within a minute, after which none is believed until it is over.
const WRONG_A_MINUTE: u32 = 10;
/// The most pairs of an address and a login whose wrong passwords are counted.
const MOST_COUNTED: usize = 4_096;
const MINUTE_S: u64 = 60;

#[derive(Debug)]
pub(super) struct Doorkeeper {
    realm: String,
    accounts: BTreeMap<AgentId, DigestAccount>,
    nonces: Nonces,
    /// The last use of each nonce that somebody came in with.
    uses: HashMap<String, Use>,
    wrong: HashMap<(IpAddr, String), u32>,
    /// The second in which `uses` and `wrong` were tidied.
    tidied: u64,
}

#[derive(Clone, Debug)]
struct Use {
    nc: u32,
    response: String,
    second: u64,
}

/// What the doorkeeper says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Open(AgentId),
    /// He has come in with this very proof just now: a repetition, or somebody's copy.
    Again(AgentId),
    /// `stale`: the proof is right, its nonce is not.
    Shut {
        stale: bool,
    },
}

impl Doorkeeper {
    pub fn new(realm: String, accounts: BTreeMap<AgentId, DigestAccount>) -> Self {
        let (uses, wrong) = (HashMap::new(), HashMap::new());
        Self { realm, accounts, nonces: Nonces::new(), uses, wrong, tidied: 0 }
    }

    /// Goes by other accounts from now on; whose are other than before.
    pub fn admit(&mut self, realm: String, accounts: BTreeMap<AgentId, DigestAccount>) -> Vec<AgentId> {
        let before = std::mem::replace(&mut self.accounts, accounts);
        self.realm = realm;
        let other = |(agent, account): (AgentId, DigestAccount)| {
            let now = self.accounts.get(&agent)?;
            (*now != account).then_some(agent)
        };
        before.into_iter().filter_map(other).collect()
    }

    pub fn knows(&self, agent: &AgentId) -> bool {
        self.accounts.contains_key(agent)
    }

    /// The challenges, the stronger first (RFC 8760 section 2.3), alike for everybody: by each algorithm that some
    /// account comes in with. Old phones stumble over a second one, so where all know MD5 only, nothing else is said.
    pub fn challenges(&mut self, source: IpAddr, second: u64, stale: bool) -> Vec<String> {
        let nonce = self.nonces.make(source, second);
        let stale = if stale { ", stale=true" } else { "" };
        let weak = self.accounts.values().filter(|account| account.sha256.is_none()).count();
        let offered = [("SHA-256", weak < self.accounts.len() || weak == 0), ("MD5", weak > 0)];
        let challenge = |(algorithm, _)| {
            let realm = &self.realm;
            format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}")
        };
        offered.into_iter().filter(|(_, offered)| *offered).map(challenge).collect()
    }

    /// Judges the Authorization headers of a request.
    pub fn judge<'a>(
        &mut self,
        headers: impl Iterator<Item = &'a str>,
        method: &str,
        source: IpAddr,
        second: u64,
    ) -> Door {
        self.tidy(second);
        let mut claims = headers.filter_map(Claim::read);
        let Some(claim) = claims.find(|claim| claim.realm == self.realm) else {
            return Door::Shut { stale: false };
        };
        let agent = AgentId::parse(&claim.user);
        let ha1 = agent.as_ref().and_then(|agent| self.ha1(agent, claim.algorithm));
        let known = ha1.is_some();
        let expected = claim.expected(&ha1.unwrap_or_else(|| claim.algorithm.nobody()), method);
        let right = is_same(&expected, &claim.response) && known;
        let age = self.nonces.judge(&claim.nonce, source, second);
        let counted = (source.to_canonical(), claim.user.clone());
        let tired = self.wrong.get(&counted).is_some_and(|wrong| *wrong >= WRONG_A_MINUTE);
        match (agent.filter(|_| right && !tired), age) {
            (Some(agent), Age::Fresh) => self.use_nonce(agent, claim, second),
            (Some(_), Age::Old | Age::Foreign) => Door::Shut { stale: true },
            // Only who was asked by us at this address counts: a forged source shuts nobody out.
            (None, Age::Fresh) => {
                if self.wrong.len() < MOST_COUNTED || self.wrong.contains_key(&counted) {
                    *self.wrong.entry(counted).or_default() += 1;
                }
                Door::Shut { stale: false }
            }
            (None, Age::Old | Age::Foreign) => Door::Shut { stale: false },
        }
    }

    /// The account's hash for the algorithm. Who has the stronger one does not come in with the weaker.
    fn ha1(&self, agent: &AgentId, algorithm: Algorithm) -> Option<String> {
        let account = self.accounts.get(agent)?;
        match algorithm {
            Algorithm::Sha256 => account.sha256.map(hex::encode),
            Algorithm::Md5 => account.md5.filter(|_| account.sha256.is_none()).map(hex::encode),
        }
    }

    fn use_nonce(&mut self, agent: AgentId, claim: Claim, second: u64) -> Door {
        match self.uses.get(&claim.nonce) {
            Some(last) if claim.nc == last.nc && claim.response == last.response => Door::Again(agent),
            Some(last) if claim.nc <= last.nc => Door::Shut { stale: true },
            Some(_) | None => {
                let used = Use { nc: claim.nc, response: claim.response, second };
                self.uses.insert(claim.nonce, used);
                Door::Open(agent)
            }
        }
    }

    fn tidy(&mut self, second: u64) {
        if second >= self.tidied + MINUTE_S {
            self.tidied = second;
            self.wrong.clear();
            self.uses.retain(|_, used| used.second + LIFETIME_S >= second);
        }
    }
}

#[cfg(test)]
mod tests {
    use md5::Md5;
    use sha2::{Digest, Sha256};

    use super::super::digest::digest_account;
    use super::*;

    const HOME: &str = "192.0.2.7";

    fn keeper() -> Doorkeeper {
        let both = digest_account("anna", "obzvon", "anna's password");
        let weak = DigestAccount { sha256: None, ..digest_account("boris", "obzvon", "boris's password") };
        let accounts = [("anna", both), ("boris", weak)].map(|(n, a)| (AgentId::parse(n).unwrap(), a));
        Doorkeeper::new("obzvon".to_owned(), accounts.into())
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn nonce(keeper: &mut Doorkeeper, second: u64) -> String {
        let challenge = keeper.challenges(ip(HOME), second, false)[0].clone();
        challenge.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    fn claim(user: &str, password: &str, algorithm: &str, nonce: &str, nc: u32) -> String {
        let hash = |text: String| match algorithm {
            "MD5" => hex::encode(Md5::digest(text)),
            _ => hex::encode(Sha256::digest(text)),
        };
        let (ha1, ha2) = (hash(format!("{user}:obzvon:{password}")), hash("REGISTER:sip:x".to_owned()));
        let response = hash(format!("{ha1}:{nonce}:{nc:08x}:abc:auth:{ha2}"));
        format!(
            "Digest username=\"{user}\", realm=\"obzvon\", nonce=\"{nonce}\", uri=\"sip:x\", response=\"{response}\", \
             algorithm={algorithm}, qop=auth, nc={nc:08x}, cnonce=\"abc\""
        )
    }

    fn ask(keeper: &mut Doorkeeper, claim: &str, from: &str, second: u64) -> Door {
        keeper.judge([claim].into_iter(), "REGISTER", ip(from), second)
    }

    const SHUT: Door = Door::Shut { stale: false };
    const STALE: Door = Door::Shut { stale: true };

    #[test]
    fn who_knows_his_password_comes_in_once_a_use_of_a_nonce() {
        let mut keeper = keeper();
        let nonce = nonce(&mut keeper, 0);
        let anna = AgentId::parse("anna").unwrap();
        let use_of = |nc| claim("anna", "anna's password", "SHA-256", &nonce, nc);
        assert_eq!(ask(&mut keeper, &use_of(1), HOME, 0), Door::Open(anna.clone()));
        assert_eq!(ask(&mut keeper, &use_of(1), HOME, 1), Door::Again(anna.clone()));
        assert_eq!(ask(&mut keeper, &use_of(3), HOME, 2), Door::Open(anna));
        assert_eq!(ask(&mut keeper, &use_of(2), HOME, 3), STALE, "an earlier use");
        assert_eq!(ask(&mut keeper, &use_of(4), "192.0.2.8", 3), STALE, "a copy from elsewhere");
        assert_eq!(ask(&mut keeper, &use_of(4), HOME, LIFETIME_S), STALE, "too old");
    }

    #[test]
    fn whoever_proves_nothing_is_told_the_same() {
        let mut keeper = keeper();
        let nonce = nonce(&mut keeper, 0);
        for (user, password, algorithm) in [
            ("anna", "wrong", "SHA-256"),
            ("nobody", "anna's password", "SHA-256"),
            ("Anna", "anna's password", "SHA-256"),
            ("anna", "anna's password", "MD5"),
            ("boris", "boris's password", "SHA-256"),
        ] {
            let said = ask(&mut keeper, &claim(user, password, algorithm, &nonce, 1), HOME, 0);
            assert_eq!(said, SHUT, "{user} {algorithm}");
        }
        assert_eq!(ask(&mut keeper, "Basic YTpi", HOME, 0), SHUT);
        assert_eq!(ask(&mut keeper, "Digest realm=\"obzvon\"", HOME, 0), SHUT);
        let boris = ask(&mut keeper, &claim("boris", "boris's password", "MD5", &nonce, 1), HOME, 0);
        assert_eq!(boris, Door::Open(AgentId::parse("boris").unwrap()), "he has no stronger hash");
    }

    #[test]
    fn a_guesser_is_not_believed_for_a_minute_and_shuts_nobody_else_out() {
        let mut keeper = keeper();
        let nonce = nonce(&mut keeper, 0);
        for nc in 1..=WRONG_A_MINUTE {
            assert_eq!(ask(&mut keeper, &claim("anna", "guess", "SHA-256", &nonce, nc), HOME, 1), SHUT);
        }
        let right = claim("anna", "anna's password", "SHA-256", &nonce, 99);
        assert_eq!(ask(&mut keeper, &right, HOME, 2), SHUT);
        let boris = claim("boris", "boris's password", "MD5", &nonce, 1);
        assert!(matches!(ask(&mut keeper, &boris, HOME, 2), Door::Open(_)), "at the same address");
        assert!(matches!(ask(&mut keeper, &right, HOME, 61), Door::Open(_)));
    }

    #[test]
    fn a_forged_source_shuts_nobody_out() {
        let mut keeper = keeper();
        for nc in 1..100 {
            ask(&mut keeper, &claim("anna", "guess", "SHA-256", "0000000000000001feed", nc), HOME, 1);
        }
        let nonce = nonce(&mut keeper, 1);
        let right = claim("anna", "anna's password", "SHA-256", &nonce, 1);
        assert!(matches!(ask(&mut keeper, &right, HOME, 1), Door::Open(_)));
    }
}
