//! A recorded call, to be listened to in the page; whoever listens is written down before he hears anything.

use std::io::SeekFrom;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::Shared;
use super::guard::Viewer;
use crate::domain::{AttemptId, Right};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/recordings/{attempt}", get(listen))
}

/// A wish to hear a recording.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    let file = heard.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    part(&file, asked).await.map_err(|fault| {
        tracing::warn!(attempt, %fault, "a recording can't be read");
        StatusCode::NOT_FOUND.into_response()
    })
}

/// The whole sound, or the part of it that a player asks for when somebody moves on (RFC 9110, section 14; one range).
async fn part(file: &std::path::Path, asked: Option<&str>) -> std::io::Result<Response> {
    let headers = [(header::CONTENT_TYPE, "audio/wav"), (header::ACCEPT_RANGES, "bytes")];
    let mut file = File::open(file).await?;
    let (long, mut sound) = (file.metadata().await?.len(), Vec::new());
    let Some((first, last)) = asked.and_then(|asked| range(asked, long)) else {
        file.read_to_end(&mut sound).await?;
        return Ok((headers, sound).into_response());
    };
    file.seek(SeekFrom::Start(first)).await?;
    file.take(last - first + 1).read_to_end(&mut sound).await?;
    let told = (header::CONTENT_RANGE, format!("bytes {first}-{last}/{long}"));
    Ok((StatusCode::PARTIAL_CONTENT, headers, [told], sound).into_response())
}

/// The first and the last byte of `bytes=0-`, `bytes=5-9` within so many; `None`: the whole is given.
fn range(asked: &str, bytes: u64) -> Option<(u64, u64)> {
    let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let first: u64 = first.parse().ok()?;
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
