//! What every page has: its frame, its headers, its stylesheet.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::guard::Viewer;
use super::texts::Texts;
use super::users::OWN_PASSWORD;
use crate::domain::{Language, Right};

/// The rooms of the console that the bar leads to.
pub const ROOMS: [(&str, Right); 16] = [
    ("/desk", Right::WorkDesk),
    ("/", Right::SeeLive),
    ("/campaigns", Right::SeeLive),
    ("/imports", Right::SeeImports),
    ("/agents", Right::SeeLive),
    ("/calls", Right::SeeCalls),
    ("/recordings", Right::HearRecordings),
    ("/trunks", Right::SeeLive),
    ("/cases", Right::SeeCases),
    ("/quality", Right::SeeQuality),
    ("/reports", Right::SeeReports),
    ("/reports/agents", Right::SeeTeam),
    ("/flows", Right::SeeCalls),
    ("/config", Right::SeeConfig),
    ("/users", Right::SeeUsers),
    ("/audit", Right::SeeAudit),
];

/// A file to be opened in a spreadsheet: it begins with the byte order mark, without which Excel takes UTF-8 for an older code.
pub fn csv(name: &str, text: String) -> Response {
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
    let file = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\""));
    ([kind, file], format!("\u{feff}{text}")).into_response()
}

/// A page for somebody who is signed in; `room` is the path of the bar's entry that is lit.
pub fn page(viewer: &Viewer, room: &str, title: &str, body: &Markup) -> Markup {
    page_with(viewer, room, (title, &html! {}), body)
}

/// The same with scripts and stylesheets of its own in the head.
pub fn page_with(viewer: &Viewer, room: &str, (title, own): (&str, &Markup), body: &Markup) -> Markup {
    let texts = Texts::of(viewer.language);
    let names = [
        texts.desk,
        texts.wallboard,
        texts.campaigns,
        texts.imports,
        texts.agents,
        texts.calls,
        texts.recordings,
        texts.trunks,
        texts.cases,
        texts.quality,
        texts.reports,
        texts.team,
        texts.flows,
        texts.config,
        texts.users,
        texts.audit,
    ];
    let rooms = ROOMS.iter().zip(names).filter(|((_, right), _)| viewer.role.may(*right) && !viewer.once);
    frame(
        viewer.language,
        (title, own),
        &html! {
            a.skip href="#main" { (texts.skip) }
            header {
                strong { "obzvon" }
                nav aria-label=(texts.rooms) {
                    @for ((path, _), name) in rooms {
                        a href=(path) aria-current=[(*path == room).then_some("page")] { (name) }
                    }
                }
                form method="post" action="/language" {
                    input type="hidden" name="to" value=(if viewer.here.is_empty() { room } else { viewer.here.as_str() });
                    button name="language" value=(texts.other_language_code) { (texts.other_language) }
                }
                a href=(OWN_PASSWORD) title=(texts.password) { (viewer.login) }
                form method="post" action="/sign-out" { button { (texts.sign_out) } }
            }
            main id="main" tabindex="-1" { (body) }
        },
    )
}

/// The frame around any page; `own` stands in its head.
pub fn frame(language: Language, (title, own): (&str, &Markup), body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " — obzvon" }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/console.css";
                script src="/console.js" defer {}
                (own)
            }
            body { (body) }
        }
    }
}

/// By which clock the page's times are; it stands before the first of them, once a page.
pub fn by_clock(viewer: &Viewer) -> Markup {
    let texts = Texts::of(viewer.language);
    html! { p.soft.clock { (texts.times_by) " " (viewer.clocks.moments.1) } }
}

/// By which clock the days of the page's figures begin.
pub fn days_by_clock(viewer: &Viewer) -> Markup {
    let texts = Texts::of(viewer.language);
    html! { p.soft.clock { (texts.days_by) " " (viewer.clocks.days) } }
}

/// Both, where they differ, of a page with moments that is asked for by days.
pub fn by_clocks(viewer: &Viewer) -> Markup {
    html! {
        (by_clock(viewer))
        @if viewer.clocks.moments.1 != viewer.clocks.days { (days_by_clock(viewer)) }
    }
}

/// `2026-03-05 14:05` on the house's clock.
pub fn minute(at: Timestamp, viewer: &Viewer) -> String {
    at.to_zoned_datetime(viewer.clocks.moments.0.clone()).strftime("%F %H:%M").to_string()
}

/// A choice of how many days back a page's figures go.
pub fn days_back(path: &str, days: u16, (name, show): (&str, &str)) -> Markup {
    html! {
        form.bar method="get" action=(path) {
            label { (name) " " input type="number" name="days" min="1" max="366" value=(days); }
            button { (show) }
        }
    }
}

/// What may be wider than the page, in a card that scrolls by keyboard as well.
pub fn wide(label: &str, body: &Markup) -> Markup {
    html! { div.card.wide tabindex="0" role="region" aria-label=(label) { (body) } }
}

/// A horizontal bar of `share` (0 to 1), made on the server; what it means stands beside it as text.
pub fn bar(share: f64) -> Markup {
    let width = format!("{:.1}", share.clamp(0.0, 1.0) * 100.0);
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.all width="100" height="8" rx="2" {}
            rect.part width=(width) height="8" rx="2" {}
        }
    }
}

/// A whole number with its thousands apart.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A figure to its tenths, as the language writes them.
pub fn tenths(value: f64, language: Language) -> String {
    let text = format!("{value:.1}");
    match language {
        Language::En => text,
        Language::Ru => text.replace('.', ","),
    }
}

/// A value as a query has it (RFC 3986, section 2).
pub fn in_address(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// The headers of every answer: nothing from elsewhere, no inline script, no frame, no copy on a shared machine.
pub async fn harden(mut answer: Response) -> Response {
    const HEADERS: [(header::HeaderName, &str); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

pub async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("console.css"))
}

pub async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("console.js"))
}

/// What a browser shows beside the page's title.
pub async fn icon() -> impl IntoResponse {
    const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">\
        <rect width=\"16\" height=\"16\" rx=\"3\" fill=\"#0b5cad\"/><circle cx=\"8\" cy=\"8\" r=\"4\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2\"/></svg>";
    ([(header::CONTENT_TYPE, "image/svg+xml")], ICON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_filter_stays_one_value_of_the_address() {
        assert_eq!(in_address("p-1"), "p-1");
        assert_eq!(in_address("a&b=ж"), "a%26b%3D%D0%B6");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(number(7), "7");
        assert_eq!(number(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(number(100), "100");
    }
}
