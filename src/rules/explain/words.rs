//! The words of explanations, in Russian and English.

use jiff::SignedDuration;

use crate::domain::Language;
use crate::rules::preset::Window;
use crate::rules::{CliStatus, ConsentKind, EventKind, HoldKind, WayKind};

/// A language's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    ru: bool,
}

impl Words {
    pub fn of(language: Language) -> Self {
        Self { ru: language == Language::Ru }
    }

    fn pick(self, ru: &'static str, en: &'static str) -> &'static str {
        if self.ru { ru } else { en }
    }

    pub fn allowed(self, way: WayKind) -> String {
        match way {
            WayKind::Call => self.pick("Звонить сейчас можно.", "A call is allowed now."),
            WayKind::Message => self.pick("Писать сейчас можно.", "A message is allowed now."),
        }
        .to_owned()
    }

    pub fn denied(self, way: WayKind, why: &str, next: &str) -> String {
        let opening = match way {
            WayKind::Call => self.pick("Звонить сейчас нельзя", "No call now"),
            WayKind::Message => self.pick("Писать сейчас нельзя", "No message now"),
        };
        format!("{opening}: {why}. {next}")
    }

    pub fn earliest(self, moment: &str) -> String {
        format!("{}: {moment}.", self.pick("Ближайшее время", "Earliest time"))
    }

    pub fn never(self) -> &'static str {
        self.pick("Без решения человека время не наступит.", "Never without someone's decision.")
    }

    pub fn until(self, moment: &str) -> String {
        format!("{} {moment}", self.pick("освободится", "until"))
    }

    pub fn until_someone_acts(self) -> &'static str {
        self.pick("пока его не снимет человек", "until someone acts")
    }

    /// What is unknown, by the rule's name.
    pub fn doubt(self, rule: &str) -> &'static str {
        match rule {
            "fail_closed.zone" => self.pick("часовой пояс неизвестен", "the time zone is unknown"),
            "fail_closed.calendar" => {
                self.pick("не загружен производственный календарь", "the calendar is not loaded")
            }
            "fail_closed.clock" => self.pick("часы ушли назад", "the clock stepped back"),
            _ => self.pick("история не читается", "the history can't be read"),
        }
    }

    pub fn holds(self, kinds: &[&str]) -> String {
        if kinds.is_empty() {
            return self.pick("запретов нет", "no hold").to_owned();
        }
        format!("{} — {}", self.pick("запрет", "hold"), kinds.join(", "))
    }

    pub fn consents(self, kinds: &[&str]) -> String {
        format!("{}: {}", self.pick("нужны согласия", "consents needed"), kinds.join(", "))
    }

    pub fn caller_id(self, status: CliStatus) -> String {
        let status = match status {
            CliStatus::Allocated => self.pick("выделен по договору", "allocated by contract"),
            CliStatus::NotAllocated => self.pick("не выделен по договору", "not allocated by contract"),
            CliStatus::Unknown => self.pick("неизвестно чей", "of unknown standing"),
            CliStatus::Withheld => self.pick("скрыт", "withheld"),
        };
        format!("{} {status}", self.pick("номер звонящего", "the number shown is"))
    }

    pub fn unfit_caller_id(self) -> &'static str {
        self.pick(
            "нечего показать: номер звонящего не выделен по договору",
            "the number shown is not one the rules allow",
        )
    }

    pub fn is_being_called(self) -> &'static str {
        self.pick("человеку звонят прямо сейчас", "he is being called right now")
    }

    pub fn outside_window(self) -> &'static str {
        self.pick("у человека сейчас не время для звонков", "it is outside calling hours where he is")
    }

    pub fn too_near_the_end(self, minutes: u16) -> String {
        match self.ru {
            true => format!("до конца часов звонков у человека меньше {minutes} мин"),
            false => format!("calling hours where he is end in less than {minutes} minutes"),
        }
    }

    pub fn asked_not_now(self) -> &'static str {
        self.pick("просил не беспокоить в это время", "asked not to be contacted at this time")
    }

    pub fn other_channel(self, kinds: &str) -> String {
        format!(
            "{}: {kinds}",
            self.pick("на этой неделе уже был другой канал", "another channel was used this week")
        )
    }

    /// A pause after something, whoever is concerned.
    pub fn pause(self, length: &str, kinds: &str) -> String {
        match self.ru {
            true => format!("ещё не прошло {length} после прошлого раза ({kinds})"),
            false => format!("less than {length} since the last time ({kinds})"),
        }
    }

    /// A cap that is reached, whoever is concerned.
    pub fn spent(self, span: &str, limit: u32, kinds: &str) -> String {
        match self.ru {
            true => format!("{span} уже было {limit}, больше нельзя ({kinds})"),
            false => format!("{limit} {span} already, which is the limit ({kinds})"),
        }
    }

    pub fn in_flight(self, live: u32) -> String {
        format!("{}: {live}", self.pick("вызовов в работе", "calls under way"))
    }

    pub fn window(self, clocks: &str) -> String {
        format!("{}: {clocks}", self.pick("часы звонков", "hours"))
    }

    pub fn closed(self) -> &'static str {
        self.pick("закрыто", "closed")
    }

    pub fn end_guard(self, minutes: u16) -> String {
        match self.ru {
            true => format!("не позже чем за {minutes} мин до закрытия"),
            false => format!("at least {minutes} minutes before closing"),
        }
    }

    pub fn pref(self, ranges: &str) -> String {
        let none = self.pick("нет", "none");
        let ranges = if ranges.is_empty() { none } else { ranges };
        format!("{}: {ranges}", self.pick("просил не беспокоить", "asked not to be contacted at"))
    }

    pub fn ratio(self, max_ppm: u32) -> String {
        let percent = format!("{}.{:02} %", max_ppm / 10_000, max_ppm % 10_000 / 100);
        match self.ru {
            true => format!("брошенных вызовов не больше {percent} отвеченных"),
            false => format!("at most {percent} of answered calls abandoned"),
        }
    }

    pub fn channel_lock(self, count: u32, kinds: &str) -> String {
        match self.ru {
            true => format!("другой канал на этой неделе: {count} ({kinds})"),
            false => format!("over another channel this week: {count} ({kinds})"),
        }
    }

    pub fn cooldown(self, length: &str, count: u32, kinds: &str) -> String {
        match self.ru {
            true => format!("пауза {length} после: {kinds}; сейчас действует {count}"),
            false => format!("a pause of {length} after: {kinds}; {count} in force"),
        }
    }

    pub fn cap(self, span: &str, count: u32, limit: u32, kinds: &str) -> String {
        match self.ru {
            true => format!("{span} {count} из {limit} ({kinds})"),
            false => format!("{count} of {limit} {span} ({kinds})"),
        }
    }

    /// An approved exception that sets a cap's limit.
    pub fn exception(self, limit: u32, evidence: &str, until: Option<&str>) -> String {
        let until = until.map(|until| format!(", {} {until}", self.pick("до", "to"))).unwrap_or_default();
        match self.ru {
            true => format!("исключение: предел {limit}, основание — {evidence}{until}"),
            false => format!("exception: limit {limit} on {evidence}{until}"),
        }
    }

    /// So many time zones.
    pub fn zones(self, number: usize) -> String {
        format!("{} {number}", self.pick("поясов:", "zones:"))
    }

    /// The span a cap counts over.
    pub fn span(self, window: Window) -> String {
        match window {
            Window::CalendarDay => self.pick("за календарный день", "in the calendar day").to_owned(),
            Window::CalendarWeek => self.pick("за календарную неделю", "in the calendar week").to_owned(),
            Window::CalendarMonth => self.pick("за календарный месяц", "in the calendar month").to_owned(),
            Window::Lifetime => self.pick("за всё время", "ever").to_owned(),
            Window::RollingDays(_) | Window::Elapsed(_) => {
                format!("{} {}", self.pick("за последние", "within"), self.length(window))
            }
        }
    }

    /// How long an event counts.
    pub fn length(self, window: Window) -> String {
        match window {
            Window::RollingDays(days) => format!("{days} {}", self.pick("дн.", "days")),
            Window::Elapsed(span) if whole_hours(span) => {
                format!("{} {}", span.as_hours(), self.pick("ч", "h"))
            }
            Window::Elapsed(span) => format!("{} {}", span.as_mins(), self.pick("мин", "min")),
            Window::CalendarDay => self.pick("до конца дня", "the day").to_owned(),
            Window::CalendarWeek => self.pick("до конца недели", "the week").to_owned(),
            Window::CalendarMonth => self.pick("до конца месяца", "the month").to_owned(),
            Window::Lifetime => self.pick("навсегда", "ever").to_owned(),
        }
    }

    pub fn event(self, kind: EventKind) -> &'static str {
        match kind {
            EventKind::Abandoned => self.pick("брошенный вызов", "abandoned call"),
            EventKind::AmdDisconnect => self.pick("сброс по автоответчику", "hung up on a machine"),
            EventKind::AnsweredUnknown => self.pick("ответ до представления", "answered before identity"),
            EventKind::AttemptNoAnswer => self.pick("нет ответа", "no answer"),
            EventKind::AttemptUnconnected => self.pick("несоединение", "not connected"),
            EventKind::Conversation => self.pick("разговор", "conversation"),
            EventKind::InFlight => self.pick("вызов в работе", "call under way"),
            EventKind::InboundConversation => self.pick("входящий разговор", "inbound conversation"),
            EventKind::Letter => self.pick("письмо", "letter"),
            EventKind::Message => self.pick("сообщение", "message"),
            EventKind::ThirdParty => self.pick("ответил другой человек", "someone else answered"),
            EventKind::Visit => self.pick("встреча", "visit"),
            EventKind::Voicemail => self.pick("автоответчик", "voicemail"),
        }
    }

    pub fn hold(self, kind: HoldKind) -> &'static str {
        match kind {
            HoldKind::AttorneyRepresented => self.pick("представлен адвокатом", "represented by an attorney"),
            HoldKind::BailiffRestriction => {
                self.pick("ограничение приставов", "restricted by the bailiff service")
            }
            HoldKind::Bankruptcy => self.pick("банкротство", "bankruptcy"),
            HoldKind::CeaseCommunication => {
                self.pick("требование прекратить связь", "asked in writing to cease")
            }
            HoldKind::ComplaintOpen => self.pick("жалоба не закрыта", "a complaint is open"),
            HoldKind::Deceased => self.pick("умер", "deceased"),
            HoldKind::DisabilityGroup1 => self.pick("инвалид I группы", "disability group I"),
            HoldKind::DisputeOpen => self.pick("долг оспаривается", "the debt is disputed"),
            HoldKind::EmployerProhibits => self.pick("работодатель запретил", "the employer prohibits it"),
            HoldKind::Hospital => self.pick("на лечении в стационаре", "in hospital"),
            HoldKind::Incapacity => self.pick("недееспособен или ограничен", "lacks legal capacity"),
            HoldKind::MediumOptOutCall => self.pick("просил не звонить", "asked not to be telephoned"),
            HoldKind::Minor => self.pick("несовершеннолетний", "a minor"),
            HoldKind::NeverCall => self.pick("никогда не звонить", "never to be called"),
            HoldKind::PhoneUnderReview => self.pick("телефон проверяется", "the phone is under review"),
            HoldKind::RefusalOfInteraction => self.pick("отказ от взаимодействия", "refusal of interaction"),
            HoldKind::RepresentativeOnly => {
                self.pick("только через представителя", "only through the representative")
            }
            HoldKind::StopRequested => self.pick("просил больше не звонить", "asked in a call to stop"),
            HoldKind::Unwanted => self.pick("вызов помечен нежелательным", "the call was marked unwanted"),
            HoldKind::ValidationDisputeOpen => {
                self.pick("письменный спор о долге", "a written dispute is open")
            }
            HoldKind::WrongNumber => self.pick("чужой номер", "wrong number"),
        }
    }

    pub fn consent(self, kind: ConsentKind) -> &'static str {
        match kind {
            ConsentKind::DebtorAgreedThirdParty => {
                self.pick("должника на связь с третьим лицом", "the debtor's to third persons")
            }
            ConsentKind::NumberNotReassigned => {
                self.pick("номер не передан другому", "the number is not reassigned")
            }
            ConsentKind::RegfDirectConsent => {
                self.pick("прямое на большее число звонков", "direct consent to more calls")
            }
            ConsentKind::TcpaPriorExpress => {
                self.pick("явное на запись голоса", "express consent to recorded voice")
            }
            ConsentKind::ThirdPartyAgreed => self.pick("самого третьего лица", "the third person's own"),
        }
    }
}

fn whole_hours(span: SignedDuration) -> bool {
    span.as_secs() % 3600 == 0
}
