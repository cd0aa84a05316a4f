//! What the suite works with: a store on either engine, a list, and calls made short.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::domain::attempt::{FinalWord, Finished, HungUpBy, Stamps};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{
    AttemptId, CampaignId, Channel, Currency, DebtId, DebtKind, DebtorType, Disposition, Language, Money,
    Outcome, PersonId, PersonName, PhoneNumber,
};
use obzvon::rules::{
    CliStatus, DialMode, EventKind, Facts, Hold, Phone, PhoneType, Presets, Relation, Way, ZoneSet,
};
use obzvon::store::{
    ByHand, CampaignState, ClaimedContact, DialPermit, FillPlan, FinishRequest, Kind, Placement,
    ReserveRequest, Reserved, RulesInForce, Store, StorePlan,
};
use secrecy::SecretString;

use crate::postgres;

/// A store in a database of its own.
pub struct World {
    pub store: Store,
    pub url: String,
    pub rules: RulesInForce,
    _dir: tempfile::TempDir,
}

/// A Tuesday, 12:00 in Moscow.
pub fn noon() -> Timestamp {
    "2026-03-03T09:00:00Z".parse().expect("a timestamp")
}

/// Somebody of ours, on a letter.
pub fn by_hand() -> ByHand {
    ByHand { who: "the head".into(), evidence: "a letter".into() }
}

pub fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

pub fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

impl World {
    pub async fn open(kind: Kind) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let dir = tempfile::tempdir().expect("a temporary folder");
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}", dir.path().join("obzvon.db").display()),
            Kind::Postgres => {
                let name = format!("world_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
                postgres::new_database(&name)
            }
        };
        let store = open(&url, "one").await;
        Self { store, url, rules: rules("ru-230fz-safe"), _dir: dir }
    }

    /// Another node on the same database.
    pub async fn node(&self, name: &str) -> Store {
        open(&self.url, name).await
    }

    /// Runs a statement as an intruder would, past the store.
    pub async fn raw(&self, sql: &str) -> Result<(), String> {
        match self.store.kind() {
            Kind::Sqlite => self.sqlite().execute_batch(sql).map_err(|fault| fault.to_string()),
            Kind::Postgres => {
                let pool = sqlx::PgPool::connect(&self.url).await.expect("the database");
                let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&pool).await;
                pool.close().await;
                done.map(|_| ()).map_err(|fault| fault.to_string())
            }
        }
    }

    /// How the engine finds what a statement asks for, however few rows there are.
    pub async fn plan(&self, sql: &str) -> String {
        match self.store.kind() {
            Kind::Sqlite => {
                let database = self.sqlite();
                let mut asked = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a plan");
                let steps = asked.query_map((), |step| step.get::<_, String>(3)).expect("its steps");
                steps.map(|step| step.expect("a step") + "\n").collect()
            }
            Kind::Postgres => {
                let pool = sqlx::PgPool::connect(&self.url).await.expect("the database");
                let mut conn = pool.acquire().await.expect("a connection");
                sqlx::raw_sql("SET enable_seqscan = off").execute(&mut *conn).await.expect("set");
                let asked = sqlx::AssertSqlSafe(format!("EXPLAIN {sql}"));
                let steps: Vec<String> =
                    sqlx::query_scalar(asked).fetch_all(&mut *conn).await.expect("a plan");
                drop(conn);
                pool.close().await;
                steps.join("\n")
            }
        }
    }

    /// A text that a statement finds.
    pub async fn text(&self, sql: &str) -> String {
        match self.store.kind() {
            Kind::Sqlite => self.sqlite().query_one(sql, [], |row| row.get(0)).expect("a text"),
            Kind::Postgres => {
                let pool = sqlx::PgPool::connect(&self.url).await.expect("the database");
                let sql = sqlx::AssertSqlSafe(sql.to_owned());
                let found = sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a text");
                pool.close().await;
                found
            }
        }
    }

    /// A connection of an intruder's.
    fn sqlite(&self) -> rusqlite::Connection {
        let path = self.url.strip_prefix("sqlite:").expect("a file");
        let conn = rusqlite::Connection::open(path).expect("the database");
        conn.execute_batch("PRAGMA foreign_keys = ON").expect("a pragma");
        conn
    }

    /// Sets a hold, as somebody does by hand.
    pub async fn hold(&self, hold: Hold) -> (i64, Option<AttemptId>) {
        self.store.add_hold_by_hand(hold, by_hand(), noon()).await.expect("set")
    }

    /// Imports rows and fills a running campaign with them, by amount.
    pub async fn campaign(&self, name: &str, rows: &[ImportRow]) -> CampaignId {
        self.store.upsert(rows, noon()).await.expect("imported");
        let campaign = self.store.campaign(name, noon()).await.expect("made");
        self.store.set_campaign(name, CampaignState::Running, "boss", noon()).await.expect("started");
        self.fill(campaign).await;
        campaign
    }

    pub async fn fill(&self, campaign: CampaignId) -> obzvon::store::Filled {
        let place = |candidate: &obzvon::store::Candidate| match candidate.debtor_type {
            DebtorType::Forgetful => Placement::Queued { score: candidate.amount.minor },
            _ => Placement::Held { why: "agent_only" },
        };
        self.store
            .fill_campaign(FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 50 }, place)
            .await
            .expect("filled")
    }

    /// A campaign with one contact, claimed.
    pub async fn one_contact(&self) -> ClaimedContact {
        let campaign = self.campaign("reminders", &[row(1)]).await;
        self.claim_one(campaign, noon()).await
    }

    pub async fn claim_one(&self, campaign: CampaignId, now: Timestamp) -> ClaimedContact {
        let mut claimed = self.store.claim(campaign, 1, now).await.expect("claimed");
        claimed.pop().expect("one is queued")
    }

    pub fn request(&self, contact: &ClaimedContact) -> ReserveRequest {
        let phone = contact.phones.first().expect("a phone").number.clone();
        ReserveRequest {
            contact: contact.id,
            caller_id: number(4_950_000_000),
            trunk: "main".into(),
            channel: Channel::Ivr,
            debt_kind: DebtKind::Overdue,
            facts: Facts {
                person: PersonId(0),
                debt: DebtId(0),
                creditor: String::new(),
                phone: Phone { number: (&phone).into(), kind: PhoneType::Mobile },
                relation: Relation::Debtor,
                way: Way::call(DialMode::Prerecorded),
                caller_id: CliStatus::Allocated,
                zones: ZoneSet::resolve(["Europe/Moscow"], "region"),
                blocked: Vec::new(),
                tallies: Vec::new(),
                overrides: Vec::new(),
            },
            phone,
            rules: self.rules.clone(),
            config_version: "c1".into(),
            flow_version: "f1".into(),
            budget: 5,
            due_at: noon(),
        }
    }

    pub async fn reserve(&self, contact: &ClaimedContact, now: Timestamp) -> Reserved {
        self.store.reserve(self.request(contact), now).await.expect("the gate answers")
    }

    pub async fn permit(&self, contact: &ClaimedContact, now: Timestamp) -> DialPermit {
        match self.reserve(contact, now).await {
            Reserved::Permit(permit) => permit,
            other => panic!("no permit: {other:?}"),
        }
    }

    /// Where the person's first contact stands: state and reason.
    pub async fn contact_of(&self, person: &str) -> (String, String) {
        let files = self.store.person_files(person).await.expect("read");
        let contact = &files[0].contacts[0];
        (contact.state.code().to_owned(), contact.why.clone())
    }
}

async fn open(url: &str, node: &str) -> Store {
    let plan = StorePlan { url: SecretString::from(url), node: node.into() };
    Store::open(plan).await.expect("the database opens")
}

pub fn rules(preset: &str) -> RulesInForce {
    let presets = Presets::shipped();
    let calendars = presets.calendars().clone();
    RulesInForce::new(Arc::new(presets.flatten(preset).expect("a shipped preset")), Arc::new(calendars))
}

pub fn number(national: u64) -> PhoneNumber {
    PhoneNumber::parse(&format!("+7{national:010}")).expect("E.164")
}

/// The `n`-th debt: of person `n`, with a phone of his own, `n` thousand roubles.
pub fn row(n: u32) -> ImportRow {
    ImportRow {
        line: u64::from(n) + 1,
        external_id: format!("d{n}"),
        person_id: format!("p{n}"),
        name: Some(PersonName::new(format!("Debtor {n}"))),
        phones: vec![number(9_990_000_000 + u64::from(n))],
        time_zone: None,
        region: Some("Москва".into()),
        language: Language::Ru,
        debtor_type: Some(DebtorType::Forgetful),
        creditor: "Water".into(),
        amount: Money::new(i64::from(n) * 100_000, Currency::Rub),
        due: jiff::civil::date(2026, 2, 10),
    }
}

/// Another debt of the same person.
pub fn second_debt(n: u32) -> ImportRow {
    ImportRow { external_id: format!("d{n}b"), ..row(n) }
}

pub fn finished(outcome: Outcome) -> Finished {
    Finished {
        outcome,
        disposition: None,
        grades: Vec::new(),
        channel: Channel::Ivr,
        stamps: Stamps::default(),
        last_word: FinalWord::default(),
        hung_up_by: HungUpBy::Callee,
        heard_percent: None,
        keys: String::new(),
        trail: Vec::new(),
        heard: Vec::new(),
        promised_on: None,
        identified: false,
    }
}

/// A call in which the right person promised to pay.
pub fn promised(attempt: AttemptId) -> FinishRequest {
    FinishRequest {
        attempt,
        finished: Finished {
            disposition: Some(Disposition::PromiseToPay),
            identified: true,
            promised_on: Some(jiff::civil::date(2026, 3, 10)),
            heard_percent: Some(100),
            keys: "1".into(),
            ..finished(Outcome::Answered)
        },
        kinds: vec![EventKind::Conversation],
        asks: Vec::new(),
        holds: Vec::new(),
        next: NextStep::Done(DoneWhy::Reached),
        score: None,
        cost_micro: Some(1_500_000),
        callback: None,
    }
}

/// A call that nobody took; the contact waits until `next`.
pub fn no_answer(attempt: AttemptId, next: Timestamp) -> FinishRequest {
    FinishRequest {
        attempt,
        finished: finished(Outcome::NoAnswer),
        kinds: vec![EventKind::AttemptNoAnswer],
        asks: Vec::new(),
        holds: Vec::new(),
        next: NextStep::Wait(next),
        score: None,
        cost_micro: None,
        callback: None,
    }
}
