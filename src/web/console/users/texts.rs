//! The words of users' pages in both languages.

use crate::domain::Language;

/// Every word of these pages.
#[derive(Debug)]
pub struct Texts {
    pub acts: &'static str,
    pub add: &'static str,
    pub give_role: &'static str,
    pub new_password: &'static str,
    pub new_password_ask: &'static str,
    pub keep_out: &'static str,
    pub keep_out_ask: &'static str,
    pub let_in: &'static str,
    pub let_in_ask: &'static str,
    pub login_how: &'static str,
    pub how: &'static str,
    pub once: &'static str,
    pub once_over: &'static str,
    pub good_until: &'static str,
    pub password_of: &'static str,
    pub told_once: &'static str,
    pub back: &'static str,
    pub own_password: &'static str,
    pub once_how: &'static str,
    pub current: &'static str,
    pub new: &'static str,
    pub again: &'static str,
    pub change: &'static str,
    pub too_short: &'static str,
    pub differ: &'static str,
    pub the_same: &'static str,
    pub not_current: &'static str,
    pub too_often: &'static str,
    last_administrator: &'static str,
    not_so: &'static str,
    given_before: &'static str,
    own: &'static str,
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }

    /// Why a click did nothing, by its code.
    pub fn refusal(&self, code: &str) -> Option<&'static str> {
        match code {
            "last_administrator" => Some(self.last_administrator),
            "given_before" => Some(self.given_before),
            "login" => Some(self.login_how),
            "not_so" => Some(self.not_so),
            "own" => Some(self.own),
            _ => None,
        }
    }
}

static EN: Texts = Texts {
    acts: "Changes",
    add: "Make a user",
    give_role: "Give the role",
    new_password: "New password",
    new_password_ask: "The old password is worth nothing any more, and whoever is signed in by it is out. New password",
    keep_out: "Keep out",
    keep_out_ask: "Whoever is signed in is out at once. Keep out",
    let_in: "Let in",
    let_in_ask: "Let in again",
    login_how: "A login has small Latin letters, digits, -, _ and ., 32 at most, and begins with a letter or a digit.",
    how: "The first administrator is made on the command line: obzvon user add LOGIN --role administrator.",
    once: "has no password of his own yet",
    once_over: "did not choose a password of his own in time: give another one",
    good_until: "It is good for three days, until",
    password_of: "Password",
    told_once: "It is shown this once and kept nowhere. Tell it to the user: at the first sign-in another one has to be chosen, and nothing else can be done before.",
    back: "To the users",
    own_password: "Your password",
    once_how: "Somebody else has given you your password. Choose another one, then you go on.",
    current: "Current password",
    new: "New password, 8 characters at least",
    again: "New password again",
    change: "Change",
    too_short: "A password has 8 characters at least, and 256 bytes at most.",
    differ: "The new passwords differ.",
    the_same: "It is the same password.",
    not_current: "This is not the current password.",
    too_often: "Too many tries. Wait a minute.",
    last_administrator: "Nobody would be left who makes users.",
    not_so: "There is no such user, the login is taken, or it is so already.",
    given_before: "He has been given another password since this page was opened, and it is good. Press again to give yet another one.",
    own: "Your own account is somebody else's to change.",
};

static RU: Texts = Texts {
    acts: "Изменить",
    add: "Создать пользователя",
    give_role: "Дать роль",
    new_password: "Новый пароль",
    new_password_ask: "Старый пароль перестанет действовать, открытые по нему страницы закроются. Новый пароль",
    keep_out: "Закрыть вход",
    keep_out_ask: "Открытые страницы закроются сразу. Закрыть вход",
    let_in: "Открыть вход",
    let_in_ask: "Снова открыть вход",
    login_how: "Логин — строчные латинские буквы, цифры, -, _ и ., не больше 32 знаков; начинается с буквы или цифры.",
    how: "Первого администратора создают командой: obzvon user add ЛОГИН --role administrator.",
    once: "ещё не выбрал свой пароль",
    once_over: "не выбрал свой пароль вовремя: дайте новый",
    good_until: "Он действует три дня, до",
    password_of: "Пароль",
    told_once: "Пароль показан один раз и нигде не хранится. Передайте его пользователю: при первом входе нужно выбрать другой, до этого ничего сделать нельзя.",
    back: "К пользователям",
    own_password: "Ваш пароль",
    once_how: "Пароль вам дал кто-то другой. Выберите свой — и можно работать.",
    current: "Текущий пароль",
    new: "Новый пароль, не короче 8 знаков",
    again: "Новый пароль ещё раз",
    change: "Сменить",
    too_short: "Пароль — не короче 8 знаков и не длиннее 256 байт.",
    differ: "Новые пароли не совпадают.",
    the_same: "Это тот же пароль.",
    not_current: "Это не текущий пароль.",
    too_often: "Слишком много попыток. Подождите минуту.",
    last_administrator: "Тогда не останется никого, кто создаёт пользователей.",
    not_so: "Такого пользователя нет, логин занят или так уже и есть.",
    given_before: "С тех пор как страница открыта, пароль уже дан, и он действует. Чтобы дать ещё один, нажмите снова.",
    own: "Свою учётную запись меняет кто-то другой.",
};
