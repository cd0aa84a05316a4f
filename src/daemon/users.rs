//! What the users' pages ask, answered from the store; passwords are made here, told once, and kept as hashes.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};
use tracing::{info, warn};

use super::console::answered;
use super::house::House;
use crate::domain::SignIn;
use crate::store::{SignInRow, StoreError, UserChanged, UserDeed, UserRow};
use crate::web::{
    NewSignIn, User, UserClick, UserClicked, UserHandlers, UserLine, UserWish, hash_password,
    on_password_thread,
};

/// Who answers for users.
pub fn handlers(house: &Arc<House>) -> UserHandlers {
    UserHandlers {
        find: answered(house, |house: Arc<House>, login: String| async move {
            let row = house.store.user(&login).await?.filter(|row| row.disabled_at.is_none());
            let now = house.clock.wall();
            Ok(row.map(|row| User {
                once: row.once_until.is_some(),
                expired: is_over(&row, now),
                login: row.login,
                hash: row.hash,
                role: row.role,
            }))
        }),
        list: answered(house, |house: Arc<House>, ()| async move {
            let (now, zone) = (house.clock.wall(), house.plans.load().config.cases.zone.clone());
            Ok(house.store.users().await?.into_iter().map(|row| line(row, now, &zone)).collect())
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
        note_sign_in: answered(house, |house: Arc<House>, tried: NewSignIn| async move {
            let NewSignIn { login, from, came_to } = tried;
            // What is no user's login may be a password.
            let login = house.store.user(&login).await?.map(|row| row.login);
            let whose = login.as_deref().unwrap_or("nobody's");
            match came_to {
                SignIn::In => info!(login = whose, %from, "signed in"),
                SignIn::Expired | SignIn::Refused => {
                    warn!(login = whose, %from, why = came_to.code(), "a sign-in was refused");
                }
            }
            let (at, address) = (house.clock.wall(), from.to_string());
            house.store.note_sign_in(SignInRow { at, login, address, came_to }).await
        }),
    }
}

/// How long a password is good for choosing another one: a weekend may lie between.
const ONCE_GOOD_FOR: SignedDuration = SignedDuration::from_hours(72);

/// The password that somebody has given him is good no more.
fn is_over(row: &UserRow, now: Timestamp) -> bool {
    row.once_until.is_some_and(|until| until <= now)
}

fn line(row: UserRow, now: Timestamp, zone: &TimeZone) -> UserLine {
    UserLine {
        once: row.once_until.is_some(),
        expired: is_over(&row, now),
        once_until: row.once_until.map(|until| until.to_string()),
        seen: hex::encode(&Sha256::digest(&row.hash)[..8]),
        login: row.login,
        role: row.role,
        made_on: row.made_at.to_zoned_datetime(zone.clone()).date().to_string(),
        out: row.disabled_at.is_some(),
    }
}

async fn change(house: &House, click: UserClick) -> Result<UserClicked, StoreError> {
    let UserClick { login, wish, who } = click;
    if login == who {
        return Ok(UserClicked::Own);
    }
    let now = house.clock.wall();
    let until = now.saturating_add(ONCE_GOOD_FOR).unwrap_or(Timestamp::MAX);
    let (deed, password) = match wish {
        UserWish::KeepOut => (UserDeed::KeepOut, None),
        UserWish::LetIn => (UserDeed::LetIn, None),
        UserWish::Role(role) => (UserDeed::Role(role), None),
        UserWish::Add(_) | UserWish::Password => {
            let Some((password, hash)) = made().await else { return Ok(UserClicked::NotSo) };
            let deed = match wish {
                UserWish::Add(role) => UserDeed::Add { role, hash, once_until: Some(until) },
                _ => UserDeed::Password { hash, once_until: Some(until) },
            };
            (deed, Some(password))
        }
    };
    let code = deed.code();
    let changed = house.store.change_user(&login, deed, &who, now).await?;
    info!(login, deed = code, who, ?changed, "a user was clicked");
    Ok(match (changed, password) {
        (UserChanged::Done, None) => UserClicked::Done,
        (UserChanged::Done, Some(password)) => UserClicked::DoneWith { password, good_until: until },
        (UserChanged::LastAdministrator, _) => UserClicked::LastAdministrator,
        (UserChanged::NotSo, _) => UserClicked::NotSo,
    })
}

/// A password and its hash; `None`: the system gives no random numbers.
async fn made() -> Option<(String, String)> {
    let made = on_password_thread(|| {
        let password = password(&mut rand::make_rng());
        hash_password(&password).map(|hash| (password, hash))
    });
    let made = made.await?;
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
