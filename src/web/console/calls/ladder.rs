//! A call's SIP messages as arrows between us and the peer, made on the server; each message's text stands below.

use maud::{Markup, html};

use super::RungView;
use super::texts::Texts;

const WIDTH: i64 = 720;
const LEFT: i64 = 110;
const RIGHT: i64 = 690;
const STEP: i64 = 30;
/// Arrows drawn; what is beyond is told below as text only.
const DRAWN: usize = 60;
/// The longest words on an arrow, in characters.
const WORDS: usize = 64;

pub fn ladder(rungs: &[RungView], texts: &Texts) -> Markup {
    let drawn = &rungs[..rungs.len().min(DRAWN)];
    let height = 40 + STEP * i64::try_from(drawn.len()).unwrap_or(0);
    let y = |nth: usize| 52 + STEP * i64::try_from(nth).unwrap_or(0);
    let peer = rungs.first().map_or("", |rung| rung.peer.as_str());
    html! {
        svg.ladder viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(texts.ladder) {
            text x=(LEFT) y="14" text-anchor="middle" { (texts.us) }
            text x=(RIGHT) y="14" text-anchor="end" { (peer) }
            line.life x1=(LEFT) x2=(LEFT) y1="22" y2=(height) {}
            line.life x1=(RIGHT) x2=(RIGHT) y1="22" y2=(height) {}
            @for (nth, rung) in drawn.iter().enumerate() {
                @let (tail, head) = if rung.sent { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
                @let point = if rung.sent { head - 8 } else { head + 8 };
                g class=(if rung.sent { "sent" } else { "came" }) {
                    text.when x=(LEFT - 10) y=(y(nth) + 4) text-anchor="end" { (after(rung)) }
                    text x=((LEFT + RIGHT) / 2) y=(y(nth) - 5) text-anchor="middle" { (short(&rung.head)) }
                    line x1=(tail) x2=(head) y1=(y(nth)) y2=(y(nth)) {}
                    polyline points=(format!("{point},{} {head},{} {point},{}", y(nth) - 4, y(nth), y(nth) + 4)) {}
                }
            }
        }
        @for rung in rungs {
            details {
                summary { (after(rung)) " " (if rung.sent { "→" } else { "←" }) " " (rung.peer) " " (rung.head) }
                pre { (rung.text) }
            }
        }
    }
}

fn after(rung: &RungView) -> String {
    format!("{}.{:03}", rung.after_ms / 1_000, rung.after_ms.rem_euclid(1_000))
}

fn short(head: &str) -> String {
    if head.chars().count() <= WORDS {
        return head.to_owned();
    }
    head.chars().take(WORDS).chain(['…']).collect()
}
