//! What came of the call, written down in one transaction: outcome, events for the ledger, holds, the next try.

use jiff::Timestamp;
use tracing::{info, warn};

use super::Turn;
use super::choose::Choice;
use crate::campaign::{
    Agreed, CampaignPlan, NextStep, RetryClass, ScoreFacts, Tried, agreed, next_step, score,
};
use crate::daemon::call_task::CallReport;
use crate::daemon::house::{House, Plans};
use crate::daemon::law::Law;
use crate::daemon::write_down::write_down;
use crate::domain::attempt::Finished;
use crate::domain::{AttemptId, Disposition, Money, Outcome, PhoneNumber};
use crate::ivr::{Action, CallAgain};
use crate::rules::{self, Called, EventKind, Hold, HoldKind, PhoneKey};
use crate::store::{ClaimedContact, Closed, Dial, FinishRequest, NewCallback};
use crate::trunk::may_fail_over;

impl Turn {
    pub(super) async fn finish(
        &self,
        house: &House,
        choice: &Choice,
        dial: &Dial,
        report: CallReport,
    ) -> anyhow::Result<()> {
        let outcome = report.finished.outcome;
        let callback = self.callback(house, choice, dial.attempt, &report).await;
        let request = self.finish_request(house, choice, dial.attempt, (report, callback));
        let holds = request.holds.len();
        match Box::pin(write_down(house, request)).await? {
            Closed::Now => {}
            Closed::Before => {
                warn!(attempt = %dial.attempt, "the attempt was closed before: nothing was written");
            }
            Closed::Late => {
                warn!(attempt = %dial.attempt, holds, "the attempt was taken for lost: its holds alone were written");
            }
        }
        info!(attempt = %dial.attempt, campaign = %self.plan.name, trunk = %dial.trunk, outcome = outcome.code(), "call ended");
        Ok(())
    }

    /// The call that the debtor asked for, if that is what the talk came to.
    async fn callback(
        &self,
        house: &House,
        choice: &Choice,
        attempt: AttemptId,
        report: &CallReport,
    ) -> Option<Booked> {
        let zones: Vec<_> = choice.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        let kinds = &rules::event_kinds(&report.finished);
        let (contact, number) = (&self.contact, &choice.phone.number);
        let asked = Asked { attempt, kinds, contact, number, zones: &zones };
        asked_for(house, (&self.plans, &self.plan), asked, report).await
    }

    pub(super) fn finish_request(
        &self,
        house: &House,
        choice: &Choice,
        attempt: AttemptId,
        (report, callback): (CallReport, Option<Booked>),
    ) -> FinishRequest {
        let now = house.clock.wall();
        let CallReport { finished, rang, actions, .. } = report;
        let contact = &self.contact;
        let answered = finished.outcome == Outcome::Answered;
        let facts = ScoreFacts {
            amount: contact.amount,
            debtor_type: contact.debtor_type,
            kind: choice.kind,
            tries: contact.tries.saturating_add(1),
            answered_before: contact.answered || answered,
        };
        let phone = PhoneKey::from(&choice.phone.number);
        let called = Called { person: contact.person, phone, debt: contact.debt };
        let evidence = format!("attempt {attempt}");
        let holds = holds(&finished, &actions, called, now, &evidence);
        FinishRequest {
            attempt,
            kinds: rules::event_kinds(&finished),
            holds,
            next: self.next(choice, &finished, rang, now),
            score: Some(score(&self.plan.score, &facts)),
            cost_micro: cost(choice.line.trunk().routing.cost_per_minute, &finished),
            asks: asks(&actions, callback.as_ref()),
            callback: callback.map(|booked| booked.callback),
            finished,
        }
    }

    fn next(&self, choice: &Choice, finished: &Finished, rang: bool, now: Timestamp) -> NextStep {
        let before = &self.contact.before;
        let class = RetryClass::of(finished.outcome, finished.disposition);
        let same = before.iter().filter(|b| RetryClass::of(b.outcome, b.disposition) == class).count();
        let mut began: Vec<_> = before.iter().map(|b| b.began).collect();
        began.push(finished.stamps.invite.unwrap_or(now));
        let others =
            self.contact.phones.iter().filter(|phone| phone.usable && phone.number != choice.phone.number);
        let zones: Vec<_> = choice.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        let tried = Tried {
            outcome: finished.outcome,
            disposition: finished.disposition,
            // An agreed call is none of the campaign's own tries.
            total: match self.agreed {
                Some(_) => small(began.len()).min(self.plan.retries.budget.saturating_sub(1)),
                None => small(began.len()),
            },
            of_class: small(same + 1),
            began: &began,
            other_phone: others.count() > 0,
        };
        match next_step(&self.plan, tried, &zones, now) {
            // Another trunk may do what this one could not: the person has not been disturbed.
            NextStep::Wait(_) if may_fail_over(finished.outcome, rang) && self.plan.trunks.len() > 1 => {
                NextStep::Wait(now)
            }
            next => next,
        }
    }

    pub(super) fn count(&self, house: &House, trunk: &str, report: &CallReport) {
        let finished = &report.finished;
        house.metrics.call_ended(&self.plan.name, trunk, finished.outcome.code());
        if let Some(code) = finished.last_word.sip_code {
            house.metrics.response(trunk, code);
            if matches!(code, 401 | 407) {
                let reason = finished.last_word.reason.as_deref();
                warn!(trunk, code, reason, "the trunk does not take our credentials");
            }
        }
        let stamps = &finished.stamps;
        if let (Some(invite), Some(answer), Some(end)) = (stamps.invite, stamps.answer, stamps.end) {
            let between = |a: Timestamp, b: Timestamp| b.duration_since(a).unsigned_abs();
            house.metrics.call_times(between(invite, answer), between(answer, end));
        }
        house.metrics.rtp_lost(report.media.lost);
    }
}

/// Who asks for a call.
pub(in crate::daemon) struct Asked<'a> {
    /// The call in which he asks, and what the ledger will call it.
    pub attempt: AttemptId,
    pub kinds: &'a [EventKind],
    pub contact: &'a ClaimedContact,
    /// The number he asks on.
    pub number: &'a PhoneNumber,
    /// Where he may be, as clocks.
    pub zones: &'a [jiff::tz::TimeZone],
}

/// A call that was agreed.
pub(in crate::daemon) struct Booked {
    pub callback: NewCallback,
    /// It is due at another time than he asked for.
    pub moved: bool,
}

/// The call that the debtor asked for, if that is what the talk came to, at a time at which the rules allow it on what
/// is known now, this very call among it; the gate decides again when it is due.
pub(in crate::daemon) async fn asked_for(
    house: &House,
    (plans, plan): (&Plans, &CampaignPlan),
    asked: Asked<'_>,
    report: &CallReport,
) -> Option<Booked> {
    if report.finished.disposition != Some(Disposition::CallbackBooked) {
        return None;
    }
    // The last wish counts.
    let again = report.actions.iter().rev().find_map(|action| match action {
        Action::ScheduleCall(again) => Some(*again),
        Action::OpenComplaint | Action::SendSms { .. } => None,
    })?;
    let (contact, now) = (asked.contact.id, house.clock.wall());
    let law = match Law::of(house, (plans, plan), asked.contact, asked.number).await {
        Ok(law) => law?.once_over(asked.attempt, asked.kinds, now),
        Err(fault) => {
            // What came of the call is written down all the same; in doubt, no call.
            let fault = anyhow::Error::from(fault);
            warn!(%contact, fault = format!("{fault:#}"), "a call he asked for is not booked");
            return None;
        }
    };
    let Some(Agreed { due, expires, moved }) = agreed(again, asked.zones, now, |at| law.from(at)) else {
        warn!(%contact, "a call he asked for may not be made within two weeks: it is not booked");
        return None;
    };
    if moved {
        info!(%contact, %due, "a call he asked for is booked for another time: he may not be called at his");
    }
    let wished = matches!(again, CallAgain::AtHour(_));
    let callback = NewCallback { contact, due_at: due, expires_at: expires, agent: None, wished };
    Some(Booked { callback, moved })
}

/// The holds that follow from what was said and asked for.
pub(in crate::daemon) fn holds(
    finished: &Finished,
    actions: &[Action],
    called: Called,
    now: Timestamp,
    evidence: &str,
) -> Vec<Hold> {
    let mut holds = rules::holds_from(finished, called, now, evidence);
    if actions.contains(&Action::OpenComplaint) {
        let hold = Hold::new(HoldKind::ComplaintOpen, called.person, now);
        holds.push(Hold { evidence: Some(evidence.to_owned()), ..hold });
    }
    holds
}

/// What the flow asked for, and to when a call was moved that he asked for, as the creditor's systems read it.
pub(in crate::daemon) fn asks(actions: &[Action], booked: Option<&Booked>) -> Vec<String> {
    let moved = booked.filter(|booked| booked.moved);
    let moved = moved.map(|booked| format!("call_moved_to:{}", booked.callback.due_at));
    actions.iter().map(ask_code).chain(moved).collect()
}

fn ask_code(action: &Action) -> String {
    match action {
        Action::OpenComplaint => "complaint".to_owned(),
        Action::ScheduleCall(CallAgain::AtHour(hour)) => format!("call_at:{hour}"),
        Action::ScheduleCall(CallAgain::NextWindow) => "call_next_window".to_owned(),
        Action::SendSms { template } => format!("sms:{template}"),
    }
}

/// What the carrier will charge for the answered time, by the second, in millionths of the currency's unit.
fn cost(per_minute: Money, finished: &Finished) -> Option<i64> {
    let (answer, end) = (finished.stamps.answer?, finished.stamps.end?);
    let seconds = (end.duration_since(answer).as_millis() + 999) / 1000;
    let micro = i128::from(per_minute.minor) * 10_000 * seconds / 60;
    i64::try_from(micro).ok()
}
