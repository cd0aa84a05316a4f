//! The form: criteria by the script's six stages, each with its weight.

use std::collections::BTreeMap;

use crate::domain::{Language, Stage};

/// One thing that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    pub key: String,
    pub stage: Stage,
    /// What it is called, in Russian and English.
    pub ru: String,
    pub en: String,
    pub weight: u16,
    /// Where it is not met the whole talk has 0, and no payment lifts that.
    pub critical: bool,
}

/// How a criterion was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    Met,
    Partly,
    NotMet,
    /// There was no occasion for it: it counts neither way.
    NotApplicable,
}

/// What a review is filled in by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// In the order they are shown.
    pub criteria: Vec<Criterion>,
}

/// Why marks are no review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// This criterion has no mark.
    Missing(String),
    /// Nothing applied.
    NothingApplies,
    /// The form has no such criterion.
    Unknown(String),
}

impl Unfit {
    /// Why the marks are no review, for people.
    pub fn text(&self, language: Language) -> String {
        match (self, language) {
            (Self::Missing(key), Language::En) => format!("criterion {key} has no mark"),
            (Self::Missing(key), Language::Ru) => format!("у критерия {key} нет оценки"),
            (Self::NothingApplies, Language::En) => {
                "no criterion applied: there is nothing to mark".to_owned()
            }
            (Self::NothingApplies, Language::Ru) => {
                "ни один критерий не был уместен: оценивать нечего".to_owned()
            }
            (Self::Unknown(key), Language::En) => format!("quality.toml has no criterion {key}"),
            (Self::Unknown(key), Language::Ru) => format!("в quality.toml нет критерия {key}"),
        }
    }
}

impl Mark {
    pub const ALL: [Self; 4] = [Self::Met, Self::Partly, Self::NotMet, Self::NotApplicable];

    /// The code in the database and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotApplicable => "na",
            Self::NotMet => "not_met",
            Self::Partly => "partly",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.code() == code)
    }

    /// Halves of the weight that it earns; `None`: it counts neither way.
    pub fn halves(self) -> Option<u32> {
        match self {
            Self::Met => Some(2),
            Self::NotApplicable => None,
            Self::NotMet => Some(0),
            Self::Partly => Some(1),
        }
    }
}

impl Form {
    pub fn criterion(&self, key: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.key == key)
    }

    /// The mark of a talk in basis points (10,000 is all met): the weights earned, a half for "partly", over the weights
    /// that applied; 0 where a critical criterion was not met, which is told beside it.
    ///
    /// # Errors
    /// When a criterion has no mark, or one that has is not in the form.
    pub fn mark(&self, marks: &BTreeMap<String, Mark>) -> Result<(u32, bool), Unfit> {
        if let Some(unknown) = marks.keys().find(|key| self.criterion(key).is_none()) {
            return Err(Unfit::Unknown(unknown.clone()));
        }
        let (mut earned, mut of, mut broken) = (0_u64, 0_u64, false);
        for criterion in &self.criteria {
            let mark = *marks.get(&criterion.key).ok_or_else(|| Unfit::Missing(criterion.key.clone()))?;
            if let Some(halves) = mark.halves() {
                earned += u64::from(halves) * u64::from(criterion.weight);
                of += 2 * u64::from(criterion.weight);
            }
            broken |= criterion.critical && mark == Mark::NotMet;
        }
        if of == 0 {
            return Err(Unfit::NothingApplies);
        }
        let share = u32::try_from(earned * 10_000 / of).expect("at most the whole");
        Ok((if broken { 0 } else { share }, broken))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub fn form() -> Form {
        let criterion = |key: &str, weight, critical| Criterion {
            key: key.into(),
            stage: Stage::Contact,
            ru: key.into(),
            en: key.into(),
            weight,
            critical,
        };
        Form {
            criteria: vec![
                criterion("greets", 1, false),
                criterion("sum", 3, false),
                criterion("lawful", 2, true),
            ],
        }
    }

    fn marks(said: [Mark; 3]) -> BTreeMap<String, Mark> {
        ["greets", "sum", "lawful"].iter().map(|key| (*key).to_owned()).zip(said).collect()
    }

    #[test]
    fn a_mark_is_the_weights_earned_over_those_that_applied() {
        use Mark::{Met, NotApplicable, NotMet, Partly};
        let of = |said| form().mark(&marks(said)).expect("a review");
        assert_eq!(of([Met, Met, Met]), (10_000, false));
        assert_eq!(of([NotMet, Met, Met]), (8_333, false));
        assert_eq!(of([NotMet, Partly, NotApplicable]), (3_750, false));
        assert_eq!(of([Met, Met, NotMet]), (0, true), "a critical one takes all");
        assert_eq!(form().mark(&marks([NotApplicable; 3])), Err(Unfit::NothingApplies));
        let mut short = marks([Met; 3]);
        short.remove("sum");
        assert_eq!(form().mark(&short), Err(Unfit::Missing("sum".into())));
        short.insert("smile".into(), Met);
        assert_eq!(form().mark(&short), Err(Unfit::Unknown("smile".into())));
    }

    proptest! {
        #[test]
        fn a_better_mark_never_lowers_the_whole(said in proptest::array::uniform3(0_usize..3), which in 0_usize..3) {
            let worse = said.map(|at| [Mark::NotMet, Mark::Partly, Mark::Met][at]);
            let mut better = worse;
            better[which] = Mark::Met;
            let of = |said| form().mark(&marks(said)).expect("a review").0;
            prop_assert!(of(better) >= of(worse) && of(better) <= 10_000);
        }
    }
}
