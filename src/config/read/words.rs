//! What values are called in messages.

use super::Clause;

const fn clause(en: &'static str, ru: &'static str) -> Clause {
    Clause { en, ru }
}

pub const ACCOUNT: Clause =
    clause("a line `login:realm:algorithm:hash`", "строка вида `login:realm:algorithm:hash`");
pub const AGENT: Clause = clause("agent", "оператор");
pub const AMOUNT: Clause = clause("an amount such as 1.20", "сумма вида 1.20");
pub const CONTACT: Clause = clause(
    "an address such as sip:101@192.0.2.5:5060;transport=tcp",
    "адрес вида sip:101@192.0.2.5:5060;transport=tcp",
);
pub const BEHAVIOUR: Clause = clause("what the debtor does", "что делает должник");
pub const DATE: Clause = clause("a date such as 2026-12-31", "дата вида 2026-12-31");
pub const DATE_OR_TIME: Clause = clause("a date or time", "дата или время");
pub const DEBTOR_TYPE: Clause =
    clause("a type of debtor such as \"habitual\"", "тип должника, например \"habitual\"");
pub const DECIMAL: Clause = clause("a number", "число");
pub const EXTENSION: Clause = clause(
    "a short number of two to four digits that is not one of 600 to 604",
    "короткий номер из двух-четырёх цифр, кроме 600–604",
);
pub const FLAG: Clause = clause("true or false", "true или false");
pub const FLOW: Clause = clause("flow", "сценарий");
pub const HOST: Clause = clause("a host name or an address", "имя или адрес узла");
pub const HOURS: Clause =
    clause("hours such as \"09:00-20:00\", opening before closing", "часы вида \"09:00-20:00\"");
pub const HTTP: Clause =
    clause("an address such as http://127.0.0.1:5002/path", "адрес вида http://127.0.0.1:5002/path");
pub const INTEGER: Clause = clause("a whole number", "целое число");
pub const IP: Clause = clause("an IP address such as 192.0.2.10", "IP-адрес вида 192.0.2.10");
pub const LIST: Clause = clause("a list", "список");
pub const LOGIN: Clause = clause(
    "a login of small letters, digits, -, _ and .",
    "логин из строчных латинских букв, цифр, -, _ и .",
);
pub const MOMENT: Clause = clause(
    "a moment with its offset such as 2026-12-31T20:00:00+03:00",
    "время со смещением вида 2026-12-31T20:00:00+03:00",
);
pub const NETWORK: Clause = clause(
    "an address, or a network no wider than /8 such as \"203.0.113.0/24\"",
    "адрес или сеть не шире /8 вида \"203.0.113.0/24\"",
);
pub const NAME: Clause =
    clause("a name of small letters, digits, - and _", "имя из строчных латинских букв, цифр, - и _");
pub const PACK: Clause = clause("prompt pack", "набор записей");
pub const PEM: Clause = clause("a file in PEM", "файл PEM");
pub const PHONE: Clause = clause("a number such as +79991234567", "номер вида +79991234567");
pub const PORTS: Clause = clause(
    "a range of ports such as \"20000-29999\", at least four of them from 1024 up",
    "диапазон портов вида \"20000-29999\", не меньше четырёх, от 1024",
);
pub const PREFIX: Clause = clause("digits that a number begins with after +", "цифры начала номера без +");
pub const PRESET: Clause = clause("preset of rules", "набор правил");
pub const QUEUE: Clause = clause("queue", "очередь");
pub const REALM: Clause =
    clause("a realm of letters, digits, -, _, . and @", "realm из латинских букв, цифр, -, _, . и @");
pub const REGION: Clause = clause("a country of two capital letters such as RU", "код страны вида RU");
pub const REWRITE: Clause =
    clause("a rule such as \"+7 -> 8\": what goes, what comes", "правило вида \"+7 -> 8\"");
pub const SKILL: Clause = clause(
    "a skill such as \"language:ru=5\", \"debtor:fraudster\", \"creditor:north=2\", with a level of 1 to 9",
    "навык вида \"language:ru=5\", \"debtor:fraudster\", \"creditor:north=2\", уровень от 1 до 9",
);
pub const SOCKET: Clause =
    clause("an address with a port such as 127.0.0.1:8080", "адрес с портом вида 127.0.0.1:8080");
pub const TABLE: Clause = clause("a table", "таблица");
pub const CHANNEL: Clause = clause("a channel", "канал");
pub const TEXT: Clause = clause("text", "текст");
pub const TRUNK: Clause = clause("trunk", "транк");
pub const URL: Clause = clause(
    "an address such as https://bank.example/hook; http:// only on this machine; no password in it",
    "адрес вида https://bank.example/hook; http:// только на этой машине; без пароля",
);
pub const ZONE: Clause = clause("a time zone such as Europe/Moscow", "часовой пояс, например Europe/Moscow");
