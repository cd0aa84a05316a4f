//! One suite for every database the store stands on.

mod behind;
mod cases;
mod desk;
mod effects;
mod gate;
mod heard;
mod identity;
mod inbound;
mod ledger;
mod lists;
mod money;
mod outcomes;
mod pacing;
mod postgres;
mod promises;
mod proof;
mod proposals;
mod quality;
mod race;
mod recordings;
mod reports;
mod says_paid;
mod schema;
mod sealed;
mod sessions;
mod standing;
mod steps;
mod tallies;
mod told;
mod told_reactions;
mod types;
mod uses;
mod withdraw;
mod world;
mod written;

/// Makes each scenario a test on both engines.
macro_rules! on_both_engines {
    ($($scenario:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(crate::world::World::open(obzvon::store::Kind::Sqlite).await).await;
            })+
        }
        mod postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(crate::world::World::open(obzvon::store::Kind::Postgres).await).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;
