//! The sealed rows looked at again: each is what was sealed, none is gone, none was sealed anew without its act.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::super::super::record::{CHAINS, link};
use super::super::verify::BROKEN;
use super::kind::{Act, Sealed};
use super::strays::strays;
use super::{FIRST, text};
use crate::domain::PersonId;
use crate::store::engine::conn::{Conn, Fault, Row, Value, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// What a walk along chains of rows found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifiedRows {
    /// Links looked at.
    pub links: i64,
    /// What does not fit; empty: everything is whole. At most a hundred of a chain are kept.
    pub broken: Vec<BrokenRow>,
}

/// A row or a link that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenRow {
    pub chain: Option<i64>,
    pub seq: Option<i64>,
    /// Absent where a link is gone, and nobody knows what it sealed.
    pub row: Option<RowName>,
    pub wrong: WrongRow,
}

/// Which row: a table and the row's key in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowName {
    /// `event`, `attempt`, `hold` and so on.
    pub table: String,
    pub id: i64,
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongRow {
    /// The row is not what was sealed.
    Changed,
    /// The row is not there.
    Gone,
    /// The head of the chain says otherwise than its last link.
    Head,
    /// The link does not go on from the one before it, or is not what its hash was made of.
    Link,
    /// Links are gone.
    Missing,
    /// The decision allowed a call, and there is none.
    NotDialled,
    /// The row was sealed anew without a deed or a disposition that may change it so.
    Resealed,
    /// An attempt that no decision allowed.
    Undecided,
    /// The row was never sealed: it was not written by the store.
    Unsealed,
}

/// Links read at once.
const PAGE: i64 = 500;

impl Store {
    /// Walks every chain of rows from its beginning; `told` is given the number of links after each step.
    ///
    /// # Errors
    /// When the database fails. A row that does not fit is a value.
    pub async fn verify_rows(&self, mut told: impl FnMut(u64)) -> Result<VerifiedRows, StoreError> {
        let mut all = VerifiedRows::default();
        for chain in FIRST..FIRST + CHAINS {
            let found = self.verify_row_chain(chain, &mut told).await?;
            all.links += found.links;
            all.broken.extend(found.broken);
        }
        all.broken.extend(self.strays(None).await?);
        Ok(all)
    }

    /// Walks the chains that hold rows of these persons, and what of theirs was never sealed. A row that is gone can't say
    /// whose it was: what is broken in their chains is told, whoever's it is.
    ///
    /// # Errors
    /// When the database fails. A row that does not fit is a value.
    pub async fn verify_rows_of(&self, persons: &[PersonId]) -> Result<VerifiedRows, StoreError> {
        let mut all = VerifiedRows::default();
        let mut chains: Vec<_> = persons.iter().map(|person| FIRST + person.0.rem_euclid(CHAINS)).collect();
        let own: HashSet<_> = chains.iter().copied().collect();
        chains.push(FIRST);
        chains.sort_unstable();
        chains.dedup();
        for chain in chains {
            let found = self.verify_row_chain(chain, &mut |_| ()).await?;
            all.links += found.links;
            let of_all = |one: &BrokenRow| one.row.as_ref().is_none_or(|row| OF_ALL.contains(&&*row.table));
            all.broken.extend(found.broken.into_iter().filter(|one| own.contains(&chain) || of_all(one)));
        }
        for &person in persons {
            all.broken.extend(self.strays(Some(person)).await?);
        }
        Ok(all)
    }

    async fn strays(&self, person: Option<PersonId>) -> Result<Vec<BrokenRow>, StoreError> {
        let found = self.read(move |conn| Box::pin(async move { strays(conn, person).await })).await;
        found.map_err(|source| StoreError::Verify { chain: FIRST, source })
    }

    async fn verify_row_chain(
        &self,
        chain: i64,
        told: &mut impl FnMut(u64),
    ) -> Result<VerifiedRows, StoreError> {
        let walked = self.walk(chain, told).await;
        walked.map_err(|source| StoreError::Verify { chain, source })
    }

    async fn walk(&self, chain: i64, told: &mut impl FnMut(u64)) -> Result<VerifiedRows, Fault> {
        // The head first: what is appended meanwhile lies beyond it.
        let head =
            self.read(move |conn| Box::pin(async move { conn.one(HEAD, values![chain]).await })).await?;
        let (last, hash, at) = (head.int(0)?, head.text(1)?, head.int(2)?);
        let mut walk = Walk::new(chain);
        loop {
            let values = values![chain, walk.seq, last, PAGE];
            let page = self.read(move |conn| Box::pin(async move { Page::load(conn, values).await })).await?;
            for link in &page.links {
                walk.take(link, page.rows.get(&(link.table.clone(), link.id)));
            }
            told(page.links.len() as u64);
            if page.links.is_empty() {
                break;
            }
        }
        if walk.seq < last {
            walk.note(last, None, WrongRow::Missing);
        } else if walk.hash != hash || walk.at != at {
            walk.note(last, None, WrongRow::Head);
        }
        Ok(walk.found)
    }
}

/// Tables whose rows are not one person's: they stand in the house's chain and concern everybody.
const OF_ALL: [&str; 3] = ["kin", "person_link", "sealed_note"];

/// A link as it is read.
struct Link {
    seq: i64,
    at: i64,
    table: String,
    id: i64,
    digest: String,
    previous: String,
    hash: String,
    /// The row's first digest in this chain, where this is not its first link.
    first: Option<String>,
    /// The row's links in this chain up to this one.
    times: i64,
    /// A later link of the row seals it as it stands.
    superseded: bool,
}

impl Link {
    fn read(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            seq: row.int(0)?,
            at: row.int(1)?,
            table: row.text(2)?,
            id: row.int(3)?,
            digest: row.text(4)?,
            previous: row.text(5)?,
            hash: row.text(6)?,
            first: row.text_opt(7)?,
            times: row.int(8)?,
            superseded: row.int(9)? != 0,
        })
    }
}

/// A sealed row as it stands now.
struct Now {
    digest: String,
    act: Act,
    /// How often a denial was given again.
    times: Option<i64>,
}

impl Now {
    fn read(kind: Sealed, row: &Row) -> Result<Self, Fault> {
        let act = match kind {
            Sealed::Deed => Act::Deed { act: row.text(3)?, row: row.int(5)? },
            Sealed::Disposed => Act::Disposed { attempt: row.int(0)? },
            Sealed::Kin | Sealed::PersonLink => Act::Identity,
            _ => Act::None,
        };
        let times = if kind == Sealed::DenialRepeat { Some(row.int(1)?) } else { None };
        Ok(Self { digest: kind.digest(row)?, act, times })
    }
}

/// Links, and the rows they seal.
struct Page {
    links: Vec<Link>,
    rows: HashMap<(String, i64), Now>,
}

impl Page {
    async fn load(conn: &mut Conn, which: Vec<Value>) -> Result<Self, Fault> {
        dialect::read_steadily(conn).await?;
        let links = conn.all(LINKS, which).await?;
        let links = links.iter().map(Link::read).collect::<Result<Vec<_>, _>>()?;
        let mut rows = HashMap::new();
        for kind in Sealed::ALL {
            let ids: HashSet<_> =
                links.iter().filter(|link| link.table == kind.code()).map(|link| link.id).collect();
            if ids.is_empty() {
                continue;
            }
            let (names, table, key) = (kind.columns().names, kind.code(), kind.key());
            let places = dialect::places(conn, 1, ids.len());
            let sql = format!("SELECT {names} FROM {table} WHERE {key} IN {places}");
            for row in conn.all_built(sql, ids.into_iter().map(Value::from).collect()).await? {
                rows.insert((table.to_owned(), row.int(0)?), Now::read(kind, &row)?);
            }
        }
        Ok(Self { links, rows })
    }
}

struct Walk {
    chain: i64,
    seq: i64,
    hash: String,
    at: i64,
    /// What the last link lets change.
    act: Act,
    found: VerifiedRows,
}

impl Walk {
    fn new(chain: i64) -> Self {
        let (hash, act, found) = (String::new(), Act::None, VerifiedRows::default());
        Self { chain, seq: 0, hash, at: 0, act, found }
    }

    fn take(&mut self, link: &Link, row: Option<&Now>) {
        let name = || Some(RowName { table: link.table.clone(), id: link.id });
        if link.seq != self.seq + 1 {
            self.note(self.seq + 1, None, WrongRow::Missing);
        } else if !self.continued_by(link) {
            self.note(link.seq, name(), WrongRow::Link);
        }
        if let Some(wrong) = self.wrong(link, row) {
            self.note(link.seq, name(), wrong);
        }
        self.found.links += 1;
        self.act = row.map(|row| row.act.clone()).unwrap_or_default();
        (self.seq, self.at) = (link.seq, link.at);
        self.hash.clone_from(&link.hash);
    }

    fn continued_by(&self, next: &Link) -> bool {
        let text = text(&next.table, next.id, &next.digest, next.at);
        next.previous == self.hash && next.hash == link(&next.previous, self.chain, next.seq, &text)
    }

    fn wrong(&self, link: &Link, row: Option<&Now>) -> Option<WrongRow> {
        let Some(kind) = Sealed::parse(&link.table) else { return Some(WrongRow::Link) };
        let unasked = match &link.first {
            // Who is whom changes by a merge or a split alone, from the first row on.
            None => kind == Sealed::Kin && self.act != Act::Identity,
            Some(first) => {
                !kind.changed_by(link.id, &self.act) || Sealed::fixed(first) != Sealed::fixed(&link.digest)
            }
        };
        let Some(row) = row else { return Some(WrongRow::Gone) };
        let counted = link.superseded || row.times.is_none_or(|times| times == link.times);
        let stands = link.superseded || row.digest == link.digest;
        if !stands || !counted {
            return Some(WrongRow::Changed);
        }
        unasked.then_some(WrongRow::Resealed)
    }

    fn note(&mut self, seq: i64, row: Option<RowName>, wrong: WrongRow) {
        if self.found.broken.len() < BROKEN {
            self.found.broken.push(BrokenRow { chain: Some(self.chain), seq: Some(seq), row, wrong });
        }
    }
}

const HEAD: &str = "SELECT seq, hash, at FROM chain WHERE id = $1";
const LINKS: &str = "SELECT l.seq, l.at, l.of_what, l.row_id, l.digest, l.prev_hash, l.hash, \
    (SELECT f.digest FROM sealed_row f WHERE f.of_what = l.of_what AND f.row_id = l.row_id AND f.chain = l.chain \
    AND f.seq < l.seq ORDER BY f.seq LIMIT 1), \
    (SELECT COUNT(*) FROM sealed_row c WHERE c.of_what = l.of_what AND c.row_id = l.row_id AND c.chain = l.chain \
    AND c.seq <= l.seq), \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM sealed_row m WHERE m.of_what = l.of_what AND m.row_id = l.row_id \
    AND m.chain = l.chain AND m.seq > l.seq) THEN 1 ELSE 0 END AS BIGINT) \
    FROM sealed_row l WHERE l.chain = $1 AND l.seq > $2 AND l.seq <= $3 ORDER BY l.seq LIMIT $4";
