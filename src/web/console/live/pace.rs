//! What each campaign came to today, and what decides how many calls it starts now.

use maud::{Markup, html};

use super::super::page::{in_address, number, tenths};
use super::super::tables::files;
use super::texts::Texts;
use crate::domain::Language;

/// A campaign's day so far, by the house's clock, and its pace.
#[derive(Debug, Clone)]
pub struct DayLine {
    pub campaign: String,
    /// Calls out that have come to an end and that neither the trunk nor we spoiled.
    pub attempts: u64,
    /// Those of them that somebody or something answered.
    pub connected: u64,
    /// People who were served, and people who were not in time.
    pub served: u64,
    pub abandoned: u64,
    /// `None`: it starts nothing.
    pub pace: Option<PaceView>,
}

/// What decides how many calls start now.
#[derive(Debug, Clone)]
pub enum PaceView {
    /// The lines that are free.
    Lines(u32),
    /// The agents who are free, and the lines.
    Seats {
        free: u32,
        lines: u32,
    },
    Predicted(Predicted),
}

/// The inputs of a prediction. Shares are of one.
#[derive(Debug, Clone)]
pub struct Predicted {
    /// `faulty`, `predictive`, `progressive` or `resting`.
    pub mode: &'static str,
    pub ready: usize,
    pub talking: usize,
    pub calls_out: usize,
    pub answer_rate: f64,
    /// That one more person would find nobody, and the highest that is accepted.
    pub risk: f64,
    pub accepted: f64,
    /// People met in the window, and those of them abandoned; the share that may be.
    pub met: u64,
    pub lost: u64,
    pub cap: f64,
}

/// The card.
pub(super) fn card(days: &[DayLine], language: Language) -> Markup {
    let texts = Texts::of(language);
    html! {
        div.card.wide tabindex="0" {
            h2 { (texts.today) }
            @if days.is_empty() { p { (texts.nothing) " " a href="/imports" { (texts.lists) } ", " a href="/campaigns" { (texts.campaigns) } } } @else {
                table {
                    thead {
                        tr {
                            th { (texts.campaign) }
                            th.n title=(texts.connected_how) { (texts.connected) }
                            th.n title=(texts.abandoned_how) { (texts.abandoned) }
                            th.n title=(texts.budget_how) { (texts.budget) }
                            th { (texts.pace) }
                        }
                    }
                    tbody { @for day in days { (row(day, texts)) } }
                }
                (files("/today"))
                p.soft { (texts.connected) ": " (texts.connected_how) " " (texts.abandoned) ": " (texts.abandoned_how) }
            }
        }
    }
}

fn row(day: &DayLine, texts: &Texts) -> Markup {
    let people = day.served + day.abandoned;
    html! {
        tr {
            td { a href=(format!("/calls?campaign={}", in_address(&day.campaign))) { (day.campaign) } }
            td.n { (share(day.connected, day.attempts, texts)) }
            td.n { (share(day.abandoned, people, texts)) }
            @match &day.pace {
                Some(PaceView::Predicted(by)) => {
                    td.n.bad[by.lost as f64 > by.cap * by.met as f64] {
                        (share(by.lost, by.met, texts)) ", " (texts.at_most) " " (percent(by.cap, texts))
                    }
                }
                Some(PaceView::Lines(_) | PaceView::Seats { .. }) | None => td.n { "—" }
            }
            td { (words(day.pace.as_ref(), texts)) }
        }
    }
}

/// "31.4 % (11 / 35)"; a dash where there is nothing to divide by.
fn share(part: u64, whole: u64, texts: &Texts) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let share = part as f64 / whole as f64;
    format!("{} ({} / {})", percent(share, texts), number(part), number(whole))
}

fn percent(share: f64, texts: &Texts) -> String {
    tenths(100.0 * share, texts.language) + "\u{a0}%"
}

fn words(pace: Option<&PaceView>, texts: &Texts) -> String {
    match pace {
        None => texts.no_pace.to_owned(),
        Some(PaceView::Lines(lines)) => format!("{} {lines}", texts.by_lines),
        Some(PaceView::Seats { free, lines }) => {
            format!("{} {free}, {} {lines}", texts.by_seats, texts.free_lines)
        }
        Some(PaceView::Predicted(by)) => {
            let mode = match by.mode {
                "faulty" => texts.faulty,
                "predictive" => texts.predictive,
                "progressive" => texts.progressive,
                _ => texts.resting,
            };
            let Predicted { ready, talking, calls_out, .. } = by;
            let mut said = format!(
                "{mode}: {} {ready}, {} {talking}, {} {calls_out}; {} {}",
                texts.ready,
                texts.talking,
                texts.calls_out,
                texts.answer_rate,
                percent(by.answer_rate, texts),
            );
            if by.mode == "predictive" {
                let (risk, accepted) = (percent(by.risk, texts), percent(by.accepted, texts));
                said += &format!("; {} {risk}, {} {accepted}", texts.risk, texts.accepted);
            }
            said
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predicted() -> Predicted {
        Predicted {
            mode: "predictive",
            ready: 2,
            talking: 5,
            calls_out: 9,
            answer_rate: 0.314,
            risk: 0.021,
            accepted: 0.034,
            met: 200,
            lost: 7,
            cap: 0.03,
        }
    }

    #[test]
    fn a_pace_says_its_inputs_in_both_languages() {
        let pace = PaceView::Predicted(predicted());
        assert_eq!(
            words(Some(&pace), Texts::of(Language::En)),
            "by prediction: ready 2, talking 5, calls out 9; people answer 31.4\u{a0}%; one more finds nobody with 2.1\u{a0}%, accepted 3.4\u{a0}%"
        );
        assert_eq!(
            words(Some(&pace), Texts::of(Language::Ru)),
            "по прогнозу: готовы 2, говорят 5, звонков в наборе 9; люди отвечают 31,4\u{a0}%; ещё один никого не застанет: 2,1\u{a0}%, допустимо 3,4\u{a0}%"
        );
        let first = PaceView::Predicted(Predicted { mode: "progressive", ..predicted() });
        assert!(!words(Some(&first), Texts::of(Language::En)).contains("accepted"), "nothing is predicted");
    }

    #[test]
    fn a_share_names_both_its_figures_and_nothing_is_not_none_of_nothing() {
        let texts = Texts::of(Language::En);
        assert_eq!(share(11, 35, texts), "31.4\u{a0}% (11 / 35)");
        assert_eq!(share(0, 0, texts), "—");
    }

    #[test]
    fn a_budget_that_is_overspent_is_marked() {
        let line = |lost| DayLine {
            campaign: "debts".into(),
            attempts: 0,
            connected: 0,
            served: 0,
            abandoned: 0,
            pace: Some(PaceView::Predicted(Predicted { lost, ..predicted() })),
        };
        let marked = |lost| row(&line(lost), Texts::of(Language::En)).into_string().contains("bad");
        assert!(marked(7) && !marked(6), "six of two hundred are three percent");
    }
}
