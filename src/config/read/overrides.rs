//! Values from the environment: `OBZVON__SECTION__KEY` stands above the file's `section.key`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Mistake, Place, Problem};
use crate::domain::nearest;

const PREFIX: &str = "OBZVON__";

/// The process environment as it was given to us, name to value.
pub type Environment = BTreeMap<String, String>;

/// The overrides among the variables, and which keys were asked for.
#[derive(Debug)]
pub(super) struct Overrides {
    /// By folded path.
    given: BTreeMap<String, Given>,
    asked: RefCell<BTreeMap<String, String>>,
}

#[derive(Clone, Debug)]
pub(super) struct Given {
    pub variable: String,
    pub value: String,
}

impl Overrides {
    pub fn of(environment: &Environment) -> Self {
        let from = (Bound::Included(PREFIX.to_owned()), Bound::Unbounded);
        let ours = environment.range(from).map_while(|(variable, value)| {
            let path = variable.strip_prefix(PREFIX)?;
            let path = fold(&path.replace("__", "."));
            Some((path, Given { variable: variable.clone(), value: value.clone() }))
        });
        Self { given: ours.collect(), asked: RefCell::default() }
    }

    /// The override of the key at `path`, if any; the key is known from now on.
    pub fn ask(&self, path: &str) -> Option<&Given> {
        let folded = fold(path);
        let given = self.given.get(&folded);
        self.asked.borrow_mut().insert(folded, path.to_owned());
        given
    }

    /// Hash input: every override that is no secret.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let open = self.given.iter().filter(|(path, _)| *path != "storage.url");
        open.map(|(path, given)| format!("{path}={}\n", given.value))
    }

    /// Overrides nobody asked for: no key has such a path.
    pub fn unknown(&self) -> Vec<Problem> {
        let asked = self.asked.borrow();
        let strays = self.given.iter().filter(|(path, _)| !asked.contains_key(*path));
        let problem = |(path, given): (&String, &Given)| {
            let nearest = nearest(path, asked.keys().map(String::as_str))
                .map(|path| format!("{PREFIX}{}", path.to_uppercase().replace('.', "__")));
            Problem {
                place: Place::Variable(given.variable.clone()),
                key: path.clone(),
                mistake: Mistake::UnknownKey { nearest },
            }
        };
        strays.map(problem).collect()
    }
}

/// Variables know neither case nor hyphens.
fn fold(path: &str) -> String {
    path.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(pairs: &[(&str, &str)]) -> Overrides {
        Overrides::of(&pairs.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    #[test]
    fn a_variable_stands_for_its_path_whatever_the_case_and_hyphens() {
        let overrides = overrides(&[("OBZVON__TRUNK__MAIN_TWO__CPS", "7"), ("PATH", "/bin"), ("ZED", "z")]);
        assert_eq!(overrides.ask("trunk.main-two.cps").map(|given| given.value.as_str()), Some("7"));
        assert!(overrides.unknown().is_empty());
    }

    #[test]
    fn an_override_of_no_known_key_is_a_mistake_with_a_suggestion() {
        let overrides = overrides(&[("OBZVON__DAEMON__HTPP", "x")]);
        assert!(overrides.ask("daemon.http").is_none());
        let said: Vec<String> =
            overrides.unknown().iter().map(|p| p.line(crate::domain::Language::En)).collect();
        assert_eq!(
            said,
            ["$OBZVON__DAEMON__HTPP: daemon.htpp: no such key; did you mean `OBZVON__DAEMON__HTTP`?"]
        );
    }
}
