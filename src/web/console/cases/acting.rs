//! The forms by which a case is worked on: what may be done now, and nothing else. What was refused stands in its field again.

use maud::{Markup, html};

use super::Dated;
use super::file::NotDone;
use super::texts::Texts;
use crate::cases::{CaseFile, CaseLine, Kind, LONGEST_WORDS, State as Stands};
use crate::web::console::guard::Viewer;

/// Whether the page of a case that stands so has a form for an act.
pub(super) fn is_offered(act: &str, line: &CaseLine) -> bool {
    let is = |state| line.state == state;
    match act {
        "answer" => is(Stands::InWork) || is(Stands::Answered),
        "close" => is(Stands::Answered) || is(Stands::InWork) && line.kind.is_dispute(),
        "creditor" => line.kind.is_dispute() && !is(Stands::Closed),
        "kind" | "take" => !is(Stands::Closed),
        "link" => !is(Stands::Closed) && line.person.is_none(),
        "note" => true,
        "reopen" => is(Stands::Closed),
        _ => false,
    }
}

pub(super) fn forms(viewer: &Viewer, file: &Dated<CaseFile>, not_done: Option<&NotDone>) -> Markup {
    let (texts, line) = (Texts::of(viewer.language), &file.it.line);
    let offered = |act| is_offered(act, line);
    // What was written into the form of this act, where it was refused.
    let kept = |act: &str| not_done.filter(|it| it.act == act).map(|it| &it.click);
    let text = |act| kept(act).map_or("", |click| click.text.as_str());
    let chose = |act, value: &str| kept(act).is_some_and(|click| click.justified == value);
    let form = |act: &str, body: Markup| {
        html! {
            form method="post" action=(format!("/cases/{}/{act}", line.number)) {
                input type="hidden" name="seen" value=(file.it.acts.len());
                (body)
            }
        }
    };
    let words = |act, rows: u8, name: &str| {
        html! {
            textarea name="text" rows=(rows) required maxlength=(LONGEST_WORDS) aria-label=(name) placeholder=(name) { (text(act)) }
        }
    };
    let either = |act, [(first, told), (second, other)]: [(&str, &str); 2]| {
        html! {
            label { input type="radio" name="justified" value=(first) required checked[chose(act, first)]; " " (told) }
            label { input type="radio" name="justified" value=(second) required checked[chose(act, second)]; " " (other) }
        }
    };
    let owner = kept("take").map_or(viewer.login.as_str(), |click| click.text.as_str());
    html! {
        div.card.acts {
            @if offered("take") {
                (form("take", html! {
                    input name="text" value=(owner) required maxlength="64" aria-label=(texts.owner);
                    button { (texts.take) }
                }))
            }
            @if offered("link") {
                (form("link", html! {
                    input name="text" value=(text("link")) required maxlength="128" aria-label=(texts.id_or_phone) placeholder=(texts.id_or_phone);
                    button { (texts.link) }
                }))
            }
            @if offered("kind") { (form("kind", kinds(viewer, line))) }
            (form("note", html! { (words("note", 2, texts.note)) button { (texts.note) } }))
            @if offered("answer") {
                (form("answer", html! { (words("answer", 3, texts.answer)) button { (texts.keep_answer) } }))
            }
            @if offered("creditor") {
                (form("creditor", html! {
                    (words("creditor", 2, texts.creditor_said))
                    @if file.it.debts.len() > 1 { (debts(file, kept("creditor").map_or("", |click| click.debt.as_str()), texts)) }
                    (either("creditor", [("no", texts.creditor_owed), ("yes", texts.creditor_not_owed)]))
                    button { (texts.creditor_said) }
                }))
            }
            @if offered("close") {
                (form("close", html! {
                    (words("close", 2, texts.measure))
                    (either("close", [("yes", texts.justified), ("no", texts.not_justified)]))
                    button { (texts.close) }
                }))
            }
            @if offered("reopen") {
                (form("reopen", html! {
                    input name="text" value=(text("reopen")) required maxlength=(LONGEST_WORDS) aria-label=(texts.why) placeholder=(texts.why);
                    button { (texts.reopen) }
                }))
            }
        }
    }
}

/// The kinds that it may become: a complaint no dispute, a dispute no complaint.
fn kinds(viewer: &Viewer, line: &CaseLine) -> Markup {
    let texts = Texts::of(viewer.language);
    html! {
        select name="text" aria-label=(texts.kind) {
            @for kind in Kind::ALL.into_iter().filter(|kind| kind.is_dispute() == line.kind.is_dispute()) {
                option value=(kind.code()) selected[kind == line.kind] { (kind.name(viewer.language)) }
            }
        }
        button { (texts.change_kind) }
    }
}

fn debts(file: &Dated<CaseFile>, chosen: &str, texts: &Texts) -> Markup {
    html! {
        select name="debt" aria-label=(texts.debt) {
            @for debt in &file.it.debts {
                @let value = format!("{}\t{}", debt.debt, debt.creditor);
                option value=(value) selected[value == chosen] { (debt.debt) ", " (debt.creditor) }
            }
        }
    }
}
