//! A recorded call, to be listened to in the page; whoever listens is written down before he hears anything.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::Shared;
use super::guard::Viewer;
use crate::domain::{AttemptId, Right};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/recordings/{attempt}", get(listen))
}

/// A wish to hear a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    pub attempt: AttemptId,
    pub who: String,
    /// What for: a case, a review.
    pub why: String,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    why: String,
}

async fn listen(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(attempt): Path<i64>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    viewer.may(Right::HearRecordings)?;
    let why: String = asked.why.chars().filter(|c| !c.is_control()).take(80).collect();
    let wish = Listen { attempt: AttemptId(attempt), who: viewer.login, why };
    let heard = shared.console.recording.ask(wish).await;
    let heard = heard?;
    let sound = heard.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    Ok(part(sound, asked))
}

/// The whole sound, or the part of it that a player asks for when somebody moves on (RFC 9110, section 14; one range).
fn part(sound: Vec<u8>, asked: Option<&str>) -> Response {
    let headers = [(header::CONTENT_TYPE, "audio/wav"), (header::ACCEPT_RANGES, "bytes")];
    let Some((first, last)) = asked.and_then(|asked| range(asked, sound.len())) else {
        return (headers, sound).into_response();
    };
    let told = (header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", sound.len()));
    (StatusCode::PARTIAL_CONTENT, headers, [told], sound[first..=last].to_vec()).into_response()
}

/// The first and the last byte of `bytes=0-`, `bytes=5-9` within so many; `None`: the whole is given.
fn range(asked: &str, bytes: usize) -> Option<(usize, usize)> {
    let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let first: usize = first.parse().ok()?;
    let last = if last.is_empty() { bytes.checked_sub(1)? } else { last.parse().ok()? };
    let last = last.min(bytes.checked_sub(1)?);
    (first <= last).then_some((first, last))
}

/// The player of a call's recording; nothing is fetched before it is started.
pub(super) fn player(attempt: AttemptId, why: &str) -> Markup {
    html! { audio controls preload="none" src=(format!("/recordings/{attempt}?why={why}")) {} }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_part_is_given_within_the_sound_and_else_the_whole() {
        assert_eq!(range("bytes=0-", 10), Some((0, 9)));
        assert_eq!(range("bytes=3-5", 10), Some((3, 5)));
        assert_eq!(range("bytes=3-99", 10), Some((3, 9)));
        for odd in ["bytes=10-", "bytes=5-3", "bytes=-3", "bytes=0-1,4-5", "lines=1-2", "bytes=0-"] {
            assert_eq!(range(odd, if odd == "bytes=0-" { 0 } else { 10 }), None, "{odd}");
        }
    }
}
