//! Blame is part of the outcome: reads a final response to an INVITE.

use super::{Fault, Outcome};

/// Reads the final response to an INVITE (`code` in 300..=699, RFC 3261 section 21).
///
/// A redirection we do not follow is the trunk's fault: it was asked to carry the call, not to advise. So is an address
/// it calls incomplete (484): every number here is a whole one, so the way it is written to this trunk is wrong. So are
/// credentials it does not take (401, 407).
pub fn read_final(code: u16) -> Outcome {
    match code {
        486 | 600 => Outcome::Busy,
        408 | 480 => Outcome::NoAnswer,
        603 => Outcome::Rejected,
        607 => Outcome::Unwanted, // RFC 8197: the rules stop this contact
        404 | 410 | 604 => Outcome::InvalidNumber,
        608 => Outcome::Failed(Fault::Blocked), // by an analytics service, RFC 8688
        300..=399 | 401 | 403 | 407 | 429 | 484 | 500..=599 => Outcome::Failed(Fault::Trunk),
        _ => Outcome::Failed(Fault::Us),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_final_response_has_an_outcome_that_blames_the_right_side() {
        let read = |codes: &[u16]| codes.iter().map(|&c| read_final(c).code()).collect::<Vec<_>>();
        assert_eq!(read(&[486, 600, 480, 603, 607]), ["busy", "busy", "no_answer", "rejected", "unwanted"]);
        assert_eq!(read(&[404, 484, 302, 503, 608, 407]).join(" "), {
            "invalid_number failed_trunk failed_trunk failed_trunk failed_blocked failed_trunk"
        });
        assert_eq!(read(&[400, 488, 415]), ["failed_us", "failed_us", "failed_us"]);
    }
}
