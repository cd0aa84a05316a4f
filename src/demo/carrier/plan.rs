//! What a carrier is started with.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use jiff::civil::Date;

use super::persona::{POPULATION, Persona, dice};
use super::script::Script;
use super::sound::synth::Sounds;
use super::wire::digest::Challenge;

/// A carrier's plan.
#[derive(Clone, Debug)]
pub struct CarrierPlan {
    /// A loopback address; port 0 takes a free one.
    pub bind: SocketAddr,
    pub casting: Casting,
    /// Numbers with a story of their own, digits only.
    pub special: HashMap<String, Script>,
    /// Seeds who is behind a number and how he behaves.
    pub seed: u64,
    /// The debtors' date, for those who promise a day.
    pub today: Date,
    /// Ringing and waiting pass this many times faster; sound does not.
    pub speed: f64,
    pub sounds: Sounds,
    /// Asks callers for a password.
    pub challenge: Option<Challenge>,
    /// Calls at once, where there is a limit; the next gets 503.
    pub channels: Option<usize>,
    /// SIP datagrams of a hundred lost, each way.
    pub sip_loss_percent: u8,
    /// A JSON Lines file of the calls that ended.
    pub log: Option<PathBuf>,
    /// A folder for a WAV of what each callee heard, named by its attempt.
    pub recordings: Option<PathBuf>,
}

/// Who answers a number that has no story of its own.
#[derive(Clone, Debug)]
pub enum Casting {
    /// The same story for everybody.
    Always(Script),
    /// Personas by weight.
    Population(Vec<(Persona, u32)>),
}

impl CarrierPlan {
    /// A carrier on a free port of 127.0.0.1 with the usual population.
    pub fn new(seed: u64, today: Date) -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            casting: Casting::Population(POPULATION.to_vec()),
            special: HashMap::new(),
            seed,
            today,
            speed: 1.0,
            sounds: Sounds::synthesised(),
            challenge: None,
            channels: None,
            sip_loss_percent: 0,
            log: None,
            recordings: None,
        }
    }

    /// The story of the `nth` call to `number`, 0 for the first.
    pub(super) fn script(&self, number: &str, nth: u32) -> Script {
        if let Some(script) = self.special.get(number) {
            return script.clone();
        }
        match &self.casting {
            Casting::Always(script) => script.clone(),
            Casting::Population(population) => {
                let persona = Persona::behind(number, nth, self.seed, population);
                // One more than the draw of the persona used, so that the two are independent.
                persona.script(&mut dice(self.seed.wrapping_add(1), number, nth), self.today)
            }
        }
    }
}
