//! A node whose name another process has taken, since the session that held it was lost: it dials no more, and ends.

use std::time::Duration;

use obzvon::demo::carrier::Ending;
use obzvon::demo::carrier::script::Step;
use sqlx::{Connection, PgConnection};

use crate::house::{CHANNELS, House, TRUNKS, until};
use crate::postgres::new_database;
use crate::{carrier_with, ended, ringing, ringing_config, rings, talking};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_name_another_took_dials_no_more_lets_talks_finish_and_ends_with_a_fault() {
    let talks = vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(20)), Step::HangUp];
    let carrier = carrier_with(rings(), &[(0, talks)]).await;
    let url = new_database("ousted");
    let config = ringing_config(&carrier)
        .set("obzvon.toml", "storage.url", url.as_str())
        .set("obzvon.toml", "daemon.drain_limit_s", 60)
        .set(TRUNKS, CHANNELS, 3);
    let house = House::new(config);
    house.import(3);
    let mut daemon = house.start();
    until("two ring and one talks", || ringing(&carrier) == 2 && talking(&carrier) == 1);
    // There is somebody to dial as soon as a line is free.
    house.import(20);

    let other = take_the_name(&url).await;
    until("what rings is taken back", || ringing(&carrier) == 0);
    assert_eq!(daemon.get("/readyz").map(|(code, _)| code), Some(503));
    assert_eq!(daemon.metric("obzvon_node_ousted"), Some(1.0));
    until("it ends", || daemon.ended().is_some());
    assert_eq!(daemon.ended().and_then(|status| status.code()), Some(1));
    drop(other);
    assert_eq!(ended(&carrier, Ending::HungUpByCallee), 1, "he who talked was let finish");
    assert_eq!(carrier.calls().len(), 3, "somebody was dialled under a name that was another's");
    let log = house.log();
    assert!(log.contains("another process has this node's name"), "{log}");
}

/// Takes the node's name as another process of that name would, at the moment its session is lost.
async fn take_the_name(url: &str) -> PgConnection {
    let mut other = PgConnection::connect(url).await.expect("a session");
    let pid: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut other).await.expect("a number");
    let taken = tokio::spawn(async move {
        let lock = "SELECT pg_advisory_lock(hashtextextended(concat(current_schema(), ' node ', 'test'), 0))";
        sqlx::raw_sql(lock).execute(&mut other).await.expect("the lock");
        other
    });
    let mut office = PgConnection::connect(url).await.expect("a session");
    let end = "SELECT count(pg_terminate_backend(h.pid)) FROM pg_locks w JOIN pg_locks h ON h.locktype = 'advisory' \
        AND h.database = w.database AND h.classid = w.classid AND h.objid = w.objid AND h.objsubid = w.objsubid \
        WHERE w.pid = $1 AND w.locktype = 'advisory' AND NOT w.granted AND h.granted";
    // Until it waits in the queue, nobody stands in its way.
    loop {
        let ended: i64 = sqlx::query_scalar(end).bind(pid).fetch_one(&mut office).await.expect("a number");
        if ended > 0 {
            return taken.await.expect("the lock is taken");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
