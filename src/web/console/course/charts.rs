//! Which lines stand in which chart, and what each figure means.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::CourseView;
use super::texts::Texts;

/// A chart's lines: the column of the interface, its name, the stylesheet's variable of its colour, whether it is dashed.
type Lines = Vec<(&'static str, &'static str, &'static str, bool)>;

/// The charts, each with its definitions below it. A campaign has no agents of its own but those in its calls.
pub(super) fn charts(view: &CourseView, texts: &Texts) -> Markup {
    let mut agents: Lines =
        vec![("talk", texts.talk, "--good", false), ("wrap_up", texts.wrap_up, "--warn", true)];
    let mut agents_how = vec![(texts.talk, texts.talk_how), (texts.wrap_up, texts.wrap_up_how)];
    if view.campaign.is_none() {
        agents.extend([("ready", texts.ready, "--accent", false), ("away", texts.away, "--soft", true)]);
        agents_how.extend([(texts.ready, texts.ready_how), (texts.away, texts.away_how)]);
    }
    let calls = vec![("dials", texts.dials, "--accent", false), ("people", texts.people, "--good", false)];
    let mut lost: Lines = vec![("share", texts.share, "--bad", false)];
    let mut lost_how = vec![(texts.share, texts.share_how)];
    match view.cap {
        Some(_) => {
            lost.push(("cap", texts.cap, "--warn", true));
            lost_how.push((texts.cap, texts.cap_how));
        }
        None => lost_how.push((texts.cap, texts.no_cap)),
    }
    html! {
        div.charts {
            (chart(texts.calls, "steps", &calls, &[(texts.dials, texts.dials_how), (texts.people, texts.people_how)], texts))
            (chart(texts.abandonment, "percent", &lost, &lost_how, texts))
            (chart(texts.agents, "mean", &agents, &agents_how, texts))
            (chart(texts.lines, "mean", &vec![("lines", texts.in_use, "--accent", false)], &[(texts.in_use, texts.lines_how)], texts))
        }
    }
}

/// `kind`: `steps` for counts, `mean` for means, `percent` for shares.
fn chart(title: &str, kind: &str, lines: &Lines, how: &[(&str, &str)], texts: &Texts) -> Markup {
    let told: Vec<Value> = lines
        .iter()
        .map(|(key, name, colour, dashed)| json!({ "key": key, "name": name, "colour": colour, "dashed": dashed }))
        .collect();
    html! {
        figure.card {
            figcaption { (title) }
            div.plot role="img" aria-label=(format!("{title}. {}", texts.see_table)) data-kind=(kind)
                data-series=(Value::Array(told)) data-time=(texts.time) {}
            dl.how { @for (name, text) in how { dt { (name) } dd { (text) } } }
        }
    }
}
