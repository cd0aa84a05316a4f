//! The bar of the sound on the desk, and the page that checks a headset.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::super::super::Shared;
use super::super::super::guard::Viewer;
use super::super::super::page::page;
use super::super::texts::Texts;
use crate::domain::Right;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/desk/headset", get(headset)).route("/desk-sound.js", get(script_file))
}

/// Whether he is connected, how loud he is, what gets lost.
pub fn bar(texts: &Texts) -> Markup {
    part(
        texts,
        false,
        &html! {
            strong { (texts.sound) }
            span.badge data-part="state" role="status" { (texts.sound_off) }
            button.main data-part="turn" data-hotkey="F1" { (texts.sound_connect) kbd { "F1" } }
            (level(texts))
            span.soft data-part="figures" {}
            a href="/desk/headset" target="_blank" rel="noopener" { (texts.headset) }
        },
    )
}

async fn headset(viewer: Viewer) -> Result<Response, Response> {
    viewer.may(Right::WorkDesk)?;
    let texts = Texts::of(viewer.language);
    let device = |name: &str, text: &str| {
        html! { label { (text) select data-device=(name) { option value="" { (texts.usual_device) } } } }
    };
    let check = part(
        texts,
        true,
        &html! {
            h1 { (texts.headset) }
            p { (texts.headset_how) }
            (device("microphone", texts.microphone))
            (device("speaker", texts.speaker))
            label.row { input type="checkbox" data-part="quiet"; (texts.quiet) }
            p {
                button.main data-part="turn" { (texts.sound_check) } " "
                span.badge data-part="state" role="status" { (texts.sound_off) }
            }
            (level(texts))
            p.soft data-part="figures" {}
            p data-part="verdict" role="status" aria-live="polite" {}
            p { a href="/desk" { (texts.title) } }
        },
    );
    let body = html! {
        link rel="stylesheet" href="/desk.css";
        script src="/desk-sound.js" defer {}
        div.card.headset { (check) }
    };
    Ok(page(&viewer, "/desk", texts.headset, &body).into_response())
}

fn level(texts: &Texts) -> Markup {
    html! {
        label.level { span.unseen { (texts.level) }
            meter data-part="level" min="0" max="1" low="0.05" value="0" {}
        }
    }
}

/// What both have: the words of the script, and the ears.
fn part(texts: &Texts, check: bool, inside: &Markup) -> Markup {
    html! {
        section #sound data-check=[check.then_some("")]
            data-off=(texts.sound_off) data-connecting=(texts.sound_connecting) data-on=(texts.sound_on)
            data-elsewhere=(texts.sound_elsewhere) data-forbidden=(texts.sound_forbidden) data-missing=(texts.sound_missing)
            data-insecure=(texts.sound_insecure) data-failed=(texts.failed) data-lost=(texts.lost)
            data-connect=(if check { texts.sound_check } else { texts.sound_connect }) data-stop=(texts.sound_stop)
            data-loss=(texts.loss) data-jitter=(texts.jitter) data-ms=(texts.milliseconds) data-way=(texts.round_trip)
            data-mute-word=(texts.not_heard) data-lossy=(texts.lossy) data-slow=(texts.slow) data-good=(texts.headset_good) {
            (inside)
            audio data-part="ears" autoplay {}
        }
    }
}

async fn script_file() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("sound.js"))
}
