//! The schema knows its age, and the file can be copied while it lives.

use std::os::unix::fs::PermissionsExt;

use obzvon::store::{Kind, SchemaFault, Store, StoreError, StorePlan};
use secrecy::SecretString;

use crate::world::{World, row};

crate::on_both_engines!(
    an_old_program_refuses_a_newer_database,
    a_copy_is_whole_or_left_to_the_databases_own_tools
);

async fn open(url: &str) -> Result<Store, StoreError> {
    Store::open(StorePlan { url: SecretString::from(url), node: "old".into() }).await
}

async fn an_old_program_refuses_a_newer_database(world: World) {
    let flag = if world.store.kind() == Kind::Sqlite { "1" } else { "true" };
    let newer = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of tomorrow', {flag}, '', 0)"
    );
    world.raw(&newer).await.expect("laid by a newer program");
    match open(&world.url).await {
        Err(StoreError::Schema { source: SchemaFault::Newer { found: 9999, known } }) => {
            assert_eq!(known, Store::schema_version());
        }
        other => panic!("opened: {other:?}"),
    }
}

async fn a_copy_is_whole_or_left_to_the_databases_own_tools(world: World) {
    world.campaign("reminders", &[row(1)]).await;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let copy = dir.path().join("it's a copy.db");
    let copied = world.store.backup(&copy).await;
    if world.store.kind() == Kind::Postgres {
        assert!(matches!(copied, Err(StoreError::BackupElsewhere)), "{copied:?}");
        return;
    }
    copied.expect("copied");
    let store = open(&format!("sqlite:{}", copy.display())).await.expect("the copy opens");
    assert_eq!(store.person_files("p1").await.expect("read")[0].debts.len(), 1);
    let others = std::fs::metadata(&copy).expect("the copy").permissions().mode() & 0o077;
    assert_eq!(others, 0, "names and numbers are for the owner alone");
    assert!(world.store.backup(&copy).await.is_err(), "a copy never overwrites");
}
