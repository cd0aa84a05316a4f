//! The figures of agents and of the team, each with its denominator.

use std::collections::BTreeMap;

use super::{Form, Mark, ReviewedCall};
use crate::domain::AgentId;
use crate::stats::Ratio;

/// What an agent's reviewed calls came to. A call that several have reviewed counts once, by the mean of their marks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AgentQuality {
    /// Calls with a review.
    pub calls: u64,
    /// Their raw marks, added up, in basis points.
    pub raw_bp: f64,
    /// The same of the marks that are kept.
    pub kept_bp: f64,
    /// Calls whose mark was kept whole for a payment.
    pub kept_for_payment: u64,
    /// Calls in which a reviewer found a critical criterion not met.
    pub critical: u64,
}

/// How often a criterion was not met.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionFigure {
    pub key: String,
    /// Reviews in which it was not met / reviews in which it applied.
    pub not_met: Ratio,
}

/// Reviewed calls below which a mean says little.
const ENOUGH: u64 = 10;

impl AgentQuality {
    fn add(&mut self, call: &ReviewedCall) {
        let count = call.reviews.len() as f64;
        if call.reviews.is_empty() {
            return;
        }
        self.calls += 1;
        self.raw_bp += call.reviews.iter().map(|review| f64::from(review.raw_bp)).sum::<f64>() / count;
        let kept = call.reviews.iter().map(|review| review.kept(call.paid));
        self.kept_bp += kept.clone().map(|kept| f64::from(kept.bp)).sum::<f64>() / count;
        self.kept_for_payment += u64::from(kept.clone().any(|kept| kept.for_payment));
        self.critical += u64::from(call.reviews.iter().any(|review| review.critical));
    }

    /// The mean raw mark and the mean kept one, in percent: the marks added up / calls with a review.
    pub fn means(&self) -> Option<(f64, f64)> {
        let calls = self.calls as f64;
        (self.calls > 0).then(|| (self.raw_bp / calls / 100.0, self.kept_bp / calls / 100.0))
    }

    /// So few calls that the means say little.
    pub fn is_small(&self) -> bool {
        self.calls < ENOUGH
    }
}

/// Every agent's figures, and the team's.
pub fn agents(calls: &[ReviewedCall]) -> (BTreeMap<AgentId, AgentQuality>, AgentQuality) {
    let (mut each, mut team) = (BTreeMap::<AgentId, AgentQuality>::new(), AgentQuality::default());
    for call in calls {
        each.entry(call.agent.clone()).or_default().add(call);
        team.add(call);
    }
    (each, team)
}

/// How often each criterion of the form was not met.
pub fn criteria(form: &Form, calls: &[ReviewedCall]) -> Vec<CriterionFigure> {
    let figure = |key: &str| {
        let marks = calls.iter().flat_map(|call| &call.reviews).filter_map(|review| review.marks.get(key));
        let applied: Vec<&Mark> = marks.filter(|mark| **mark != Mark::NotApplicable).collect();
        let missed = applied.iter().filter(|mark| ***mark == Mark::NotMet).count();
        CriterionFigure { key: key.to_owned(), not_met: Ratio::new(missed as u64, applied.len() as u64) }
    };
    form.criteria.iter().map(|criterion| figure(&criterion.key)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::AttemptId;
    use crate::quality::{Agreement, Review};

    fn call(agent: &str, paid: bool, marks: &[u32]) -> ReviewedCall {
        let review = |(at, raw_bp): (usize, &u32)| Review {
            reviewer: format!("r{at}"),
            at: Timestamp::UNIX_EPOCH,
            marks: BTreeMap::from([(
                "sum".to_owned(),
                if *raw_bp > 5_000 { Mark::Met } else { Mark::NotMet },
            )]),
            raw_bp: *raw_bp,
            critical: false,
            comment: String::new(),
        };
        let reviews = marks.iter().enumerate().map(review).collect();
        ReviewedCall {
            attempt: AttemptId(1),
            agent: AgentId::parse(agent).expect("a login"),
            at: Timestamp::UNIX_EPOCH,
            paid,
            reviews,
        }
    }

    #[test]
    fn a_call_that_two_have_reviewed_counts_once_and_the_sums_are_the_teams() {
        let calls = [
            call("anna", false, &[8_000, 6_000]),
            call("anna", true, &[5_000]),
            call("boris", false, &[10_000]),
        ];
        let (each, team) = agents(&calls);
        let anna = &each[&AgentId::parse("anna").expect("a login")];
        assert_eq!((anna.calls, anna.kept_for_payment), (2, 1));
        assert_eq!(anna.means(), Some((60.0, 85.0)), "raw and kept are both shown");
        assert_eq!(team.calls, each.values().map(|agent| agent.calls).sum::<u64>());
        let agreement = Agreement::of(&calls);
        assert_eq!((agreement.calls, agreement.pairs, agreement.mean_difference_bp()), (1, 1, Some(2_000.0)));
        let form = super::super::form::tests::form();
        assert_eq!(criteria(&form, &calls)[1].not_met, Ratio::new(1, 4));
        assert_eq!(criteria(&form, &calls)[0].not_met, Ratio::new(0, 0));
    }
}
