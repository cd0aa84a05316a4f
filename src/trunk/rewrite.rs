//! Number rewriting: the forms a carrier wants, by prefix, without patterns.

use crate::domain::PhoneNumber;

/// How the two numbers of a call are written for one trunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewriting {
    /// The number called: the user part of the Request-URI and To.
    pub callee: Vec<Rule>,
    /// The number shown: the user part of From and P-Asserted-Identity.
    pub caller: Vec<Rule>,
}

/// Takes `strip` off the front and puts `add` there. `+7` → `8` makes `+79991234567` into `89991234567`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What the number, with its `+`, must begin with; empty fits every number.
    pub strip: String,
    pub add: String,
}

impl Rewriting {
    /// The called number as the trunk wants it.
    pub fn callee(&self, number: &PhoneNumber) -> String {
        apply(&self.callee, number)
    }

    /// The shown number as the trunk wants it.
    pub fn caller(&self, number: &PhoneNumber) -> String {
        apply(&self.caller, number)
    }
}

/// The first rule that fits is applied, and only that; no rule: E.164 as it is.
fn apply(rules: &[Rule], number: &PhoneNumber) -> String {
    let number = number.as_e164();
    let fit = rules.iter().find_map(|rule| Some((rule, number.strip_prefix(rule.strip.as_str())?)));
    match fit {
        Some((rule, rest)) => format!("{}{rest}", rule.add),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(rules: &[(&str, &str)], number: &str) -> String {
        let rule = |&(strip, add): &(&str, &str)| Rule { strip: strip.into(), add: add.into() };
        let rules = Rewriting { callee: rules.iter().map(rule).collect(), caller: Vec::new() };
        rules.callee(&PhoneNumber::parse(number).expect("E.164"))
    }

    #[test]
    fn the_first_rule_that_fits_is_applied_and_no_other() {
        let rules = [("+7", "8"), ("+", "810"), ("8", "never")];
        assert_eq!(rewritten(&rules, "+79991234567"), "89991234567");
        assert_eq!(rewritten(&rules, "+4989123456"), "8104989123456");
    }

    #[test]
    fn without_a_fitting_rule_the_number_stays_e164() {
        assert_eq!(rewritten(&[], "+79991234567"), "+79991234567");
        assert_eq!(rewritten(&[("+49", "0")], "+79991234567"), "+79991234567");
    }

    #[test]
    fn an_empty_strip_puts_a_technical_prefix_before_every_number() {
        assert_eq!(rewritten(&[("", "1234#")], "+79991234567"), "1234#+79991234567");
    }
}
