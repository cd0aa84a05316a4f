//! What the imports' pages ask: files sent to this node, tried and read in by the code of `obzvon import`.

mod drafts;
mod work;

use std::sync::Arc;

use jiff::tz::TimeZone;

use self::drafts::{Draft, Drafts, Stage};
use super::console::answered;
use super::house::House;
use crate::cli::csv_text::csv_text;
use crate::domain::Language;
use crate::import::Column;
use crate::store::ImportedList;
use crate::web::{
    Came, ColumnView, DraftAct, DraftActed, DraftAsked, DraftClick, DraftStage, DraftView, FaultyLine,
    ImportHandlers, ImportLine, NewDraft, Piece, WaitingLine, WaitingStands,
};

/// Lists that the page has room for.
const SHOWN: u32 = 100;
const EXPORTED: u32 = 10_000;

/// Who answers for imports. What an earlier start of the daemon was sent and did not read in is deleted.
pub fn handlers(house: &Arc<House>) -> ImportHandlers {
    let drafts = Arc::new(Drafts::new(house.plans.load().config.daemon.data_dir.join("imports")));
    let of = || Arc::clone(&drafts);
    let (begin, piece, draft, waiting, act, rejected) = (of(), of(), of(), of(), of(), of());
    ImportHandlers {
        list: answered(house, |house: Arc<House>, ()| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let lists = house.store.imported(SHOWN).await?;
            Ok(lists.into_iter().map(|list| line(list, &zone)).collect())
        }),
        csv: answered(house, |house: Arc<House>, ()| async move {
            let lists = house.store.imported(EXPORTED).await?;
            let lines = lists.into_iter().map(|list| line(list, &TimeZone::UTC));
            Ok(csv_text(&HEADS, lines.map(cells)))
        }),
        begin: answered(house, move |house: Arc<House>, new: NewDraft| {
            let drafts = Arc::clone(&begin);
            async move { Ok(drafts.begin(new, house.clock.wall()).await) }
        }),
        piece: answered(house, move |_: Arc<House>, sent: Piece| {
            let drafts = Arc::clone(&piece);
            async move { Ok(drafts.take(sent).await) }
        }),
        draft: answered(house, move |house: Arc<House>, asked: DraftAsked| {
            let drafts = Arc::clone(&draft);
            async move { Ok(view(&house, &drafts, &asked)) }
        }),
        waiting: answered(house, move |house: Arc<House>, whose: Option<String>| {
            let drafts = Arc::clone(&waiting);
            async move {
                let zone = house.plans.load().config.cases.zone.clone();
                Ok(drafts.each(whose.as_deref(), |key, draft| waiting_line(key, draft, &zone)))
            }
        }),
        act: answered(house, move |house: Arc<House>, click: DraftClick| {
            let drafts = Arc::clone(&act);
            async move { Ok(clicked(&house, &drafts, click)) }
        }),
        rejected: answered(house, move |_: Arc<House>, asked: DraftAsked| {
            let drafts = Arc::clone(&rejected);
            async move { Ok(drafts.rejected(&asked.key, &asked.who).await) }
        }),
    }
}

fn clicked(house: &Arc<House>, drafts: &Arc<Drafts>, click: DraftClick) -> DraftActed {
    let DraftClick { key, who, language, act, clears } = click;
    let may = drafts.has(&key, &who) || clears && act == DraftAct::Drop && !drafts.owner(&key).is_empty();
    if !may {
        return DraftActed::NotThere;
    }
    let begun = match act {
        DraftAct::Check { columns, creditor } => {
            drafts.name_columns(&key, &columns, creditor) && work::check(house, drafts, &key, language)
        }
        DraftAct::Drop => drafts.forget(&key),
        DraftAct::Import { campaign } => {
            let plans = house.plans.load();
            let known = campaign.as_deref().is_none_or(|name| plans.config.campaign(name).is_some());
            known && work::import(house, drafts, &key, campaign, language)
        }
    };
    if begun { DraftActed::Done } else { DraftActed::NotNow }
}

fn view(house: &House, drafts: &Drafts, asked: &DraftAsked) -> Option<DraftView> {
    let plans = house.plans.load();
    drafts.look(&asked.key, &asked.who, |draft| DraftView {
        name: draft.name.clone(),
        size: draft.size,
        got: draft.got,
        columns: draft
            .columns
            .iter()
            .map(|(column, chosen)| ColumnView {
                header: column.header.clone(),
                chosen: chosen.map_or("", Column::code),
                cells: column.cells.clone(),
            })
            .collect(),
        meanings: Column::ALL.map(Column::code).to_vec(),
        creditor: draft.creditor.clone(),
        campaigns: plans.config.campaigns.iter().map(|plan| plan.name.to_string()).collect(),
        stage: stage(&draft.stage, asked.language),
    })
}

fn waiting_line(key: &str, draft: &Draft, zone: &TimeZone) -> WaitingLine {
    WaitingLine {
        key: key.to_owned(),
        who: draft.who.clone(),
        name: draft.name.clone(),
        size: draft.size,
        begun: draft.begun.to_zoned_datetime(zone.clone()).strftime("%F %H:%M").to_string(),
        stands: match &draft.stage {
            Stage::Broken | Stage::Faulty(_) => WaitingStands::Failed,
            Stage::Checked(_) => WaitingStands::Checked,
            Stage::Coming => WaitingStands::Coming,
            Stage::Imported(_) => WaitingStands::Imported,
            Stage::There => WaitingStands::There,
            Stage::Working { imports: false, .. } => WaitingStands::Checking,
            Stage::Working { imports: true, .. } => WaitingStands::Importing,
        },
    }
}

fn stage(stage: &Stage, language: Language) -> DraftStage {
    match stage {
        Stage::Coming => DraftStage::Coming,
        Stage::There => DraftStage::There,
        Stage::Working { imports, done, all } => {
            DraftStage::Working { imports: *imports, done: *done, all: *all }
        }
        Stage::Checked(came) => DraftStage::Checked(shown(came, language)),
        Stage::Imported(came) => DraftStage::Imported(shown(came, language)),
        Stage::Faulty(fault) => DraftStage::Failed(fault.text(language)),
        Stage::Broken => DraftStage::Failed(match language {
            Language::En => {
                "The database did not take it. Try again later; what was begun is gone on with by itself."
                    .to_owned()
            }
            Language::Ru => {
                "База данных не приняла список. Попробуйте позже; начатая запись продолжится сама.".to_owned()
            }
        }),
    }
}

fn shown(came: &work::Ended, language: Language) -> Came {
    let counts = &came.read.counts;
    let faulty = came.read.faulty.iter().map(|row| FaultyLine {
        line: row.line,
        debt: row.debt.clone(),
        why: row.reasons.iter().map(|reason| reason.text(language)).collect::<Vec<_>>().join("; "),
    });
    Came {
        rows: counts.rows,
        new: came.upserted.new,
        changed: came.upserted.changed,
        unchanged: came.upserted.unchanged,
        duplicate: counts.duplicate,
        rejected: counts.rejected,
        phones_left_out: counts.phones_left_out,
        filled: came.filled.map(|filled| (filled.queued, filled.held)),
        faulty: faulty.collect(),
    }
}

fn line(list: ImportedList, zone: &TimeZone) -> ImportLine {
    let moment = |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M:%S").to_string();
    let said = list.said;
    ImportLine {
        id: list.id,
        name: list.name,
        started_at: moment(list.started_at),
        ended_at: list.ended_at.map(moment),
        rows: said.as_ref().map(|said| said.rows),
        duplicate: said.as_ref().map(|said| said.duplicate),
        rejected: said.as_ref().map(|said| said.rejected),
        campaign: said.as_ref().and_then(|said| said.campaign.clone()),
        who: said.map(|said| said.who),
        new: list.upserted.new,
        changed: list.upserted.changed,
        unchanged: list.upserted.unchanged,
    }
}

const HEADS: [&str; 12] = [
    "id",
    "name",
    "who",
    "campaign",
    "started_at_utc",
    "ended_at_utc",
    "rows",
    "new",
    "changed",
    "unchanged",
    "duplicate",
    "rejected",
];

fn cells(line: ImportLine) -> [String; 12] {
    let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    [
        line.id.to_string(),
        line.name,
        line.who.unwrap_or_default(),
        line.campaign.unwrap_or_default(),
        line.started_at,
        line.ended_at.unwrap_or_default(),
        count(line.rows),
        line.new.to_string(),
        line.changed.to_string(),
        line.unchanged.to_string(),
        count(line.duplicate),
        count(line.rejected),
    ]
}
