//! Who is signed in: until his session is over, he signs out, or he may not any more.

use obzvon::domain::Role;
use obzvon::store::SessionRow;

use crate::world::{World, hours, noon};

crate::on_both_engines!(
    a_session_lasts_its_time_and_once_ended_is_not_begun_anew,
    another_password_or_being_kept_out_ends_the_users_sessions_and_nobody_elses,
);

fn session(key: &str, login: &str, data: &str) -> SessionRow {
    let (key, login, data) = (key.to_owned(), login.to_owned(), data.to_owned());
    SessionRow { key, login, data, ends_at: noon() + hours(10) }
}

async fn lasts(world: &World, key: &str, after: i64) -> bool {
    world.store.session(key.to_owned(), noon() + hours(after)).await.expect("read").is_some()
}

async fn a_session_lasts_its_time_and_once_ended_is_not_begun_anew(world: World) {
    world.store.begin_session(session("k1", "anna", "{}"), noon()).await.expect("begun");
    assert!(lasts(&world, "k1", 9).await && !lasts(&world, "k1", 10).await && !lasts(&world, "k2", 1).await);
    let changed = SessionRow { ends_at: noon() + hours(11), ..session("k1", "anna", "{\"a\":1}") };
    world.store.change_session(changed.clone()).await.expect("changed");
    assert_eq!(
        world.store.session("k1".into(), noon() + hours(10)).await.expect("read"),
        Some(changed.clone())
    );
    world
        .store
        .change_session(SessionRow { login: "boris".into(), ..changed.clone() })
        .await
        .expect("nothing");
    assert_eq!(world.store.session("k1".into(), noon()).await.expect("read"), Some(changed.clone()));
    world.store.end_session("k1".into()).await.expect("ended");
    world.store.change_session(changed).await.expect("nothing");
    assert!(!lasts(&world, "k1", 0).await);
    world.store.begin_session(session("k1", "anna", "{}"), noon()).await.expect("begun");
    world.store.begin_session(session("k2", "anna", "{}"), noon() + hours(10)).await.expect("begun");
    assert!(!lasts(&world, "k1", 0).await, "what is over is forgotten");
}

async fn another_password_or_being_kept_out_ends_the_users_sessions_and_nobody_elses(world: World) {
    for login in ["anna", "boris"] {
        assert!(world.store.add_user(login, "hash".into(), Role::Agent, noon()).await.expect("made"));
    }
    for (key, login) in [("a1", "anna"), ("a2", "anna"), ("b1", "boris")] {
        world.store.begin_session(session(key, login, "{}"), noon()).await.expect("begun");
    }
    assert!(world.store.set_password("anna", "other".into(), noon()).await.expect("set"));
    assert!(!lasts(&world, "a1", 0).await && !lasts(&world, "a2", 0).await && lasts(&world, "b1", 0).await);
    assert!(world.store.disable_user("boris", true, noon()).await.expect("kept out"));
    assert!(!lasts(&world, "b1", 0).await);
}
