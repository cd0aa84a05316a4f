//! What a desk shows, put together from the floor, the store and the configuration.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::House;
use super::past::{Before, before};
use super::subject::{Subject, subject, wall_ms};
use crate::agents::State;
use crate::campaign::{Dispositions, Flag, PromiseBounds, Script};
use crate::cli::words;
use crate::config::{AgentLeg, Config};
use crate::daemon::floor::Hand;
use crate::domain::debt::days_overdue;
use crate::domain::{AgentId, DebtKind, DebtorType, Language, PhoneNumber, Stage, Utterance};
use crate::ivr::TextFacts;
use crate::speech;
use crate::store::{AgentDay, AgentTimes, DeskFile, Period, Question, StoreError};
use crate::web::{
    CallView, ChoiceView, ContactLine, DayView, DebtView, DeskView, KindView, ObjectionView, PauseView,
    PaymentView, PromiseView, QuestionView, StageView, StateView, TargetView, day, day_and_hour, money,
};

/// An agent's desk; `None`: no agent works under this login.
///
/// # Errors
/// When the store fails.
pub async fn view(house: &House, login: &str, language: Language) -> Result<Option<DeskView>, StoreError> {
    let Some(agent) = AgentId::parse(login) else { return Ok(None) };
    let Some((state, since)) = house.floor.state(&agent) else { return Ok(None) };
    let plans = house.plans.load_full();
    let config = &plans.config;
    let display = config.agents.desks.get(&agent).and_then(|desk| desk.display.clone());
    let call = match subject(house, &agent).await? {
        Some(subject) => {
            let before = before(house, &subject, language).await?;
            let hand = house.floor.hand_of(&agent).map_or(Hand::Expects, |(_, hand)| hand);
            let mut seen = call(config, house.clock.wall(), &subject, before, language);
            if let Some(display) = &display {
                introduce(&mut seen, display);
            }
            Some(CallView { hand: hand.code(), muted: house.floor.is_muted(&agent), ..seen })
        }
        None => None,
    };
    let (own, team, team_size) = days(house, &agent, language).await?;
    Ok(Some(DeskView {
        display: display.unwrap_or_else(|| agent.to_string()),
        state: StateView {
            code: state.code(),
            pause: state.pause().map(str::to_owned),
            since_ms: wall_ms(house, since),
            ends_ms: house.floor.due(&agent).map(|due| wall_ms(house, due)),
            late: house.floor.ran_out(&agent),
            then: house.floor.turns_to(&agent).map(|state| state.pause().unwrap_or(state.code()).to_owned()),
        },
        pauses: pauses(config),
        browser_sound: house.floor.leg(&agent) == Some(AgentLeg::Browser),
        phone_unheard: house.floor.is_unheard(&agent),
        call,
        preview_ends_ms: house.desks.preview_ends(&agent).map(|at| wall_ms(house, at)),
        targets: targets(house, &agent, config),
        own,
        team,
        team_size,
        agent: agent.to_string(),
    }))
}

/// How a script leaves room for the agent's own name.
const YOUR_NAME: [&str; 2] = ["[your name]", "[ваше имя]"];

/// Puts the agent's name where the script leaves room for it.
fn introduce(call: &mut CallView, display: &str) {
    for text in call.stages.iter_mut().filter_map(|stage| stage.text.as_mut()) {
        for room in YOUR_NAME {
            *text = text.replace(room, display);
        }
    }
}

fn pauses(config: &Config) -> Vec<PauseView> {
    let pauses = config.agents.plan.pauses.iter();
    let view = |(code, pause): (&std::sync::Arc<str>, &crate::agents::Pause)| PauseView {
        code: code.to_string(),
        limit_s: pause.limit.map(|limit| limit.as_secs()),
        billable: pause.billable,
    };
    pauses.map(view).collect()
}

fn targets(house: &House, own: &AgentId, config: &Config) -> Vec<TargetView> {
    let queues = config.agents.plan.queues.keys().map(|queue| TargetView {
        to: format!("queue:{queue}"),
        name: queue.to_string(),
        free: false,
    });
    let everybody = house.floor.everybody();
    let others = everybody.into_iter().filter(|(agent, state)| agent != own && *state != State::LoggedOut);
    let agents = others.map(|(agent, state)| TargetView {
        to: format!("agent:{agent}"),
        name: config
            .agents
            .desks
            .get(&agent)
            .and_then(|desk| desk.display.clone())
            .unwrap_or(agent.to_string()),
        free: state == State::Ready,
    });
    agents.chain(queues).collect()
}

/// Today by the house's clock: his own results, the team's, and how many they are.
async fn days(
    house: &House,
    agent: &AgentId,
    language: Language,
) -> Result<(DayView, DayView, u64), StoreError> {
    let now = house.clock.wall();
    let zone = house.plans.load().config.statistics.basis.zone.clone();
    let midnight = now.to_zoned_datetime(zone).start_of_day();
    let from = midnight.map_or(now, |midnight| midnight.timestamp());
    let period = Period { from, to: now.saturating_add(1.second()).unwrap_or(now) };
    let (times, written) = (house.desks.times(house, period).await?, house.store.agent_days(period).await?);
    let (mut own, mut team, mut size) = (DayView::default(), DayView::default(), 0);
    for id in house.floor.everybody().into_iter().map(|(id, _)| id) {
        let (none, nothing) = (AgentTimes::default(), AgentDay::default());
        let (times, day) = (times.get(&id).unwrap_or(&none), written.get(&id).unwrap_or(&nothing));
        let view = DayView {
            talks: times.talks,
            talking_s: times.talking.as_secs(),
            written: day.written,
            promises: day.promises,
            promised: day.promised.iter().map(|sum| money(*sum, language)).collect(),
        };
        size += u64::from(view.talks > 0);
        team.talks += view.talks;
        team.talking_s += view.talking_s;
        team.written += view.written;
        team.promises += view.promises;
        if id == *agent {
            own = view;
        }
    }
    Ok((own, team, size))
}

fn call(config: &Config, now: Timestamp, subject: &Subject, before: Before, language: Language) -> CallView {
    let (file, contact) = (&subject.file, &subject.file.contact);
    let kept = file.attempt.as_ref();
    let phone = kept.map(|call| &call.phone).or_else(|| contact.phones.first().map(|phone| &phone.number));
    let years = config.campaign(&file.campaign).map_or(3, |plan| plan.targets.collectible_years);
    let kind = DebtKind::on(contact.due, subject.today(now), years);
    let desk = &config.desk;
    let telling = Telling { subject, now, kind, phone, script: &desk.script };
    let marked = |kind: &str, code: &str| {
        kept.is_some_and(|call| call.marks.iter().any(|(k, c)| k == kind && c == code))
    };
    CallView {
        attempt: subject.attempt.map(|attempt| attempt.0),
        contact: contact.id.0,
        live: subject.live,
        hand: Hand::Expects.code(),
        campaign: subject.identified.then(|| file.campaign.clone()),
        name: contact.name.as_ref().map_or("—", |name| name.reveal()).to_owned(),
        phone: phone.map_or_else(String::new, masked),
        language: contact.language.code(),
        local_time: now.to_zoned_datetime(subject.zone()).strftime("%H:%M").to_string(),
        place: contact.whereabouts.first().and_then(|own| own.region.clone()),
        identified: subject.identified,
        silenced: subject.silenced,
        muted: false,
        limits: before.limits,
        debt: subject.identified.then(|| debt(config, now, (subject, kind), before.contacts, language)),
        stages: telling.stages(|code| marked("stage", code)),
        objections: told_to_him(subject.identified, || {
            telling.objections(language, |code| marked("objection", code))
        }),
        kinds: kinds(&desk.dispositions, subject.identified, language),
        reasons: told_to_him(subject.identified, || reasons(&desk.dispositions, language)),
        types: told_to_him(subject.identified, || types(language)),
        note: kept.map_or_else(String::new, |call| call.note.clone()),
        complained: kept.is_some_and(|call| call.complained),
        triggered: kept.is_some_and(|call| call.marks.iter().any(|(kind, _)| kind == "trigger")),
        written: kept.and_then(|call| call.written.clone()),
    }
}

/// All but the country's digit and the last two.
fn masked(phone: &PhoneNumber) -> String {
    let digits = phone.digits();
    let (first, last) = (&digits[..1], &digits[digits.len() - 2..]);
    format!("+{first} ••• •••-••-{last}")
}

fn choice(code: &str, label: &str) -> ChoiceView {
    ChoiceView { code: code.to_owned(), label: label.to_owned() }
}

/// What speaks of a debt in plain words, or of the debtor's ways: nothing before it is known who is speaking.
fn told_to_him<T>(identified: bool, told: impl FnOnce() -> Vec<T>) -> Vec<T> {
    if identified { told() } else { Vec::new() }
}

/// Before it is known who is speaking only those that a stranger may cause; after it not that nobody said so.
fn kinds(dispositions: &Dispositions, identified: bool, language: Language) -> Vec<KindView> {
    let view = |kind: &crate::campaign::DispositionPlan| KindView {
        code: kind.code.to_string(),
        label: kind.words.of(language).to_owned(),
        key: kind.key,
        promise: kind.has(Flag::Promise),
        callback: kind.has(Flag::Callback),
        right_party: kind.has(Flag::RightParty),
    };
    let may = dispositions.kinds.iter().filter(|kind| kind.may_be_of(identified));
    may.map(view).collect()
}

fn reasons(dispositions: &Dispositions, language: Language) -> Vec<ChoiceView> {
    let reasons = dispositions.reasons.iter();
    reasons.map(|reason| choice(&reason.code, reason.words.of(language))).collect()
}

fn types(language: Language) -> Vec<ChoiceView> {
    DebtorType::ALL.map(|it| choice(it.code(), words::debtor_type(it.code(), language))).into()
}

/// What a promise about this debt is held against.
pub(super) fn bounds(config: &Config, now: Timestamp, subject: &Subject) -> Option<PromiseBounds> {
    let plan = config.campaign(&subject.file.campaign)?;
    Some(PromiseBounds {
        today: subject.today(now),
        within_days: plan.limits.promise_within_days,
        owed: subject.file.contact.amount,
        least_percent: plan.promises.least_percent,
        open: subject.file.debt_open,
    })
}

fn debt(
    config: &Config,
    now: Timestamp,
    (subject, kind): (&Subject, DebtKind),
    contacts: Vec<ContactLine>,
    language: Language,
) -> DebtView {
    let (file, contact) = (&subject.file, &subject.file.contact);
    let today = subject.today(now);
    let bounds = bounds(config, now, subject);
    let promises = file.promises.iter().map(|promise| PromiseView {
        on: day(promise.on, language),
        amount: money(promise.amount, language),
        state: promise.state.clone(),
    });
    let payments = file.payments.iter().map(|(paid_at, amount)| PaymentView {
        on: day(subject.today(*paid_at), language),
        amount: money(*amount, language),
    });
    let hotline = config.agents.hotlines.get(&*contact.creditor).map(|number| TargetView {
        to: format!("number:{}", number.as_e164()),
        name: format!("{}: {}", contact.creditor, language.pick("hotline", "горячая линия")),
        free: false,
    });
    DebtView {
        payments: payments.collect(),
        hotline,
        creditor: contact.creditor.clone(),
        kind: words::debt_kind(kind.code(), language).to_owned(),
        kind_code: kind.code(),
        days_overdue: days_overdue(contact.due, today),
        owed: money(contact.amount, language),
        owed_plain: plain(contact.amount.minor),
        due: day(contact.due, language),
        debtor_type: words::debtor_type(contact.debtor_type.code(), language),
        open: file.debt_open,
        today: today.to_string(),
        promise_last: bounds.map_or(today, |bounds| bounds.last()).to_string(),
        promise_least: bounds.map_or_else(String::new, |bounds| money(bounds.least(), language)),
        promises: promises.collect(),
        question: file.question.as_ref().map(|question| asked(question, subject, language)),
        may_ask_paid: file.debt_open && !awaits_word(file),
        contacts,
    }
}

/// The creditor has still to say whether it was paid.
fn awaits_word(file: &DeskFile) -> bool {
    let question = file.question.as_ref();
    question.is_some_and(|it| it.whether_paid && !it.closed && it.answer.is_none())
}

fn asked(question: &Question, subject: &Subject, language: Language) -> QuestionView {
    let zone = subject.zone();
    let moment = |at: Timestamp| day_and_hour(at.to_zoned_datetime(zone.clone()).datetime(), language);
    // A deadline is its last day's end.
    let last = |due: Timestamp| due.saturating_sub(1.second()).unwrap_or(due);
    QuestionView {
        case: question.case.to_string(),
        about: if question.whether_paid { "paid" } else { "owed" },
        asked: moment(question.asked_at),
        told: question.told,
        answer_by: question.answer_by.map(|due| day(subject.today(last(due)), language)),
        answer: question.answer.map(|(owed, _)| if owed { "owed" } else { "not_owed" }),
        answered: question.answer.map(|(_, at)| moment(at)),
    }
}

fn plain(minor: i64) -> String {
    format!("{}.{:02}", minor.max(0) / 100, minor.max(0) % 100)
}

/// What is told from the script.
struct Telling<'a> {
    subject: &'a Subject,
    now: Timestamp,
    kind: DebtKind,
    phone: Option<&'a PhoneNumber>,
    script: &'a Script,
}

impl Telling<'_> {
    fn stages(&self, done: impl Fn(&str) -> bool) -> Vec<StageView> {
        let language = self.subject.file.contact.language;
        let view = |stage: Stage| StageView {
            code: stage.code(),
            text: self
                .may_tell(stage)
                .then(|| self.script.stage(stage, self.kind).of(language))
                .and_then(|it| self.text(it)),
            done: done(stage.code()),
        };
        Stage::ALL.map(view).into()
    }

    fn objections(&self, language: Language, used: impl Fn(&str) -> bool) -> Vec<ObjectionView> {
        let contact = &self.subject.file.contact;
        let view = |objection: &crate::campaign::Objection| ObjectionView {
            code: objection.code.to_string(),
            label: objection.words.of(language).to_owned(),
            answer: self.text(objection.answer(contact.debtor_type).of(contact.language)),
            used: used(&objection.code),
        };
        self.script.objections.iter().map(view).collect()
    }

    /// A stage behind the first may tell of the debt in plain words as well as by a slot.
    fn may_tell(&self, stage: Stage) -> bool {
        self.subject.identified || stage == Stage::Contact
    }

    /// The text as it is spoken; what tells of the debt only to whom it is his.
    fn text(&self, text: &crate::ivr::Text) -> Option<String> {
        if text.tells_debt() && !self.subject.identified {
            return None;
        }
        let (file, contact) = (&self.subject.file, &self.subject.file.contact);
        let callback = file.attempt.as_ref().map(|call| &call.caller_id).or(self.phone)?;
        let today: Date = self.subject.today(self.now);
        let facts = TextFacts {
            name: contact.name.as_ref().map_or("…", |name| name.reveal()),
            creditor: &contact.creditor,
            amount: contact.amount,
            due: contact.due,
            callback,
            today,
        };
        let said: Utterance = speech::near_dates(text.fill(contact.language, &facts), today);
        speech::text(&said).ok()
    }
}
