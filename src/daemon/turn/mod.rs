//! One contact's turn: choose phone and trunk, pass the gate, place the call, write down what came of it.

mod choose;
mod finish;
mod place;

use std::sync::Arc;

use anyhow::Context;
use tracing::info;

pub use self::choose::phone_to_dial;
pub(super) use self::finish::{Asked, asked_for, asks, holds};
pub use self::place::recording_path;
pub(super) use self::place::{agents_part, sought_for};

use self::choose::{Choice, NoChoice};
use super::desk::{self, Preview, Wanted};
use super::floor::Seat;
use super::house::{House, Plans};
use super::law::Law;
use super::pacing::Ticket;
use super::test_call;
use super::voice::NameSound;
use crate::agents::{Caller, State};
use crate::campaign::{CampaignPlan, Dialling, DoneWhy, ask};
use crate::domain::{AttemptId, Channel, Fault, Language, Outcome};
use crate::ivr::Flow;
use crate::rules::DialMode;
use crate::store::{CallbackRow, ClaimedContact, NoDial, ReserveRequest, Reserved, UNNAMED};
use crate::synthesis::SentenceCache;
use crate::web::NotCalled;

/// One contact of one campaign, claimed and about to be dialled.
#[derive(Debug)]
pub struct Turn {
    pub plan: Arc<CampaignPlan>,
    pub plans: Arc<Plans>,
    pub contact: ClaimedContact,
    /// The call was agreed with him.
    pub agreed: Option<CallbackRow>,
    /// The agent reserved for the call.
    pub seat: Option<Seat>,
    /// The call in its pacer's eyes.
    pub ticket: Option<Ticket>,
    /// The agent has seen the contact and waits to hear that it is called.
    pub wanted: Option<Wanted>,
}

/// What a turn came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// An attempt was written down; its row says what came of it.
    Called(AttemptId),
    /// Nobody was called: the code of the reason, or the rule that denied it.
    NotCalled(String),
}

impl Taken {
    fn not_called(why: &str) -> Self {
        Self::NotCalled(why.to_owned())
    }
}

/// Whether an agent may be shown a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreseen {
    MayBeShown,
    /// He may not be called now: his row, and the record of the refusal, say why.
    PassedOver,
    /// No trunk has a line for him at this moment: he is in the queue as before.
    NoLine,
}

impl Turn {
    /// Asks the gate before an agent is shown the contact, so that nobody decides about whom the rules refuse. When he has
    /// decided it is asked again. In any other mode nobody is shown.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn foresee(&self, house: &House) -> anyhow::Result<Foreseen> {
        if !matches!(self.plan.dialling, Dialling::Preview(..)) {
            return Ok(Foreseen::MayBeShown);
        }
        let choice = match self.choose(house).await? {
            Ok(choice) => choice,
            Err(NoChoice::NoLine(_)) => return Ok(Foreseen::NoLine),
            Err(NoChoice::PassedOver(_)) => return Ok(Foreseen::PassedOver),
        };
        let Some(no) = house.store.foresee(self.request(house, &choice), house.clock.wall()).await? else {
            return Ok(Foreseen::MayBeShown);
        };
        if let NoDial::Denied(_) = no {
            house.metrics.denied(no.code());
        }
        info!(contact = %self.contact.id, why = no.code(), "no agent is shown whom the gate refuses");
        Ok(Foreseen::PassedOver)
    }

    /// Takes the contact's turn. Whatever happens, the contact's row says what.
    ///
    /// # Errors
    /// When the store fails; the attempt, if there was one, is then still open and the next start rescues it.
    pub async fn take(mut self, house: &Arc<House>) -> anyhow::Result<Taken> {
        if let (Dialling::Preview(_, decide), Some(seat)) = (&self.plan.dialling, &self.seat) {
            match desk::preview(house, seat, self.contact.id, *decide).await? {
                Preview::Call(wanted) => self.wanted = Some(wanted),
                Preview::Left(why) => return Ok(Taken::not_called(why)),
            }
        }
        let taken = self.dial(house).await;
        // Whoever wanted him called has not heard that he is.
        if let Some(wanted) = self.wanted.take() {
            let code = match &taken {
                // In the moment between his decision and the gate.
                Ok(Taken::NotCalled(_)) if house.store.has_paid(self.contact.id).await? => {
                    DoneWhy::Paid.code()
                }
                Ok(Taken::NotCalled(why)) => why.as_str(),
                Ok(Taken::Called(_)) => Outcome::Cancelled.code(),
                Err(_) => Outcome::Failed(Fault::Us).code(),
            };
            wanted.not_called(house, self.why_not(house, code).await);
        }
        taken
    }

    /// Passes the gate and calls.
    async fn dial(&mut self, house: &Arc<House>) -> anyhow::Result<Taken> {
        let choice = match self.choose(house).await? {
            Ok(choice) => choice,
            Err(no) => return Ok(Taken::not_called(no.code())),
        };
        let name = self.name_sound(&choice).await?;
        if !self.can_be_asked(&choice.flow, &name) {
            house.store.set_aside(self.contact.id, UNNAMED).await?;
            return Ok(Taken::not_called(UNNAMED));
        }
        // Nobody's telephone rings before the agent is on his own.
        if let Some(seat) = &mut self.seat
            && !seat.summon(house).await
        {
            let why = absent(house, seat);
            return Ok(Taken::not_called(self.let_go(house, why).await?));
        }
        let Some(place) = choice.line.antechamber().await else {
            return Ok(Taken::not_called(self.let_go(house, "trunks_full").await?));
        };
        if let Some(seat) = &mut self.seat
            && !seat.is_there()
        {
            let why = absent(house, seat);
            return Ok(Taken::not_called(self.let_go(house, why).await?));
        }
        if !house.may_dial() {
            return Ok(Taken::not_called(self.let_go(house, "kill_switch").await?));
        }
        match house.store.reserve(self.request(house, &choice), house.clock.wall()).await? {
            Reserved::Permit(permit) => {
                choice.line.pace().await;
                let attempt = permit.attempt();
                self.call(house, choice, name, permit, place).await?;
                Ok(Taken::Called(attempt))
            }
            Reserved::Denied(decision) => {
                let rule = decision.deny.as_ref().map_or("unknown", |rule| rule.as_str());
                house.metrics.denied(rule);
                Ok(Taken::not_called(rule))
            }
            Reserved::Gone(why) => {
                info!(contact = %self.contact.id, ?why, "nothing to dial");
                Ok(Taken::not_called(why.code()))
            }
        }
    }

    /// A reason in words; a rule's are those of the law as it is now.
    async fn why_not(&self, house: &House, code: &str) -> NotCalled {
        let plain = desk::reason(code);
        let Some(phone) = phone_to_dial(&self.contact).filter(|_| code.contains('.')) else { return plain };
        let law = Law::of(house, (&self.plans, &self.plan), &self.contact, &phone.number).await;
        let Ok(Some(law)) = law else { return plain };
        let said = |language| law.words(code, house.clock.wall(), language);
        match (said(Language::En), said(Language::Ru)) {
            (Some(en), Some(ru)) => NotCalled { en, ru, ..plain },
            _ => plain,
        }
    }

    /// Reads what an engine has said of the debtor's name: before the gate is asked, so that nothing is read while the permit
    /// runs out or somebody listens.
    async fn name_sound(&self, choice: &Choice) -> anyhow::Result<NameSound> {
        let Some(name) = self.contact.name.clone().filter(|_| self.plans.voice.says_names()) else {
            return Ok(NameSound::default());
        };
        let (voice, flow) = (Arc::clone(&self.plans.voice), Arc::clone(&choice.flow));
        let cache = SentenceCache::below(&self.plans.config.daemon.data_dir);
        let read = tokio::task::spawn_blocking(move || voice.name_sound(&flow, &name, &cache));
        read.await.context("reading the sentences with a name")
    }

    /// Whether a robot can ask him who he is as the campaign wants it. An agent asks himself; the debt of a test call is made up.
    fn can_be_asked(&self, flow: &Flow, name: &NameSound) -> bool {
        self.plan.channel != Channel::Ivr
            || flow.can_identify(self.plan.identity, name.name.as_ref(), self.contact.language)
    }

    /// The creditor as the debtor hears him.
    fn creditor_said(&self) -> &str {
        test_call::said(&self.contact.creditor)
    }

    /// Whom an agent would talk to.
    pub fn caller(&self) -> Caller {
        caller(&self.contact)
    }

    /// Leaves the contact in the queue; gives the reason's code back.
    async fn let_go(&self, house: &House, why: &'static str) -> anyhow::Result<&'static str> {
        house.store.release(vec![self.contact.id]).await?;
        Ok(why)
    }

    /// How the rules see the call: a predictive campaign, too, keeps an agent for whom it has agreed to call.
    fn dial_mode(&self) -> DialMode {
        if self.seat.is_some() { DialMode::AgentGuaranteed } else { self.plan.dialling.mode() }
    }

    fn request(&self, house: &House, choice: &Choice) -> ReserveRequest {
        let contact = &self.contact;
        let rules = self.plans.rules(&self.plan.preset).expect("every campaign's preset is in force").clone();
        let callee = contact.callee(&choice.phone, &choice.zones);
        ReserveRequest {
            contact: contact.id,
            phone: choice.phone.number.clone(),
            caller_id: choice.caller_id.clone(),
            trunk: choice.line.trunk().name.to_string(),
            channel: self.plan.channel,
            debt_kind: choice.kind,
            facts: ask(callee, self.dial_mode(), self.plans.config.overrides_of(&self.plan)),
            rules,
            config_version: Arc::clone(&self.plans.config.version),
            flow_version: choice.flow.label().into(),
            budget: match self.agreed {
                // The campaign's budget is for the calls it makes by itself.
                Some(_) => self.plan.retries.budget.max(contact.tries.saturating_add(1)),
                None => self.plan.retries.budget,
            },
            due_at: house.clock.wall(),
        }
    }
}

/// Why the agent who was reserved is not on his phone, as a code.
fn absent(house: &House, seat: &Seat) -> &'static str {
    match house.floor.state(&seat.agent) {
        Some((State::NoAudio, _)) => "agent_no_audio",
        _ => "agent_missed",
    }
}

/// Whom an agent would talk to who is called for this contact.
pub fn caller(contact: &ClaimedContact) -> Caller {
    Caller {
        language: contact.language,
        creditor: Some(contact.creditor.as_str().into()),
        debtor_type: contact.debtor_type,
        promised_to: contact.promised_to.clone(),
    }
}
