//! Passwords: hashed by Argon2id with the library's parameters (RFC 9106), never kept.

use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::oneshot;

/// The hash could not be made.
#[derive(Debug, thiserror::Error)]
#[error("Argon2 failed")]
pub struct PasswordError;

/// The PHC text of a password, with a salt of its own. Takes some tens of milliseconds.
///
/// # Errors
/// When the system gives no random numbers.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordError)
}

/// Whether `password` is the one of `hash`. Without a hash the same work is done and the answer is no, so that the
/// time does not tell which logins exist.
pub fn is_right(password: &str, hash: Option<&str>) -> bool {
    let nobody =
        "$argon2id$v=19$m=19456,t=2,p=1$Z0ZuYm9keSBpcyBoZXJl$iH8Jx0Nw8Pz3jv5yZl2bq8H1l7m0t4c9r6u2e5w3y1A";
    let parsed = PasswordHash::new(hash.unwrap_or(nobody));
    let right =
        parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    right && hash.is_some()
}

type Work = Box<dyn FnOnce() + Send>;

/// The one thread that works on passwords. Each takes 19 MB (RFC 9106, 19,456 blocks of 1 KiB), which the allocator keeps for the
/// thread that freed them: on the runtime's threads sixty sign-ins left 700 MB behind.
static THREAD: LazyLock<Sender<Work>> = LazyLock::new(|| {
    let (ask, asked) = channel::<Work>();
    thread::spawn(move || asked.iter().for_each(|work| work()));
    ask
});

/// Does what takes a password's tens of milliseconds of a core apart from the threads that serve pages and calls, one at a time:
/// whoever guesses takes no more than one core. `None`: it came to no end.
pub async fn on_password_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (tell, told) = oneshot::channel();
    let work = move || {
        // Nobody waits any more: the page was left.
        let _ = tell.send(work());
    };
    THREAD.send(Box::new(work)).ok()?;
    told.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passwords_are_worked_on_by_one_thread() {
        let ask = || on_password_thread(|| thread::current().id());
        let (first, second) = tokio::join!(ask(), ask());
        assert_eq!(first, second);
        assert_ne!(first, Some(thread::current().id()));
    }

    #[test]
    fn only_the_password_itself_is_right() {
        let hash = hash_password("a long one").expect("random numbers");
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_right("a long one", Some(&hash)));
        assert!(!is_right("another one", Some(&hash)));
        assert!(!is_right("a long one", None));
        assert!(!is_right("a long one", Some("garbage")));
        assert_ne!(hash, hash_password("a long one").expect("random numbers"), "each has its salt");
    }
}
