//! The call goes to somebody else: to whom an agent names, to a supervisor, to a number that the trunk moves the debtor to.

use std::time::Instant;

use tracing::debug;

use super::Drive;
use crate::call::{Desk as Wish, Input, Seat, Whom, WishNo};
use crate::daemon::floor;
use crate::daemon::sip_names::to_number;
use crate::domain::PhoneNumber;

/// How the trunk was asked to move the debtor.
pub(super) enum Moving {
    /// To this number, and until when that is waited for.
    Blind(PhoneNumber, Instant),
    /// To somebody outside who is on the line already: the two talk over us until then.
    Joined,
}

impl Drive {
    /// Does what an agent of the call wants, or says why not: whom he names has to be there.
    pub(super) fn wish(&mut self, seat: Seat, wish: Wish, now: Instant) -> Result<(), WishNo> {
        if let Wish::Consult(whom) | Wish::Transfer(whom) = &wish {
            self.call.may_seek(seat)?;
            self.seats.reaches(whom, self.call.identified())?;
        }
        self.call.wish(now, seat, wish)
    }

    /// The agent leaves the call to a supervisor, who is on the line already; or nothing changes.
    pub(super) fn take_over(&mut self, seat: floor::Seat, now: Instant) -> Result<(), WishNo> {
        self.call.may_seek(Seat::First)?;
        let whom = Whom::Agent(seat.agent.as_str().to_owned());
        self.call.wish(now, Seat::First, Wish::Transfer(whom))?;
        // He hears the debtor from his seat from now on, and nobody besides.
        self.seats.supervise(&self.stream, None);
        self.seats.expect(seat);
        Ok(())
    }

    /// Asks the trunk to move the debtor to a number outside, where it does that and he may be moved there.
    pub(super) async fn moves(&mut self, seat: Seat, whom: &Whom, until: Instant) -> bool {
        let mover = self.mover.as_ref().filter(|trunk| trunk.peer.takes_refer);
        let (Seat::First, Whom::Outside(number), Some(trunk), Some(leg)) = (seat, whom, mover, &self.leg)
        else {
            return false;
        };
        let allowed = self.seats.may_be_moved(number, &trunk.name).await;
        if allowed {
            leg.refer(to_number(trunk, number));
            self.moving = Some(Moving::Blind(number.clone(), until));
        }
        allowed
    }

    /// Asks the trunk to join the debtor with whom he is left to (RFC 5589 section 7.3), where it has both calls and does that.
    pub(super) fn join_outside(&mut self) {
        let mover = self.mover.as_ref().filter(|trunk| trunk.peer.takes_replaces);
        let asked = mover.and_then(|trunk| self.seats.asked_outside(&trunk.name));
        if let (Some(dialog), Some(leg)) = (asked, &self.leg) {
            leg.refer(dialog.to_replace());
            self.moving = Some(Moving::Joined);
        }
    }

    /// How moving the debtor goes; where the trunk does not do it, we call the number ourselves, or stay between the two.
    pub(super) fn moved(&mut self, code: u16, now: Instant) -> Option<Input> {
        if (100..200).contains(&code) {
            return None;
        }
        let moving = self.moving.take()?;
        if (200..300).contains(&code) {
            return Some(Input::Referred);
        }
        debug!(attempt = %self.attempt, code, "the trunk does not move the call");
        match moving {
            Moving::Blind(number, until) => {
                let wait = until.saturating_duration_since(now);
                self.seats.find(Seat::First, Whom::Outside(number), wait)
            }
            Moving::Joined => None,
        }
    }
}
