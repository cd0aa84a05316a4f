//! What may be done to a case, and where it stands afterwards.

use super::Kind;

/// Where a case stands. It ends `closed`, by somebody's act, and may be reopened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nobody has it yet.
    New,
    /// It has an owner.
    InWork,
    /// He has his answer.
    Answered,
    Closed,
}

/// Somebody's act on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// What was written to him.
    Answer {
        text: String,
    },
    /// It is settled. `justified`: he was right. `measure`: what was done about it.
    Close {
        justified: bool,
        measure: String,
    },
    /// What the creditor says to the question that a dispute is: `owed` upholds the debt and leaves the case to its owner,
    /// else the debtor was right; once that is said of every debt in dispute the case is closed. Where there are several, the
    /// debt or the creditor is named: nobody speaks for another.
    Creditor {
        owed: bool,
        /// The debt's id at the creditor.
        debt: Option<String>,
        /// The creditor's name.
        creditor: Option<String>,
        text: String,
    },
    /// It is of another kind; its deadline is that kind's, from the day it was received.
    Kind {
        kind: Kind,
    },
    /// Whom it is about, where that was not known.
    Link {
        person: String,
    },
    Note {
        text: String,
    },
    Reopen {
        why: String,
    },
    /// It gets this owner; the act of one who takes it, or of one who gives it to another.
    Take {
        owner: String,
    },
}

/// The longest words of an act or a case, in letters.
pub const LONGEST_WORDS: usize = 16 * 1024;

/// An act, and how many entries of the case's history whoever does it has read; `None`: he acts without having read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub act: Act,
    pub seen: Option<u64>,
}

impl From<Act> for Deed {
    fn from(act: Act) -> Self {
        Self { act, seen: None }
    }
}

impl Deed {
    /// Whether the history has gone on meanwhile, so that this might undo what its author has not read. A note undoes nothing.
    pub fn is_stale(&self, entries: u64) -> bool {
        !matches!(self.act, Act::Note { .. }) && self.seen.is_some_and(|seen| seen != entries)
    }
}

/// An act without its words, as the history keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActCode {
    Answered,
    /// A question went to the creditor.
    Asked,
    Closed,
    /// The creditor answered.
    Creditor,
    Kind,
    Linked,
    Noted,
    Opened,
    Reopened,
    Taken,
}

/// Why an act was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is closed: only reopening it leads on.
    Closed,
    /// Only a complaint becomes another complaint, only a dispute another dispute.
    OtherSubject,
    /// Nobody of this login works cases.
    NobodyWorksSo,
    /// Nobody has this id or number.
    NobodyHasThisId,
    /// The person is known.
    PersonKnown,
    /// It can't be closed before he has an answer.
    NoAnswer,
    /// It has no owner: take it first.
    NoOwner,
    /// The creditor is asked about disputes alone.
    NotADispute,
    /// The dispute is about no such debt.
    NoSuchDebt,
    /// It is not closed.
    NotClosed,
    /// An act needs its words.
    NoWords,
    /// Its words are longer than [`LONGEST_WORDS`].
    TooLong,
    /// The dispute is about several debts: which one the creditor speaks of must be told.
    WhichDebt,
    /// Somebody has acted on the case since it was read.
    WrittenSince,
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    /// Where the case stands now.
    Done(State),
    NoCase,
    Refused(Refused),
}

impl State {
    pub const ALL: [Self; 4] = [Self::New, Self::InWork, Self::Answered, Self::Closed];

    /// The code in the database, in files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InWork => "in_work",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where a case of `kind` stands after an act; where creditors are asked about several debts, after the word of the last.
    ///
    /// A complaint is closed once it is answered. A dispute may be closed while it is in work too: the debtor may have paid,
    /// or the creditor taken the debt back, and neither is a letter to him.
    ///
    /// # Errors
    /// Why the act can't be done now; nothing has changed then.
    pub fn after(self, kind: Kind, act: &Act) -> Result<Self, Refused> {
        if act.words().is_some_and(|words| words.trim().is_empty()) {
            return Err(Refused::NoWords);
        }
        if act.words().is_some_and(|words| words.chars().count() > LONGEST_WORDS) {
            return Err(Refused::TooLong);
        }
        match (self, act) {
            (Self::Closed, Act::Reopen { .. }) => Ok(Self::InWork),
            (Self::New | Self::InWork | Self::Answered, Act::Reopen { .. }) => Err(Refused::NotClosed),
            // A late letter belongs into the file whatever its state.
            (state, Act::Note { .. }) => Ok(state),
            (
                Self::Closed,
                Act::Answer { .. }
                | Act::Close { .. }
                | Act::Creditor { .. }
                | Act::Kind { .. }
                | Act::Link { .. }
                | Act::Take { .. },
            ) => Err(Refused::Closed),
            (_, Act::Creditor { .. }) if !kind.is_dispute() => Err(Refused::NotADispute),
            (state, Act::Creditor { owed: true, .. }) => Ok(state),
            (Self::New | Self::InWork | Self::Answered, Act::Creditor { owed: false, .. }) => {
                Ok(Self::Closed)
            }
            (_, Act::Kind { kind: becomes }) if becomes.is_dispute() != kind.is_dispute() => {
                Err(Refused::OtherSubject)
            }
            (state, Act::Kind { .. } | Act::Link { .. }) => Ok(state),
            (Self::New, Act::Take { .. }) => Ok(Self::InWork),
            (Self::InWork | Self::Answered, Act::Take { .. }) => Ok(self),
            (Self::New, Act::Answer { .. } | Act::Close { .. }) => Err(Refused::NoOwner),
            // A second answer follows the first one.
            (Self::InWork | Self::Answered, Act::Answer { .. }) => Ok(Self::Answered),
            (Self::Answered, Act::Close { .. }) => Ok(Self::Closed),
            (Self::InWork, Act::Close { .. }) if kind.is_dispute() => Ok(Self::Closed),
            (Self::InWork, Act::Close { .. }) => Err(Refused::NoAnswer),
        }
    }
}

impl Act {
    pub fn code(&self) -> ActCode {
        match self {
            Self::Answer { .. } => ActCode::Answered,
            Self::Close { .. } => ActCode::Closed,
            Self::Creditor { .. } => ActCode::Creditor,
            Self::Kind { .. } => ActCode::Kind,
            Self::Link { .. } => ActCode::Linked,
            Self::Note { .. } => ActCode::Noted,
            Self::Reopen { .. } => ActCode::Reopened,
            Self::Take { .. } => ActCode::Taken,
        }
    }

    /// What somebody wrote.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Answer { text } | Self::Creditor { text, .. } | Self::Note { text } => Some(text),
            Self::Close { measure, .. } => Some(measure),
            Self::Kind { .. } => None,
            Self::Link { person } => Some(person),
            Self::Reopen { why } => Some(why),
            Self::Take { owner } => Some(owner),
        }
    }
}

impl ActCode {
    pub const ALL: [Self; 10] = [
        Self::Opened,
        Self::Asked,
        Self::Creditor,
        Self::Taken,
        Self::Noted,
        Self::Kind,
        Self::Linked,
        Self::Answered,
        Self::Closed,
        Self::Reopened,
    ];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Asked => "asked",
            Self::Closed => "closed",
            Self::Creditor => "creditor",
            Self::Kind => "kind",
            Self::Linked => "linked",
            Self::Noted => "noted",
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Taken => "taken",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }
}

impl Refused {
    pub const ALL: [Self; 14] = [
        Self::Closed,
        Self::NoAnswer,
        Self::NoOwner,
        Self::NoSuchDebt,
        Self::NoWords,
        Self::NobodyWorksSo,
        Self::NobodyHasThisId,
        Self::NotADispute,
        Self::NotClosed,
        Self::OtherSubject,
        Self::PersonKnown,
        Self::TooLong,
        Self::WhichDebt,
        Self::WrittenSince,
    ];

    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::NoAnswer => "no_answer",
            Self::NoOwner => "no_owner",
            Self::NoSuchDebt => "no_debt",
            Self::NoWords => "no_words",
            Self::NobodyWorksSo => "no_such_owner",
            Self::NobodyHasThisId => "no_person",
            Self::NotADispute => "not_a_dispute",
            Self::NotClosed => "not_closed",
            Self::OtherSubject => "other_subject",
            Self::PersonKnown => "person_known",
            Self::TooLong => "too_long",
            Self::WhichDebt => "which_debt",
            Self::WrittenSince => "written_since",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), Just(" \t".to_owned()), Just("said".to_owned())]
    }

    fn acts() -> impl Strategy<Value = Act> {
        let kinds = proptest::sample::select(Kind::ALL.to_vec());
        prop_oneof![
            words().prop_map(|text| Act::Answer { text }),
            (any::<bool>(), words()).prop_map(|(justified, measure)| Act::Close { justified, measure }),
            (any::<bool>(), words()).prop_map(|(owed, text)| Act::Creditor {
                owed,
                debt: None,
                creditor: None,
                text
            }),
            kinds.prop_map(|kind| Act::Kind { kind }),
            words().prop_map(|person| Act::Link { person }),
            words().prop_map(|text| Act::Note { text }),
            words().prop_map(|why| Act::Reopen { why }),
            words().prop_map(|owner| Act::Take { owner }),
        ]
    }

    fn kinds() -> impl Strategy<Value = Kind> {
        proptest::sample::select(Kind::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn nothing_but_a_close_or_the_creditors_word_closes_and_nothing_but_a_reopening_opens(kind in kinds(), script in proptest::collection::vec(acts(), 0..30)) {
            let mut state = State::New;
            for act in script {
                let Ok(next) = state.after(kind, &act) else { continue };
                if next == State::Closed && state != State::Closed {
                    let said = match &act {
                        Act::Close { measure, .. } => measure == "said",
                        Act::Creditor { owed: false, text, .. } => text == "said" && kind.is_dispute(),
                        _ => false,
                    };
                    prop_assert!(said, "{act:?} closed it");
                }
                if state == State::Closed && next != State::Closed {
                    prop_assert!(matches!(act, Act::Reopen { .. }), "{act:?} opened it");
                }
                state = next;
            }
        }

        #[test]
        fn a_complaint_is_never_closed_without_owner_and_answer(script in proptest::collection::vec(acts(), 0..30)) {
            let (mut state, mut taken, mut answered) = (State::New, false, false);
            for act in script {
                let Ok(next) = state.after(Kind::Ordinary, &act) else { continue };
                taken |= matches!(act, Act::Take { .. });
                answered |= matches!(act, Act::Answer { .. });
                // Who reopens it wants another answer.
                answered &= !matches!(act, Act::Reopen { .. });
                prop_assert!(next != State::Closed || taken && (answered || state == State::Closed));
                state = next;
            }
        }
    }

    #[test]
    fn whoever_has_not_read_the_last_entry_undoes_nothing_and_may_add_a_note() {
        let deed = |act: Act, seen| Deed { act, seen };
        let answer = || Act::Answer { text: "said".into() };
        assert!(deed(answer(), Some(2)).is_stale(3));
        assert!(!deed(answer(), Some(3)).is_stale(3));
        assert!(!Deed::from(answer()).is_stale(3), "the creditor's system reads no history");
        assert!(!deed(Act::Note { text: "said".into() }, Some(2)).is_stale(3));
    }

    #[test]
    fn words_without_end_are_refused() {
        let answer = |long: usize| Act::Answer { text: "a".repeat(long) };
        assert_eq!(State::InWork.after(Kind::Ordinary, &answer(LONGEST_WORDS)), Ok(State::Answered));
        assert_eq!(State::InWork.after(Kind::Ordinary, &answer(LONGEST_WORDS + 1)), Err(Refused::TooLong));
    }

    #[test]
    fn a_dispute_may_be_closed_by_hand_once_it_is_paid_and_a_complaint_wants_its_answer() {
        let close = Act::Close { justified: false, measure: "paid".into() };
        assert_eq!(State::InWork.after(Kind::Dispute, &close), Ok(State::Closed));
        assert_eq!(State::InWork.after(Kind::Ordinary, &close), Err(Refused::NoAnswer));
        assert_eq!(State::New.after(Kind::Dispute, &close), Err(Refused::NoOwner));
        let becomes = |kind| Act::Kind { kind };
        assert_eq!(State::New.after(Kind::Ordinary, &becomes(Kind::Regulator)), Ok(State::New));
        assert_eq!(State::New.after(Kind::Ordinary, &becomes(Kind::Dispute)), Err(Refused::OtherSubject));
    }
}
