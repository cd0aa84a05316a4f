//! What the console's pages ask, answered from the house.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::campaign_acts::set_campaign;
use super::cases;
use super::desk;
use super::floor;
use super::fresh::Fresh;
use super::house::House;
use super::listens::{Listens, recording};
use super::pacing::PaceNow;
use super::quality;
use super::reports;
use super::trunks;
use super::why_not;
use crate::cases::Number;
use crate::cli::cases::{csv_of_cases, csv_of_history, csv_of_triggers};
use crate::cli::exceptions::notices_of;
use crate::cli::quality::{csv_of_picked, csv_of_reviews};
use crate::cli::words;
use crate::domain::{CampaignId, Language};
use crate::pacing::Mode;
use crate::store::{CampaignRow, CampaignState, DayCalls, Period, SavedView, SessionRow, StoreError, WhyNot};
use crate::web::{
    CampaignLine, CaseHandlers, Clocks, Console, DayLine, DeskDeed, DeskHandlers, Handler, KeptSession,
    PaceView, Predicted, QualityHandlers, SessionHandlers, SetCampaign, SetView, SoundAsked, Unavailable,
    ViewHandlers, ViewLine, Wallboard,
};

/// The console of a running house.
pub fn console(house: &Arc<House>) -> Console {
    let counts = Arc::new(Fresh::new(COUNTS_GOOD_FOR));
    let listens = Arc::new(Listens::default());
    Console {
        users: super::users::handlers(house),
        sessions: session_handlers(house),
        clocks: answered(house, |house: Arc<House>, ()| async move { Ok(clocks(&house)) }),
        wallboard: answered(house, move |house: Arc<House>, language: Language| {
            let counts = Arc::clone(&counts);
            async move { wallboard(&house, &counts, language).await }
        }),
        course: super::course::handler(house),
        why_not: answered(house, |house: Arc<House>, (campaign, language): (String, Language)| async move {
            why_not::page(&house, &campaign, language).await
        }),
        why_person: answered(
            house,
            |house: Arc<House>, (person, who, language): (String, String, Language)| async move {
                why_not::explained(&house, &person, &who, language).await
            },
        ),
        set_campaign: answered(house, |house: Arc<House>, set: SetCampaign| async move {
            // Whoever asked may go away; what was begun is ended.
            let work = house.helpers.spawn({
                let house = Arc::clone(&house);
                async move { set_campaign(&house, set).await }
            });
            work.await.unwrap_or(Ok(false))
        }),
        reports: reports::handlers(house),
        cases: case_handlers(house),
        quality: quality_handlers(house),
        recording: answered(house, move |house: Arc<House>, wish| {
            let listens = Arc::clone(&listens);
            async move { recording(&house, &listens, wish).await }
        }),
        desk: DeskHandlers {
            view: answered(house, |house: Arc<House>, (login, language): (String, Language)| async move {
                desk::view(&house, &login, language).await
            }),
            act: answered(
                house,
                |house: Arc<House>, deed: DeskDeed| async move { desk::act(&house, deed).await },
            ),
            events: answered(house, |house: Arc<House>, (login, last): (String, Option<u64>)| async move {
                Ok(desk::listen(&house, &login, last))
            }),
            sound: answered(house, |house: Arc<House>, asked: SoundAsked| async move {
                Ok(floor::sound(&house, asked).await)
            }),
        },
        floor: super::overview::floor(house),
        config: super::settings::handlers(house),
        calls: super::calls::handlers(house),
        trunks: super::trunks::handlers(house),
        audit: super::audit::handlers(house),
        flows: super::calls::flow_handlers(house),
        views: view_handlers(house),
        imports: super::imports::handlers(house),
        tables: super::tables::handler(house),
    }
}

fn clocks(house: &House) -> Clocks {
    let (config, now) = (&house.plans.load().config, house.clock.wall());
    let zone = &config.cases.zone;
    Clocks {
        moments: (zone.clone(), clock_name(zone, now)),
        days: clock_name(&config.statistics.basis.zone, now),
    }
}

/// `Europe/Moscow (UTC+3)`: the zone's name and how far it is ahead at this moment.
fn clock_name(zone: &TimeZone, now: Timestamp) -> String {
    let minutes = zone.to_offset(now).seconds() / 60;
    let (sign, ahead) = (if minutes < 0 { '−' } else { '+' }, minutes.abs());
    let offset = match (ahead / 60, ahead % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    };
    match zone.iana_name() {
        Some(name) if !matches!(name, "UTC" | "Etc/UTC") => format!("{name} ({offset})"),
        _ => offset,
    }
}

fn session_handlers(house: &Arc<House>) -> SessionHandlers {
    let row = |KeptSession { key, login, data, ends_at }| SessionRow { key, login, data, ends_at };
    SessionHandlers {
        begin: answered(house, move |house: Arc<House>, session: KeptSession| async move {
            house.store.begin_session(row(session), house.clock.wall()).await
        }),
        find: answered(house, |house: Arc<House>, key: String| async move {
            let found = house.store.session(key, house.clock.wall()).await?;
            let kept = |SessionRow { key, login, data, ends_at }| KeptSession { key, login, data, ends_at };
            Ok(found.map(kept))
        }),
        change: answered(house, move |house: Arc<House>, session: KeptSession| async move {
            house.store.change_session(row(session)).await
        }),
        end: answered(
            house,
            |house: Arc<House>, key: String| async move { house.store.end_session(key).await },
        ),
    }
}

fn view_handlers(house: &Arc<House>) -> ViewHandlers {
    ViewHandlers {
        list: answered(house, |house: Arc<House>, (login, path): (String, &'static str)| async move {
            let kept = house.store.saved_views(&login, path).await?;
            Ok(kept.into_iter().map(|view| ViewLine { name: view.name, query: view.query }).collect())
        }),
        set: answered(house, |house: Arc<House>, set: SetView| async move {
            let SetView { login, path, name, query } = set;
            match query {
                Some(query) => {
                    let view = SavedView { path: path.to_owned(), name, query };
                    house.store.keep_view(&login, view, house.clock.wall()).await
                }
                None => house.store.forget_view(&login, path, &name).await,
            }
        }),
    }
}

fn case_handlers(house: &Arc<House>) -> CaseHandlers {
    CaseHandlers {
        call_end: |code, language| match words::disposition(code, language) {
            same if same == code => words::outcome(code, language).to_owned(),
            word => word.to_owned(),
        },
        contact: |kind, channel, language| {
            format!("{}, {}", words::channel(channel, language), words::event(kind, language))
        },
        angry: answered(house, |house: Arc<House>, ()| async move { cases::angry(&house).await }),
        list: answered(house, |house: Arc<House>, filter| async move { cases::list(&house, filter).await }),
        list_csv: answered(house, |house: Arc<House>, filter| async move {
            let lines = house.store.cases(filter).await?;
            Ok(csv_of_cases(&lines, house.clock.wall()))
        }),
        file: answered(house, |house: Arc<House>, (number, who): (Number, String)| async move {
            cases::file(&house, number, &who).await
        }),
        history_csv: answered(house, |house: Arc<House>, (number, who): (Number, String)| async move {
            let file = cases::file(&house, number, &who).await?;
            Ok(file.map(|file| csv_of_history(&file.it.acts)))
        }),
        register: answered(house, |house: Arc<House>, (case, who)| async move {
            cases::register(&house, case, who).await
        }),
        act: answered(house, |house: Arc<House>, (number, deed, who)| async move {
            cases::act(&house, number, deed, who).await
        }),
        triggers: answered(house, |house: Arc<House>, (by, days)| async move {
            cases::triggers(&house, by, days).await
        }),
        triggers_csv: answered(house, |house: Arc<House>, (by, days)| async move {
            Ok(csv_of_triggers(&cases::triggers(&house, by, days).await?))
        }),
    }
}

fn quality_handlers(house: &Arc<House>) -> QualityHandlers {
    QualityHandlers {
        samples: answered(house, |house: Arc<House>, ()| async move {
            Ok(cases::dated(&house, house.store.samples().await?))
        }),
        draw: answered(house, |house: Arc<House>, wish| async move { quality::draw_for(&house, wish).await }),
        talked: answered(house, |house: Arc<House>, (attempt, agent)| async move {
            house.store.talked(attempt, agent).await
        }),
        picked: answered(house, |house: Arc<House>, list| async move { quality::picked(&house, list).await }),
        picked_csv: answered(house, |house: Arc<House>, list| async move {
            Ok(csv_of_picked(&house.store.picked(list).await?))
        }),
        form: answered(house, |house: Arc<House>, ()| async move {
            Ok(house.plans.load().config.quality.form.clone())
        }),
        review: answered(
            house,
            |house: Arc<House>, filled| async move { quality::review(&house, filled).await },
        ),
        calls: answered(house, |house: Arc<House>, days| async move { quality::calls(&house, days).await }),
        calls_csv: answered(house, |house: Arc<House>, days| async move {
            Ok(csv_of_reviews(&quality::calls(&house, days).await?.it))
        }),
    }
}

/// Makes a handler of work on the house; what the store could not do is logged and told as "not now".
pub(super) fn answered<Ask, Answer, Work>(
    house: &Arc<House>,
    work: impl Fn(Arc<House>, Ask) -> Work + Send + Sync + 'static,
) -> Handler<Ask, Answer>
where
    Work: Future<Output = Result<Answer, StoreError>> + Send + 'static,
{
    let house = Arc::clone(house);
    Handler::new(move |ask| {
        let answer = work(Arc::clone(&house), ask);
        async move {
            answer.await.map_err(|fault| {
                tracing::warn!(%fault, "a page was not answered");
                Unavailable
            })
        }
    })
}

/// What is counted for the wallboard: contacts by state and reason, and today's calls.
struct Counts {
    contacts: HashMap<CampaignId, Vec<WhyNot>>,
    days: BTreeMap<CampaignId, DayCalls>,
}

/// However many look on, the contacts are counted once in this time.
const COUNTS_GOOD_FOR: Duration = Duration::from_secs(1);

async fn count(house: &House, campaigns: &[CampaignRow]) -> Result<Counts, StoreError> {
    let mut contacts = HashMap::new();
    for row in campaigns {
        contacts.insert(row.id, house.store.why_not(row.id).await?);
    }
    Ok(Counts { contacts, days: today(house).await? })
}

/// What each campaign's calls out came to since the house's day began.
pub(super) async fn today(house: &House) -> Result<BTreeMap<CampaignId, DayCalls>, StoreError> {
    let zone = house.plans.load().config.statistics.basis.zone.clone();
    let now = house.clock.wall();
    let from = now.to_zoned_datetime(zone).start_of_day().map_or(now, |begins| begins.timestamp());
    house.store.calls_of(Period { from, to: Timestamp::MAX }).await
}

fn pace_view(pace: PaceNow) -> PaceView {
    match pace {
        PaceNow::Lines(lines) => PaceView::Lines(lines),
        PaceNow::Seats { free, lines } => PaceView::Seats { free, lines },
        PaceNow::Predicted { why, met: (met, lost), cap } => PaceView::Predicted(Predicted {
            mode: match why.mode {
                Mode::Faulty => "faulty",
                Mode::Predictive => "predictive",
                Mode::Progressive => "progressive",
                Mode::Resting => "resting",
            },
            ready: why.ready,
            talking: why.talking,
            calls_out: why.calls_out,
            answer_rate: why.answer_rate,
            risk: why.risk,
            accepted: why.accepted,
            met,
            lost,
            cap,
        }),
    }
}

async fn wallboard(
    house: &House,
    counts: &Fresh<Counts>,
    language: Language,
) -> Result<Wallboard, StoreError> {
    let (_, overdue) = house.store.open_cases(house.clock.wall()).await?;
    let mut board = Wallboard {
        killed: *house.killed.borrow(),
        overdue_cases: overdue,
        calls: house.live.count(),
        talking: house.talking.load(Ordering::Relaxed),
        ..Wallboard::default()
    };
    board.trunks = trunks::lines(house);
    let plans = house.plans.load_full();
    let campaigns = house.store.campaigns().await?;
    let known: HashSet<String> = campaigns.iter().map(|row| row.name.clone()).collect();
    let Counts { contacts, days } = &*counts.ask(house.clock.now(), count(house, &campaigns)).await?;
    for row in campaigns {
        let pace = house.paces.of(row.id, house.clock.now()).map(pace_view);
        let day = days.get(&row.id).copied();
        if day.is_some() || row.state == CampaignState::Running {
            let DayCalls { attempts, connected, served, abandoned } = day.unwrap_or_default();
            let campaign = row.name.clone();
            board.days.push(DayLine { campaign, attempts, connected, served, abandoned, pace });
        }
        let totals = || contacts.get(&row.id).into_iter().flatten();
        let of = |state: &str| {
            totals().filter(|total| total.state.code() == state).map(|total| total.contacts).sum()
        };
        board.campaigns.push(CampaignLine {
            state: row.state.code(),
            queued: of("queued"),
            waiting: of("waiting"),
            in_flight: of("in_flight"),
            held: of("held"),
            done: of("done"),
            notices: house.naming.text(&row.name, language)
                + &plans.config.campaign(&row.name).map_or_else(String::new, |plan| {
                    notices_of(&plans.config, plan, house.clock.wall(), language)
                }),
            name: row.name,
        });
    }
    // Those that nobody has started or filled yet stand in their files alone.
    let new = plans.config.campaigns.iter().filter(|plan| !known.contains(&*plan.name));
    board.campaigns.extend(new.map(|plan| CampaignLine {
        notices: notices_of(&plans.config, plan, house.clock.wall(), language),
        ..CampaignLine::new(&plan.name)
    }));
    board.campaigns.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(board)
}
