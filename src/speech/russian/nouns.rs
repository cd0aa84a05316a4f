//! Russian nouns that are counted: their gender and the forms a number asks for.

use super::numerals::Gender;
use crate::domain::utterance::Case;

/// A noun for a thing, in the forms that follow a number.
#[derive(Clone, Copy, Debug)]
pub(in crate::speech) struct Noun {
    pub gender: Gender,
    /// After 1: «рубль», «копейка».
    pub one: &'static str,
    /// After 1 in the accusative: «рубль», «копейку».
    pub one_accusative: &'static str,
    /// After 2 to 4: «рубля»; the genitive of one, too.
    pub few: &'static str,
    /// After 5 to 20, 11 to 14 and 0: «рублей»; the genitive of many, too.
    pub many: &'static str,
}

impl Noun {
    /// The form after `number` in that case.
    pub fn form(&self, number: u64, case: Case) -> &'static str {
        let teens = (11..=14).contains(&(number % 100));
        match (case, number % 10) {
            (Case::Accusative, 1) if !teens => self.one_accusative,
            (Case::Genitive, 1) if !teens => self.few,
            (Case::Nominative, 1) if !teens => self.one,
            (Case::Accusative | Case::Nominative, 2..=4) if !teens => self.few,
            _ => self.many,
        }
    }
}

const fn masculine(one: &'static str, few: &'static str, many: &'static str) -> Noun {
    Noun { gender: Gender::Masculine, one, one_accusative: one, few, many }
}

const fn neuter(one: &'static str, few: &'static str, many: &'static str) -> Noun {
    Noun { gender: Gender::Neuter, one, one_accusative: one, few, many }
}

const fn feminine(
    one: &'static str,
    one_accusative: &'static str,
    few: &'static str,
    many: &'static str,
) -> Noun {
    Noun { gender: Gender::Feminine, one, one_accusative, few, many }
}

pub(in crate::speech) const THOUSAND: Noun = feminine("тысяча", "тысячу", "тысячи", "тысяч");
pub(in crate::speech) const MILLION: Noun = masculine("миллион", "миллиона", "миллионов");
pub(in crate::speech) const BILLION: Noun = masculine("миллиард", "миллиарда", "миллиардов");

pub(in crate::speech) const ROUBLE: Noun = masculine("рубль", "рубля", "рублей");
pub(in crate::speech) const KOPECK: Noun = feminine("копейка", "копейку", "копейки", "копеек");
pub(in crate::speech) const TENGE: Noun = masculine("тенге", "тенге", "тенге");
pub(in crate::speech) const TIYN: Noun = masculine("тиын", "тиына", "тиынов");
pub(in crate::speech) const DOLLAR: Noun = masculine("доллар", "доллара", "долларов");
pub(in crate::speech) const CENT: Noun = masculine("цент", "цента", "центов");
pub(in crate::speech) const EURO: Noun = masculine("евро", "евро", "евро");

pub(in crate::speech) const HOUR: Noun = masculine("час", "часа", "часов");
pub(in crate::speech) const MINUTE: Noun = feminine("минута", "минуту", "минуты", "минут");
pub(in crate::speech) const SECOND: Noun = feminine("секунда", "секунду", "секунды", "секунд");

const OTHERS: [Noun; 10] = [
    masculine("день", "дня", "дней"),
    masculine("месяц", "месяца", "месяцев"),
    masculine("год", "года", "лет"),
    masculine("платёж", "платежа", "платежей"),
    masculine("звонок", "звонка", "звонков"),
    masculine("счёт", "счёта", "счетов"),
    masculine("договор", "договора", "договоров"),
    masculine("долг", "долга", "долгов"),
    feminine("неделя", "неделю", "недели", "недель"),
    feminine("попытка", "попытку", "попытки", "попыток"),
];

/// Nouns that are counted in writing and by `obzvon say`; the packs have no clips of them.
/// Animate ones are left out: their accusative is the genitive, the numeral's too («двух клиентов»), which no form here says.
const UNRECORDED: [Noun; 18] = [
    masculine("раз", "раза", "раз"),
    masculine("процент", "процента", "процентов"),
    masculine("документ", "документа", "документов"),
    masculine("кредит", "кредита", "кредитов"),
    masculine("номер", "номера", "номеров"),
    masculine("вопрос", "вопроса", "вопросов"),
    masculine("ответ", "ответа", "ответов"),
    feminine("копия", "копию", "копии", "копий"),
    feminine("заявка", "заявку", "заявки", "заявок"),
    feminine("жалоба", "жалобу", "жалобы", "жалоб"),
    feminine("квартира", "квартиру", "квартиры", "квартир"),
    feminine("карта", "карту", "карты", "карт"),
    feminine("штука", "штуку", "штуки", "штук"),
    neuter("сообщение", "сообщения", "сообщений"),
    neuter("письмо", "письма", "писем"),
    neuter("окно", "окна", "окон"),
    neuter("обращение", "обращения", "обращений"),
    neuter("место", "места", "мест"),
];

/// The nouns that can be counted, for who asked for another one.
pub(in crate::speech) fn noun_names() -> Vec<&'static str> {
    let numbers = [THOUSAND, MILLION, BILLION];
    known_nouns().chain(UNRECORDED).chain(MONEY).chain(numbers).map(|noun| noun.one).collect()
}

const MONEY: [Noun; 7] = [ROUBLE, KOPECK, TENGE, TIYN, DOLLAR, CENT, EURO];

/// Every noun a flow may count, days first: the pack's script follows this order.
pub(in crate::speech) fn known_nouns() -> impl Iterator<Item = Noun> {
    OTHERS.into_iter().chain([HOUR, MINUTE, SECOND])
}

/// Finds a noun by any of its forms, in any case of letters, with ё or е.
pub(in crate::speech) fn noun(word: &str) -> Option<Noun> {
    let fold = |text: &str| text.trim().to_lowercase().replace('ё', "е");
    let word = fold(word);
    let mut nouns = known_nouns().chain(UNRECORDED).chain(MONEY).chain([THOUSAND, MILLION, BILLION]);
    nouns.find(|noun| {
        [noun.one, noun.one_accusative, noun.few, noun.many].iter().any(|form| fold(form) == word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_follows_the_last_two_digits() {
        let days: Vec<_> = [0, 1, 2, 4, 5, 11, 12, 14, 20, 21, 22, 25, 100, 101, 111, 112, 1011]
            .map(|n| noun("день").unwrap().form(n, Case::Nominative))
            .into();
        let expected = "дней день дня дня дней дней дней дней дней день дня дней дней день дней дней дней";
        assert_eq!(days.join(" "), expected);
    }

    #[test]
    fn a_noun_is_found_by_any_form() {
        assert_eq!(noun("Платеж").unwrap().many, "платежей");
        assert_eq!(noun("лет").unwrap().one, "год");
        assert_eq!(noun("писем").unwrap().form(2, Case::Nominative), "письма");
        assert_eq!(noun("раз").unwrap().form(22, Case::Nominative), "раза");
        assert!(noun("слон").is_none());
        assert!(noun_names().contains(&"сообщение"));
    }
}
