//! What the users' pages ask, answered from the store; passwords are made here, told once, and kept as hashes.

use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use tracing::{info, warn};

use super::console::answered;
use super::house::House;
use crate::store::{StoreError, UserChanged, UserDeed, UserRow};
use crate::web::{User, UserClick, UserClicked, UserHandlers, UserLine, UserWish, hash_password};

/// Who answers for users.
pub fn handlers(house: &Arc<House>) -> UserHandlers {
    UserHandlers {
        find: answered(house, |house: Arc<House>, login: String| async move {
            let row = house.store.user(&login).await?.filter(|row| row.disabled_at.is_none());
            Ok(row.map(|UserRow { login, hash, role, once, .. }| User { login, hash, role, once }))
        }),
        list: answered(house, |house: Arc<House>, ()| async move {
            Ok(house.store.users().await?.into_iter().map(line).collect())
        }),
        change: answered(house, |house: Arc<House>, click: UserClick| async move {
            // Whoever asked may go away; what was begun is ended.
            let work = house.helpers.spawn({
                let house = Arc::clone(&house);
                async move { change(&house, click).await }
            });
            work.await.unwrap_or(Ok(UserClicked::NotSo))
        }),
        own_password: answered(house, |house: Arc<House>, (login, hash): (String, String)| async move {
            let deed = UserDeed::OwnPassword { hash };
            house.store.change_user(&login, deed, &login, house.clock.wall()).await?;
            info!(login, "a user has chosen another password");
            Ok(())
        }),
    }
}

fn line(row: UserRow) -> UserLine {
    UserLine {
        login: row.login,
        role: row.role,
        made_on: row.made_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string(),
        out: row.disabled_at.is_some(),
        once: row.once,
    }
}

async fn change(house: &House, click: UserClick) -> Result<UserClicked, StoreError> {
    let UserClick { login, wish, who } = click;
    if login == who {
        return Ok(UserClicked::Own);
    }
    let (deed, password) = match wish {
        UserWish::KeepOut => (UserDeed::KeepOut, None),
        UserWish::LetIn => (UserDeed::LetIn, None),
        UserWish::Role(role) => (UserDeed::Role(role), None),
        UserWish::Add(_) | UserWish::Password => {
            let Some((password, hash)) = made().await else { return Ok(UserClicked::NotSo) };
            let deed = match wish {
                UserWish::Add(role) => UserDeed::Add { role, hash, once: true },
                _ => UserDeed::Password { hash, once: true },
            };
            (deed, Some(password))
        }
    };
    let code = deed.code();
    let changed = house.store.change_user(&login, deed, &who, house.clock.wall()).await?;
    info!(login, deed = code, who, ?changed, "a user was clicked");
    Ok(match (changed, password) {
        (UserChanged::Done, None) => UserClicked::Done,
        (UserChanged::Done, Some(password)) => UserClicked::DoneWith(password),
        (UserChanged::LastAdministrator, _) => UserClicked::LastAdministrator,
        (UserChanged::NotSo, _) => UserClicked::NotSo,
    })
}

/// A password and its hash; `None`: the system gives no random numbers.
async fn made() -> Option<(String, String)> {
    let made = tokio::task::spawn_blocking(|| {
        let password = password(&mut rand::make_rng());
        hash_password(&password).map(|hash| (password, hash))
    });
    let made = made.await.ok()?;
    made.inspect_err(|fault| warn!(%fault, "no password was made")).ok()
}

/// Sixteen signs that nobody takes for one another: 79 bits.
fn password(random: &mut StdRng) -> String {
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut password = String::new();
    for at in 0..16 {
        if at > 0 && at % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(SIGNS[random.random_range(0..SIGNS.len())]));
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_another_every_time_and_easy_to_dictate() {
        let [one, other] = [(); 2].map(|()| password(&mut rand::make_rng()));
        assert_ne!(one, other);
        assert_eq!((one.len(), one.split('-').count()), (19, 4));
        assert!(!one.contains(['0', '1', 'i', 'l', 'o']), "{one}");
    }
}
