//! When another trunk may be tried for the same person.

use crate::domain::{Fault, Outcome};

/// Whether a call that ended so may be tried over another trunk. Only the trunk's own fault is no word about the
/// person, and only while nothing rang there (`rang`: a 18x was received) has he not been disturbed. The second
/// trunk is a new attempt with a new decision of the gate.
pub fn may_fail_over(outcome: Outcome, rang: bool) -> bool {
    match outcome {
        Outcome::Failed(Fault::Trunk) => !rang,
        // 608 is a word of the called side; what we did wrong we would do again; a lost attempt may have rung.
        Outcome::Failed(Fault::Blocked | Fault::Lost | Fault::Us) => false,
        Outcome::Abandoned
        | Outcome::Answered
        | Outcome::Busy
        | Outcome::Cancelled
        | Outcome::InvalidNumber
        | Outcome::Machine
        | Outcome::NoAnswer
        | Outcome::Rejected
        | Outcome::Unwanted => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trunk_fault_before_any_ringing_goes_to_another_trunk() {
        let may: Vec<_> = Outcome::ALL.into_iter().filter(|&outcome| may_fail_over(outcome, false)).collect();
        assert_eq!(may, [Outcome::Failed(Fault::Trunk)]);
        assert!(Outcome::ALL.into_iter().all(|outcome| !may_fail_over(outcome, true)));
    }
}
