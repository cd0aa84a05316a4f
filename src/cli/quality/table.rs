//! Lists and reviews as rows of a file.

use crate::cli::csv_text::csv_text;
use crate::quality::{Picked, ReviewedCall};

/// The calls of a list.
pub fn csv_of_picked(calls: &[Picked]) -> String {
    let rows = calls.iter().map(|call| {
        [
            call.attempt.to_string(),
            call.agent.to_string(),
            call.at.to_string(),
            call.why.code().to_owned(),
            call.reviews.to_string(),
            yes(call.recorded),
        ]
    });
    csv_text(&["attempt", "agent", "at", "drawn_for", "reviews", "recorded"], rows)
}

/// Every review, with the raw mark and the kept one in percent.
pub fn csv_of_reviews(calls: &[ReviewedCall]) -> String {
    let rows = calls.iter().flat_map(|call| {
        call.reviews.iter().map(|review| {
            let kept = review.kept(call.paid);
            [
                call.attempt.to_string(),
                call.agent.to_string(),
                call.at.to_string(),
                review.reviewer.clone(),
                review.at.to_string(),
                percent(review.raw_bp),
                percent(kept.bp),
                yes(kept.for_payment),
                yes(review.critical),
                review.comment.clone(),
            ]
        })
    });
    let heads = [
        "attempt",
        "agent",
        "at",
        "reviewer",
        "reviewed_at",
        "raw_percent",
        "kept_percent",
        "kept_for_payment",
        "critical",
        "comment",
    ];
    csv_text(&heads, rows)
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

fn percent(bp: u32) -> String {
    format!("{:.2}", f64::from(bp) / 100.0)
}
