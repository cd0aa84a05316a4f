//! What the people of a campaign are called: for the speech engine, before anybody is dialled.

use crate::domain::{CampaignId, PersonId, PersonName};
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

impl Store {
    /// Names of persons after `after` that the campaign may yet call, in the order of their ids, a page at a time; empty
    /// at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names_to_say(
        &self,
        campaign: CampaignId,
        after: PersonId,
    ) -> Result<Vec<(PersonId, PersonName)>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(NAMES, values![campaign, after]).await?;
                let named = rows.iter().map(|row| Ok((PersonId(row.int(0)?), PersonName::new(row.text(1)?))));
                named.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "names to say", source })
    }
}

const NAMES: &str = "SELECT p.id, p.name FROM person p WHERE p.id > $2 AND p.name IS NOT NULL AND EXISTS \
    (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.campaign_id = $1 AND c.state <> 'done') \
    ORDER BY p.id LIMIT 1000";
