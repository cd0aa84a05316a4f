//! What the figures suggest. Nothing here changes anything: a supervisor puts it into the configuration, or leaves it.

use std::collections::BTreeMap;

use super::{ActionRow, Confidence, DayPart, ENOUGH, Estimate, Ratio, wear};
use crate::domain::{Channel, DebtorType};

/// A suggestion with the figures it rests on.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "proposal")]
pub enum Proposal {
    /// The channel is worn out: after so many uses without a payment another one should follow.
    ChangeChannel {
        channel: Channel,
        after_uses: u32,
        /// Uses with a payment in the window: of the first, and of the first worn one.
        first: Ratio,
        worn: Ratio,
        /// The channel whose first use surely brings more than the worn one: the best of other systems', else of ours.
        then: Option<Channel>,
        then_first: Option<Ratio>,
    },
    /// Persons of a type are reached better in a part of the day than in all others together.
    DayPart {
        channel: Channel,
        debtor_type: DebtorType,
        #[serde(serialize_with = "code")]
        part: DayPart,
        /// Actions in which the debtor confirmed who he is: in this part, and in the others.
        here: Ratio,
        elsewhere: Ratio,
        /// By how much of a share more; all intervals of the list hold at once in 95 cases of 100.
        more: Estimate,
    },
}

/// What follows from a proposal once it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// After so many uses of the channel on a debtor without a reaction the creditor's systems are asked for another.
    ChangeChannel { channel: Channel, after_uses: u16, then: Channel },
    /// Debtors of the type are called over the channel in this part of their day.
    DayPart { channel: Channel, debtor_type: DebtorType, part: DayPart },
}

impl Doing {
    /// The code in the database and on the command line: `change_channel:ivr:3:sms`, `day_part:ivr:idler:evening`.
    pub fn code(self) -> String {
        match self {
            Self::ChangeChannel { channel, after_uses, then } => {
                format!("change_channel:{}:{after_uses}:{}", channel.code(), then.code())
            }
            Self::DayPart { channel, debtor_type, part } => {
                format!("day_part:{}:{}:{}", channel.code(), debtor_type.code(), part.code())
            }
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        let parts: Vec<&str> = code.split(':').collect();
        match parts[..] {
            ["change_channel", channel, after_uses, then] => Some(Self::ChangeChannel {
                channel: Channel::parse(channel)?,
                after_uses: after_uses.parse().ok()?,
                then: Channel::parse(then)?,
            }),
            ["day_part", channel, debtor_type, part] => Some(Self::DayPart {
                channel: Channel::parse(channel)?,
                debtor_type: DebtorType::parse(debtor_type)?,
                part: DayPart::ALL.into_iter().find(|it| it.code() == part)?,
            }),
            _ => None,
        }
    }
}

impl Proposal {
    /// What would follow if it were put into force; `None`: nothing we can do. Only other systems are asked for another channel,
    /// we choose the time of our own calls alone, and nobody is called at night.
    pub fn doing(&self) -> Option<Doing> {
        match *self {
            Self::ChangeChannel { channel, after_uses, then, .. } => {
                let then = then.filter(|then| !then.is_ours() && channel != Channel::InboundCall)?;
                Some(Doing::ChangeChannel { channel, after_uses: u16::try_from(after_uses).ok()?, then })
            }
            Self::DayPart { part: DayPart::Night | DayPart::Unknown, .. } => None,
            Self::DayPart { channel, debtor_type, part, .. } => {
                channel.is_ours().then_some(Doing::DayPart { channel, debtor_type, part })
            }
        }
    }
}

fn code<S: serde::Serializer>(part: &DayPart, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(part.code())
}

/// What follows from the wear of the channels, judged by payments, and from the actions by part of the day (the last of
/// `by` in each row is its code).
pub fn proposals(uses: &[(Channel, Vec<Ratio>)], by_day_part: &[ActionRow]) -> Vec<Proposal> {
    let mut found: Vec<Proposal> =
        uses.iter().filter_map(|(channel, by_use)| change(*channel, by_use, uses)).collect();
    found.extend(day_parts(by_day_part));
    found
}

fn change(channel: Channel, by_use: &[Ratio], all: &[(Channel, Vec<Ratio>)]) -> Option<Proposal> {
    let nth = wear(by_use).worn_from?;
    let after_uses = nth - 1;
    let worn = *by_use.get(usize::try_from(after_uses).ok()?)?;
    let others = all.iter().filter(|(other, _)| *other != channel);
    let firsts: Vec<(Channel, Ratio)> = others
        .filter_map(|(other, uses)| Some((*other, *uses.first()?)))
        .filter(|(_, first)| first.denominator >= ENOUGH)
        .collect();
    let sure = Confidence::together(firsts.len());
    let better = |first: Ratio| {
        Estimate::difference_of_shares(first, worn, sure).filter(|more| more.low > 0.0).map(|more| more.low)
    };
    let best = firsts
        .into_iter()
        .filter_map(|(other, first)| Some((better(first)?, other, first)))
        .max_by(|(one, a, _), (two, b, _)| b.is_ours().cmp(&a.is_ours()).then(one.total_cmp(two)));
    Some(Proposal::ChangeChannel {
        channel,
        after_uses,
        first: by_use[0],
        worn,
        then: best.map(|(_, other, _)| other),
        then_first: best.map(|(_, _, first)| first),
    })
}

fn day_parts(rows: &[ActionRow]) -> Vec<Proposal> {
    let mut groups: BTreeMap<(Channel, DebtorType), BTreeMap<&str, Ratio>> = BTreeMap::new();
    for row in rows {
        let Some(part) = row.by.last().filter(|part| *part != DayPart::Unknown.code()) else { continue };
        // When he calls is his own affair.
        if row.channel == Channel::InboundCall {
            continue;
        }
        let group = groups.entry((row.channel, row.debtor_type)).or_default();
        let ratio = group.entry(part).or_default();
        ratio.numerator += row.sum("right_party").max(0).unsigned_abs();
        ratio.denominator += row.sum("actions").max(0).unsigned_abs();
    }
    let is_large = |ratio: &Ratio| ratio.denominator >= ENOUGH;
    let compared: usize = groups.values().map(|parts| parts.values().filter(|it| is_large(it)).count()).sum();
    let sure = Confidence::together(compared);
    let best = |(&(channel, debtor_type), parts): (&(Channel, DebtorType), &BTreeMap<&str, Ratio>)| {
        let all = parts.values().fold(Ratio::default(), |sum, it| {
            Ratio::new(sum.numerator + it.numerator, sum.denominator + it.denominator)
        });
        let of = |part: DayPart| {
            let here = parts.get(part.code()).copied().filter(is_large)?;
            let elsewhere = Ratio::new(all.numerator - here.numerator, all.denominator - here.denominator);
            let more =
                Estimate::difference_of_shares(here, elsewhere, sure).filter(|_| is_large(&elsewhere))?;
            (more.low > 0.0).then_some(Proposal::DayPart {
                channel,
                debtor_type,
                part,
                here,
                elsewhere,
                more,
            })
        };
        let low = |it: &Proposal| match it {
            Proposal::DayPart { more, .. } => more.low,
            Proposal::ChangeChannel { .. } => 0.0,
        };
        DayPart::ALL.into_iter().filter_map(of).max_by(|one, two| low(one).total_cmp(&low(two)))
    };
    groups.iter().filter_map(best).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, DebtKind};
    use crate::stats::EFFECT;

    fn row(part: DayPart, right_party: i64, actions: i64) -> ActionRow {
        let mut sums = vec![0; EFFECT.sums.len()];
        sums[EFFECT.sum("right_party").expect("a column")] = right_party;
        sums[EFFECT.sum("actions").expect("a column")] = actions;
        ActionRow {
            channel: Channel::Ivr,
            debtor_type: DebtorType::Forgetful,
            kind: DebtKind::Overdue,
            currency: Currency::Rub,
            by: vec![part.code().to_owned()],
            sums,
        }
    }

    #[test]
    fn a_worn_channel_is_to_be_followed_by_one_that_still_works() {
        let uses = [
            (Channel::Ivr, vec![Ratio::new(400, 2000), Ratio::new(390, 2000), Ratio::new(100, 1500)]),
            (Channel::Sms, vec![Ratio::new(300, 2000)]),
            (Channel::Letter, vec![Ratio::new(9, 20)]),
        ];
        let found = proposals(&uses, &[]);
        let [Proposal::ChangeChannel { channel, after_uses, then, .. }] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((channel, after_uses, then), (Channel::Ivr, 2, Some(Channel::Sms)));
        let agents = (Channel::AgentCall, vec![Ratio::new(900, 2000)]);
        let then_of = |uses: &[(Channel, Vec<Ratio>)]| match proposals(uses, &[])[..] {
            [Proposal::ChangeChannel { then, .. }] => then,
            ref found => panic!("{found:?}"),
        };
        let [ivr, sms, _] = uses;
        assert_eq!(then_of(&[ivr.clone(), agents.clone(), sms]), Some(Channel::Sms), "others can be asked");
        assert_eq!(then_of(&[ivr, agents]), Some(Channel::AgentCall));
    }

    #[test]
    fn what_follows_from_a_proposal_is_known_by_its_code() {
        let (sms, first) = (Some(Channel::Sms), Ratio::new(1, 2));
        let change = |channel, then| Proposal::ChangeChannel {
            channel,
            after_uses: 3,
            first,
            worn: first,
            then,
            then_first: None,
        };
        let doing = change(Channel::Ivr, sms).doing().expect("one of ours");
        assert_eq!(doing.code(), "change_channel:ivr:3:sms");
        assert_eq!(Doing::parse(&doing.code()), Some(doing));
        let told = change(Channel::Letter, sms).doing().map(Doing::code);
        assert_eq!(told.as_deref(), Some("change_channel:letter:3:sms"), "others tell of the letters");
        assert_eq!(change(Channel::Ivr, None).doing(), None);
        assert_eq!(
            change(Channel::Sms, Some(Channel::Ivr)).doing(),
            None,
            "nobody is asked for our own calls"
        );
        let evening = Doing::parse("day_part:ivr:idler:evening").expect("a code");
        assert_eq!(evening.code(), "day_part:ivr:idler:evening");
        assert_eq!(Doing::parse("day_part:ivr:idler:noon"), None);
    }

    #[test]
    fn the_better_part_of_the_day_is_named_and_luck_is_not() {
        let rows = [
            row(DayPart::Morning, 40, 400),
            row(DayPart::Evening, 120, 400),
            row(DayPart::Afternoon, 45, 400),
        ];
        let found = proposals(&[], &rows);
        let [Proposal::DayPart { part, here, elsewhere, .. }] = found[..] else { panic!("{found:?}") };
        assert_eq!((part, here, elsewhere), (DayPart::Evening, Ratio::new(120, 400), Ratio::new(85, 800)));
        let luck =
            [row(DayPart::Morning, 44, 400), row(DayPart::Evening, 50, 400), row(DayPart::Unknown, 400, 400)];
        assert_eq!(proposals(&[], &luck), []);
    }
}
