//! What the n-th use of each channel on a debtor brought.

use std::collections::BTreeMap;

use super::Period;
use super::effects::code;
use crate::domain::Channel;
use crate::stats::{Key, Ratio, USE};
use crate::store::engine::conn::{Conn, Fault};
use crate::store::tally::sums;
use crate::store::{Store, StoreError};

/// What counts as a reaction to a use of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reacted {
    /// The debtor confirmed who he is.
    RightParty,
    /// He promised to pay, or asked for a link.
    Promised,
    /// Any payment on the debt within the channel's window after the use.
    Paid,
}

impl Store {
    /// Reactions of uses within `period`, by channel and by which use of the channel on the debtor it was, over all his debts; uses before
    /// the period are counted in the number, those after the tenth are left out; so are his own calls, which wear nothing out. A channel
    /// of other systems is judged by payments, and by what else is asked where they told of any such reaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wear_report(
        &self,
        period: Period,
        reacted: Reacted,
    ) -> Result<Vec<(Channel, Vec<Ratio>)>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { wear(conn, period, reacted).await }));
        read.await.map_err(|source| StoreError::Report { report: "wear", source })
    }
}

async fn wear(
    conn: &mut Conn,
    period: Period,
    reacted: Reacted,
) -> Result<Vec<(Channel, Vec<Ratio>)>, Fault> {
    let mut channels: BTreeMap<Channel, Vec<Ratio>> = BTreeMap::new();
    for (keys, sums) in sums(conn, &USE, period, &["channel", "nth"], false).await? {
        let channel = code(&keys[0], "channel", Channel::parse)?;
        let [uses, right_party, promised, paid] = sums[..] else { continue };
        let reactions = match reacted {
            Reacted::RightParty => right_party,
            Reacted::Promised => promised,
            Reacted::Paid => paid,
        };
        let Some(Key::Number(nth)) = keys.get(1) else { continue };
        let nth = usize::try_from(*nth).map_err(|_| Fault::Unreadable { what: "number of a use" })?;
        let lines = channels.entry(channel).or_default();
        // A number nobody had in this period stands as nothing out of nothing.
        if lines.len() < nth {
            lines.resize(nth, Ratio::default());
        }
        lines[nth - 1] = Ratio::new(reactions.unsigned_abs(), uses.unsigned_abs());
    }
    // Whoever tells of his letters and never of a promise has not said that there was none.
    let is_told = |channel: Channel, uses: &[Ratio]| {
        channel.is_ours() || reacted == Reacted::Paid || uses.iter().any(|of| of.numerator > 0)
    };
    Ok(channels.into_iter().filter(|(channel, uses)| is_told(*channel, uses)).collect())
}
