//! The parts of the desk.

use maud::{Markup, html};

use super::super::page::tenths;
use super::act::day as day_word;
use super::texts::Texts;
use super::view::{CallView, DayView, DebtView, DeskView, QuestionView, StageView};
use super::words;
use crate::domain::Language;

/// His state, its clock, and what he may turn to.
pub fn state(view: &DeskView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let now = &view.state;
    let (working, out) = (now.code != "logged_out", now.code == "logged_out");
    html! {
        div.state data-state=(now.code) {
            strong { (view.display) }
            span class={ "badge " (now.code) } {
                @if view.preview_ends_ms.is_some() { (texts.deciding) } @else { (words::state(now.code, language)) }
            }
            @if let Some(pause) = &now.pause { span { (words::pause(pause, language)) } }
            span.clock data-since=(now.since_ms) { "0:00" }
            @if let Some(ends) = now.ends_ms.filter(|_| is_watched(now.code)) { span.left data-ends=(ends) {} }
            @if now.late { span.bad { (texts.late) } }
            @if let Some(then) = &now.then { span.soft { (texts.then) " " (after(then, language)) } }
        }
        div.turns {
            @if out { button data-turn="logged_in" { (texts.log_in) } }
            @if matches!(now.code, "away" | "no_audio" | "wrap_up") {
                button.main data-turn="ready" { (texts.ready) }
            }
            @if working {
                details.pauses {
                    summary { (texts.pause) }
                    @for (at, pause) in view.pauses.iter().enumerate() {
                        button data-turn="away" data-pause=(pause.code) {
                            (words::pause(&pause.code, language))
                            @if at < 9 { kbd { "Alt+" (at + 1) } }
                        }
                    }
                    button data-turn="logged_out" { (texts.log_out) }
                }
            }
        }
    }
}

/// What comes after the call, in words.
fn after(then: &str, language: Language) -> &str {
    if then == "logged_out" { Texts::of(language).shift_ends } else { words::pause(then, language) }
}

/// What may be done with a call that is up.
pub fn call_bar(view: &DeskView, texts: &Texts) -> Markup {
    let hand = view.call.as_ref().filter(|call| call.live).map(|call| call.hand);
    let held = view.state.code == "hold";
    let muted = view.call.as_ref().is_some_and(|call| call.muted);
    let mute = html! {
        button data-call="mute" data-other="unmute" data-hotkey="F7" aria-pressed=(muted) { (texts.mute) kbd { "F7" } }
    };
    if hand == Some("second") {
        return html! {
            div.acts {
                (mute)
                button.stop data-call="hang_up" data-hotkey="F9" { (texts.leave) kbd { "F9" } }
            }
        };
    }
    if hand != Some("first") {
        return html! {};
    }
    let debt = view.call.as_ref().and_then(|call| call.debt.as_ref());
    let hotline = debt.and_then(|debt| debt.hotline.as_ref());
    html! {
        div.acts.end { button.stop data-call="hang_up" data-hotkey="F9" { (texts.hang_up) kbd { "F9" } } }
        div.acts {
            @if held {
                button data-call="resume" data-hotkey="F6" { (texts.resume) kbd { "F6" } }
            } @else {
                button data-call="hold" data-hotkey="F6" { (texts.hold) kbd { "F6" } }
            }
            (mute)
            @if view.call.as_ref().is_some_and(|call| call.silenced) {
                button.main data-call="resume_recording" { (texts.record_again) }
            } @else {
                button data-call="pause_recording" { (texts.silence) }
            }
            label { span.unseen { (texts.hand_on_to) }
                select #to data-hotkey="F8" {
                    @for target in &view.targets {
                        option value=(target.to) { (target.name) @if target.free { " ●" } }
                    }
                    @if let Some(hotline) = hotline { option value=(hotline.to) { (hotline.name) } }
                }
            }
            button data-call="transfer" data-to="#to" { (texts.hand_on) kbd { "F8" } }
            button data-call="consult" data-to="#to" { (texts.ask) }
            @if let Some(hotline) = hotline {
                button data-choose=(hotline.to) data-hotkey="F10" title=(hotline.name) { (texts.hotline) kbd { "F10" } }
            }
            button data-call="join" { (texts.join) }
            button data-call="complete" { (texts.complete) }
            button data-call="return" { (texts.back) }
        }
    }
}

/// Who is on the line, and what he owes once it is known that it is he.
pub fn debtor(view: &DeskView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let Some(call) = &view.call else {
        let next = match view.state.code {
            "ready" => texts.no_call_ready,
            "no_audio" if view.browser_sound => texts.no_call_silent,
            "no_audio" if view.phone_unheard => texts.no_call_mute_phone,
            "no_audio" => texts.no_call_unheard,
            _ => texts.no_call_away,
        };
        return html! { h2 { (texts.debtor) } p { (texts.no_call) } p.soft { (next) } };
    };
    // Nobody is on the line before he is called, nor once it is over.
    let head = match (call.live, call.attempt) {
        (true, _) => texts.debtor,
        (false, None) => texts.to_be_called,
        (false, Some(_)) => texts.was_on_the_line,
    };
    html! {
        h2 { (head) }
        h1.name { (call.name) }
        p {
            span.phone { (call.phone) } @if let Some(place) = &call.place { " · " (place) }
            " · " (words::language(call.language, language))
        }
        dl {
            dt { (texts.his_clock) } dd { (call.local_time) }
            @if let Some(campaign) = &call.campaign { dt { (texts.campaign) } dd { (campaign) } }
            dt { (texts.identity) }
            @if call.identified { dd.good { (texts.identified) } } @else { dd.warn { (texts.not_identified) } }
        }
        @if !call.identified && matches!(call.hand, "first" | "writes") {
            button.main.wide data-identify data-hotkey="F2" { (texts.identify) kbd { "F2" } }
        }
        @match &call.debt {
            Some(debt) => (debt_part(debt, language)),
            None => p.soft { (texts.hidden) },
        }
        @if !call.limits.is_empty() {
            h2 { (texts.limits) }
            ul.limits {
                @for limit in &call.limits { li class=(if limit.passes { "good" } else { "bad" }) title=(limit.counts) { (limit.text) } }
            }
        }
    }
}

fn debt_part(debt: &DebtView, language: Language) -> Markup {
    let texts = Texts::of(language);
    html! {
        @if !debt.open { p.alarm role="alert" { (texts.paid) } }
        p { span class={ "chip " (debt.kind_code) } { (debt.kind)
            @if debt.days_overdue > 0 { ", " (debt.days_overdue) " " (texts.days) } } }
        dl {
            dt { (texts.creditor) } dd { (debt.creditor) }
            dt { (texts.owed) } dd { b { (debt.owed) } }
            dt { (texts.due) } dd { (debt.due) }
            dt { (texts.debtor_type) } dd { (debt.debtor_type) }
        }
        (paid_part(debt, texts))
        @if !debt.promises.is_empty() {
            h2 { (texts.promises) }
            table { tbody { @for promise in &debt.promises {
                tr { td { (promise.on) } td.n { (promise.amount) } td { (words::promise(&promise.state, language)) } }
            } } }
        }
        h2 { (texts.history) }
        @if debt.contacts.is_empty() { p.soft { (texts.none_yet) } }
        table { tbody { @for contact in &debt.contacts {
            tr { td { (contact.at) } td { (contact.channel) } td { (contact.reaction) } }
        } } }
    }
}

/// Has he paid? The money that is known now, what his creditor was asked, and the question to him.
fn paid_part(debt: &DebtView, texts: &Texts) -> Markup {
    html! {
        h2.paid { (texts.payments) button data-look data-hotkey="F5" { (texts.look) kbd { "F5" } } span #looked.soft role="status" {} }
        @if debt.payments.is_empty() { p.soft { (texts.no_payment) } } @else {
            table { tbody { @for payment in &debt.payments {
                tr { td { (payment.on) } td.n { (payment.amount) } }
            } } }
        }
        @if let Some(question) = &debt.question { p #question { (question_part(question, texts)) } }
        @if debt.may_ask_paid { button #ask-paid.wide data-ask-paid hidden { (texts.ask_paid) } }
    }
}

fn question_part(question: &QuestionView, texts: &Texts) -> Markup {
    html! {
        (if question.about == "paid" { texts.asked_paid } else { texts.asked_owed }) " " (question.asked) ", " (question.case) ": "
        @match question.answer {
            Some(answer) => b {
                (match (question.about, answer) {
                    ("paid", "not_owed") => texts.says_came,
                    ("paid", _) => texts.says_not_come,
                    (_, "not_owed") => texts.says_not_owed,
                    (_, _) => texts.says_owed,
                })
                @if let Some(at) = &question.answered { ", " (at) }
            },
            None if !question.told => span.warn { (texts.not_sent) },
            None => { (texts.no_answer) @if let Some(day) = &question.answer_by { " " (texts.within) " " (day) } }
        }
    }
}

/// The stages with their texts, and the answers to objections.
pub fn script(view: &DeskView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let Some(call) = &view.call else { return html! { h2 { (texts.script) } p.soft { (texts.no_call) } } };
    // The first that is not done is the one to read.
    let current = call.stages.iter().position(|stage| !stage.done);
    html! {
        h2 { (texts.script) }
        ol.stages {
            @for (at, stage) in call.stages.iter().enumerate() {
                (stage_part(stage, current == Some(at), call.identified || at == 0, language))
            }
        }
        @if !call.objections.is_empty() {
            h2 { (texts.objections) }
            div.objections {
                @for objection in &call.objections {
                    details {
                        summary data-objection=(objection.code) aria-pressed=(objection.used) { (objection.label) }
                        p.words { (objection.answer.as_deref().unwrap_or(texts.hidden)) }
                    }
                }
            }
        }
    }
}

/// `open`: it may be gone through now.
fn stage_part(stage: &StageView, current: bool, open: bool, language: Language) -> Markup {
    let texts = Texts::of(language);
    let class = if stage.done {
        "done"
    } else if current {
        "now"
    } else {
        "later"
    };
    html! {
        li class=(class) {
            button data-stage=(stage.code) disabled[stage.done || !open] {
                (words::stage(stage.code, language))
                @if stage.done { " ✓" span.unseen { (texts.done) } }
            }
            @if current { p.words { (stage.text.as_deref().unwrap_or(texts.hidden)) } }
        }
    }
}

/// The note, kept as it is typed.
pub fn note(call: Option<&CallView>, texts: &Texts) -> Markup {
    let own = call.filter(|call| call.attempt.is_some() && !call.is_a_colleagues());
    let Some(call) = own else { return html! {} };
    html! {
        label { h2 { (texts.note) " " small #kept {} }
            textarea #text rows="3" maxlength="2000" { (call.note) }
        }
    }
}

/// How the call ended, the promise, the complaint; or the decision to call.
pub fn outcome(view: &DeskView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let Some(call) = &view.call else { return html! { h2 { (texts.outcome) } p.soft { (texts.no_call) } } };
    if view.preview_ends_ms.is_some() {
        return preview(view, texts);
    }
    if let Some(written) = &call.written {
        let label = call.kinds.iter().find(|kind| kind.code == *written).map_or(written, |kind| &kind.label);
        return html! { h2 { (texts.written) } p.good { (label) } };
    }
    if call.is_a_colleagues() {
        return html! { h2 { (texts.outcome) } p.soft { (texts.colleagues) } };
    }
    if call.attempt.is_none() {
        return html! { h2 { (texts.outcome) } p.soft { (words::state(view.state.code, language)) } };
    }
    html! {
        div.pair.alarms {
            button.stop data-complain data-hotkey="F3" aria-pressed=(call.complained) { (texts.complaint) kbd { "F3" } }
            button data-trigger data-hotkey="F4" aria-pressed=(call.triggered) { (texts.trigger) kbd { "F4" } }
        }
        p #complained.bad hidden[!call.complained] { (texts.complained) }
        form #written {
            h2 { (texts.outcome) }
            div.kinds {
                @for kind in &call.kinds {
                    label { input type="radio" name="code" value=(kind.code) data-digit=[kind.key]
                            data-wants=(wants(kind.promise, kind.callback)) required;
                        span { (kind.label) @if let Some(key) = kind.key { kbd { (key) } } }
                    }
                }
            }
            @if let Some(debt) = &call.debt { (promise_part(debt, language)) }
            fieldset.wanted data-for="callback" hidden {
                legend { (texts.callback) }
                label { (texts.callback_when) input type="datetime-local" name="callback"; }
                label.row { input type="checkbox" name="mine" checked; (texts.callback_mine) }
            }
            @if call.identified {
                div.pair {
                    label { (texts.reason) select name="reason" {
                        option value="" { (texts.not_asked) }
                        @for reason in &call.reasons { option value=(reason.code) { (reason.label) } }
                    } }
                    label { (texts.debtor_type) select name="debtor_type" {
                        option value="" { (texts.as_it_was) }
                        @for kind in &call.types { option value=(kind.code) { (kind.label) } }
                    } }
                }
            }
            p #why.bad role="alert" {}
            div.pair {
                button type="button" data-save="stay" { (texts.save) }
                button.main type="button" data-save="ready" { (texts.save_ready) kbd { "Ctrl+↵" } }
            }
        }
    }
}

/// A talk's own limit is there for the forgotten, a reservation's for whoever dials: nobody is to watch them.
fn is_watched(state: &str) -> bool {
    matches!(state, "away" | "ringing" | "wrap_up")
}

fn wants(promise: bool, callback: bool) -> &'static str {
    match (promise, callback) {
        (true, _) => "promise",
        (false, true) => "callback",
        (false, false) => "",
    }
}

fn promise_part(debt: &DebtView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let last =
        debt.promise_last.parse().map_or_else(|_| debt.promise_last.clone(), |last| day_word(last, language));
    html! {
        fieldset.wanted data-for="promise" hidden {
            legend { (texts.promise) }
            div.pair {
                label { (texts.day)
                    input type="date" name="on" min=(debt.today) max=(debt.promise_last);
                }
                label { (texts.sum) input name="amount" inputmode="decimal" value=(debt.owed_plain) autocomplete="off"; }
            }
            small { (texts.within) " " (last) ", " (texts.at_least) " " (debt.promise_least) }
            p #check role="status" {}
        }
    }
}

fn preview(view: &DeskView, texts: &Texts) -> Markup {
    html! {
        form #preview {
            h2 { (texts.preview) " " @if let Some(ends) = view.preview_ends_ms { span.left data-ends=(ends) {} } }
            button.main.wide type="button" data-decide="call" data-hotkey="F9" { (texts.call) kbd { "F9" } }
            label { (texts.skip_why) input name="reason" maxlength="200" autocomplete="off"; }
            div.pair {
                button type="button" data-decide="skip" { (texts.skip) }
                button type="button" data-decide="not_now" { (texts.not_now) }
            }
            p #why.bad role="alert" {}
        }
    }
}

/// His results beside the team's.
pub fn day(view: &DeskView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let size = view.team_size.max(1);
    let each = |sum: u64| tenths(sum as f64 / size as f64, language);
    let row = |name: &str, of: fn(&DayView) -> u64| {
        html! { tr { th { (name) } td.n { (of(&view.own)) } td.n { (each(of(&view.team))) } } }
    };
    html! {
        h2 { (texts.today) }
        table {
            thead { tr { th {} th.n { (texts.mine) } th.n { (texts.team) } } }
            tbody {
                (row(texts.talks, |day| day.talks))
                (row(texts.talk_time, |day| day.talking_s / 60))
                (row(texts.promised, |day| day.promises))
                tr { th { (texts.money) } td.n colspan="2" { (money(&view.own)) } }
            }
        }
    }
}

fn money(day: &DayView) -> String {
    if day.promised.is_empty() { "—".to_owned() } else { day.promised.join(", ") }
}
