//! Who is signed in: until his session is over, he signs out, or he may not any more.

use obzvon::domain::Role;
use obzvon::store::{ActFilter, SessionRow, UserChanged, UserDeed};

use crate::world::{World, hours, noon};

crate::on_both_engines!(
    a_session_lasts_its_time_and_once_ended_is_not_begun_anew,
    another_password_or_being_kept_out_ends_the_users_sessions_and_nobody_elses,
    a_deed_to_a_user_is_kept_with_whose_it_was_and_an_administrator_is_left,
    two_administrators_do_not_keep_each_other_out_at_once,
);

async fn deed(world: &World, login: &str, deed: UserDeed) -> UserChanged {
    world.store.change_user(login, deed, "chief", noon()).await.expect("answered")
}

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
        let add = UserDeed::Add { role: Role::Agent, hash: "hash".into(), once_until: None };
        assert_eq!(deed(&world, login, add).await, UserChanged::Done);
    }
    for (key, login) in [("a1", "anna"), ("a2", "anna"), ("b1", "boris")] {
        world.store.begin_session(session(key, login, "{}"), noon()).await.expect("begun");
    }
    let other = UserDeed::Password { hash: "other".into(), once_until: None };
    assert_eq!(deed(&world, "anna", other).await, UserChanged::Done);
    assert!(!lasts(&world, "a1", 0).await && !lasts(&world, "a2", 0).await && lasts(&world, "b1", 0).await);
    assert_eq!(deed(&world, "boris", UserDeed::KeepOut).await, UserChanged::Done);
    assert!(!lasts(&world, "b1", 0).await);
}

async fn a_deed_to_a_user_is_kept_with_whose_it_was_and_an_administrator_is_left(world: World) {
    let add = |role| UserDeed::Add { role, hash: "hash".into(), once_until: Some(noon()) };
    assert_eq!(deed(&world, "boss", add(Role::Administrator)).await, UserChanged::Done);
    assert_eq!(deed(&world, "boss", add(Role::Agent)).await, UserChanged::NotSo, "the login is taken");
    for last in [UserDeed::KeepOut, UserDeed::Role(Role::Agent)] {
        assert_eq!(deed(&world, "boss", last).await, UserChanged::LastAdministrator);
    }
    assert_eq!(deed(&world, "anna", add(Role::Agent)).await, UserChanged::Done);
    assert!(world.store.user("anna").await.expect("read").expect("made").once_until.is_some());
    let own = UserDeed::OwnPassword { hash: "own".into() };
    assert_eq!(deed(&world, "anna", own).await, UserChanged::Done);
    assert!(world.store.user("anna").await.expect("read").expect("made").once_until.is_none());
    assert_eq!(deed(&world, "anna", UserDeed::Role(Role::Administrator)).await, UserChanged::Done);
    assert_eq!(deed(&world, "anna", UserDeed::Role(Role::Administrator)).await, UserChanged::NotSo);
    assert_eq!(deed(&world, "boss", UserDeed::KeepOut).await, UserChanged::Done, "another one is left");
    assert_eq!(deed(&world, "anna", UserDeed::KeepOut).await, UserChanged::LastAdministrator);
    assert_eq!(deed(&world, "boss", UserDeed::LetIn).await, UserChanged::Done);
    assert_eq!(deed(&world, "anna", UserDeed::Role(Role::Quality)).await, UserChanged::Done);
    let acts = world.store.user_acts(ActFilter::default(), 3).await.expect("read");
    let told: Vec<_> = acts
        .iter()
        .map(|(_, act)| (act.who.as_str(), act.login.as_str(), act.deed.as_str(), act.role))
        .collect();
    let quality = Some(Role::Quality);
    let wanted = [
        ("chief", "anna", "role", quality),
        ("chief", "boss", "let_in", None),
        ("chief", "boss", "kept_out", None),
    ];
    assert_eq!(told, wanted);
    let acts_of = async |who: &str, before: Option<i64>| {
        let filter = ActFilter { who: Some(who.to_owned()), before };
        world.store.user_acts(filter, 100).await.expect("read")
    };
    let hers = acts_of("chief", None).await;
    assert_eq!(acts_of("chief", Some(acts[2].0)).await, hers[3..], "the page behind the third");
    let all = world.store.user_acts(ActFilter::default(), 100).await.expect("read");
    assert_eq!(all.len(), 7, "what was refused is no deed");
    assert_eq!(acts_of("nobody", None).await, []);
}

async fn two_administrators_do_not_keep_each_other_out_at_once(world: World) {
    for login in ["one", "two"] {
        let add = UserDeed::Add { role: Role::Administrator, hash: "hash".into(), once_until: None };
        assert_eq!(deed(&world, login, add).await, UserChanged::Done);
    }
    let both = tokio::join!(deed(&world, "one", UserDeed::KeepOut), deed(&world, "two", UserDeed::KeepOut));
    let mut both = <[UserChanged; 2]>::from(both).map(|changed| changed == UserChanged::Done);
    both.sort_unstable();
    assert_eq!(both, [false, true]);
}
