//! Which trunk carries a call.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Instant;

use super::{Circuit, Health, Sign, Slot, Slots, TrunkPlan};
use crate::domain::PhoneNumber;

/// The trunks and how each of them is.
#[derive(Debug)]
pub struct Router {
    /// Present ones, then those a reload took away while calls were up on them.
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    plan: Arc<TrunkPlan>,
    health: Health,
    slots: Slots,
    /// Taken out of the configuration: no new call goes.
    retired: bool,
}

/// What a call asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub number: &'a PhoneNumber,
    /// The campaign's trunks.
    pub allowed: &'a [Arc<str>],
    /// Trunks that failed for this contact just now.
    pub tried: &'a [Arc<str>],
}

/// A trunk to go by, with the slot taken on it.
#[must_use = "the slot has to be given back"]
#[derive(Debug)]
pub struct Route {
    pub trunk: Arc<TrunkPlan>,
    pub slot: Slot,
    /// The one call that tries whether the trunk is well again.
    pub trial: bool,
}

/// Why no trunk carries the call now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoute {
    /// Every trunk that could is at its limit of calls.
    Full,
    /// Every trunk that could is ill; the first to be tried again, where that is known.
    Ill { until: Option<Instant> },
    /// No trunk takes such a number, or each was tried.
    NoTrunk,
}

impl Router {
    pub fn new(plans: impl IntoIterator<Item = Arc<TrunkPlan>>) -> Self {
        Self { lines: plans.into_iter().map(Line::new).collect() }
    }

    /// Takes new plans. A trunk that stays keeps its health and its calls; one that went gets no new call.
    pub fn reload(&mut self, plans: impl IntoIterator<Item = Arc<TrunkPlan>>) {
        for line in &mut self.lines {
            line.retired = true;
        }
        for plan in plans {
            match self.lines.iter_mut().find(|line| line.plan.name == plan.name) {
                Some(line) => line.take(plan),
                None => self.lines.push(Line::new(plan)),
            }
        }
        self.lines.retain(|line| !line.retired || line.slots.taken() > 0);
    }

    /// Chooses a trunk and takes a slot on it: by longest prefix, then priority, then weight, then price. `draw`
    /// is any number, evenly drawn over its whole range; the same one chooses the same trunk.
    ///
    /// # Errors
    /// No error but a reason to wait or give up.
    pub fn route(&mut self, ask: Ask<'_>, draw: u32, now: Instant) -> Result<Route, NoRoute> {
        let carries = |line: &Line| line.prefix(ask).map(|length| (length, line.circuit(now)));
        let carriers: Vec<(usize, usize, Circuit)> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| carries(line).map(|(length, circuit)| (at, length, circuit)))
            .collect();
        let well = |&&(_, _, circuit): &&(usize, usize, Circuit)| !matches!(circuit, Circuit::Open { .. });
        let free: Vec<(usize, usize)> = carriers
            .iter()
            .filter(well)
            .filter(|(at, ..)| !self.lines[*at].slots.is_full())
            .map(|&(at, length, _)| (at, length))
            .collect();
        if free.is_empty() {
            return Err(self.why_none(&carriers));
        }
        let at = self.choose(&free, draw);
        let line = &mut self.lines[at];
        let slot = line.slots.try_take().expect("full lines were left out");
        let trial = line.health.try_pass(now).expect("open circuits were left out");
        Ok(Route { trunk: Arc::clone(&line.plan), slot, trial })
    }

    /// Tells how the trunk did, as soon as the first final or provisional response shows it.
    pub fn hear(&mut self, trunk: &str, sign: Sign, trial: bool, now: Instant) {
        if let Some(line) = self.line(trunk) {
            line.health.hear(sign, trial, now);
        }
    }

    /// Tells what an OPTIONS probe brought.
    pub fn probed(&mut self, trunk: &str, answered: bool, now: Instant) {
        if let Some(line) = self.line(trunk) {
            line.health.probed(answered, now);
        }
    }

    /// Gives the slot of an ended call back.
    pub fn release(&mut self, trunk: &str, slot: Slot) {
        if let Some(line) = self.line(trunk) {
            line.slots.release(slot);
        }
        self.lines.retain(|line| !line.retired || line.slots.taken() > 0);
    }

    /// Every present trunk with its circuit, its health and its calls, for pacing and metrics.
    pub fn trunks(&self) -> impl Iterator<Item = (&Arc<TrunkPlan>, &Health, u32)> {
        let present = self.lines.iter().filter(|line| !line.retired);
        present.map(|line| (&line.plan, &line.health, line.slots.taken()))
    }

    fn line(&mut self, trunk: &str) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| &*line.plan.name == trunk)
    }

    fn why_none(&self, carriers: &[(usize, usize, Circuit)]) -> NoRoute {
        let mut open = carriers.iter().map(|(_, _, circuit)| match circuit {
            Circuit::Open { until } => Some(*until),
            Circuit::Closed | Circuit::HalfOpen => None,
        });
        let all_ill: Option<Vec<Option<Instant>>> = open.by_ref().collect();
        match all_ill {
            Some(untils) if untils.is_empty() => NoRoute::NoTrunk,
            Some(untils) => NoRoute::Ill { until: untils.into_iter().flatten().min() },
            None => NoRoute::Full,
        }
    }

    /// `free`: line and length of the prefix, never empty.
    fn choose(&self, free: &[(usize, usize)], draw: u32) -> usize {
        let routing = |at: usize| &self.lines[at].plan.routing;
        let rank = |&(at, length): &(usize, usize)| (Reverse(length), routing(at).priority);
        let best = free.iter().map(rank).min().expect("someone is free");
        let mut equals: Vec<usize> = free.iter().filter(|one| rank(one) == best).map(|&(at, _)| at).collect();
        let weight = |at: usize| u64::from(routing(at).weight);
        // Weight 0 is the last resort among equals.
        if equals.iter().any(|&at| weight(at) > 0) {
            equals.retain(|&at| weight(at) > 0);
        }
        // Weights that differ are shares. Where nobody set shares, the cheapest goes first.
        if equals.iter().all(|&at| weight(at) == weight(equals[0])) {
            let price = |at: usize| routing(at).cost_per_minute.minor;
            let cheapest = equals.iter().map(|&at| price(at)).min().expect("someone is free");
            equals.retain(|&at| price(at) == cheapest);
        }
        let total: u64 = equals.iter().map(|&at| weight(at).max(1)).sum();
        let mut point = (u64::from(draw) * total) >> 32;
        for &at in &equals {
            match point.checked_sub(weight(at).max(1)) {
                Some(rest) => point = rest,
                None => return at,
            }
        }
        unreachable!("the point lies below the sum of weights")
    }
}

impl Line {
    fn new(plan: Arc<TrunkPlan>) -> Self {
        let (health, slots) = (Health::new(plan.health.clone()), Slots::new(plan.channels));
        Self { plan, health, slots, retired: false }
    }

    fn take(&mut self, plan: Arc<TrunkPlan>) {
        // Another peer is another trunk under the old name: its health is not known yet.
        if self.plan.peer != plan.peer || self.plan.health != plan.health {
            self.health = Health::new(plan.health.clone());
        }
        self.slots.set_limit(plan.channels);
        self.plan = plan;
        self.retired = false;
    }

    fn circuit(&self, now: Instant) -> Circuit {
        self.health.circuit(now)
    }

    /// Length of the longest prefix that fits; `None`: it does not carry this call.
    fn prefix(&self, ask: Ask<'_>) -> Option<usize> {
        let name = &self.plan.name;
        if self.retired || !ask.allowed.contains(name) || ask.tried.contains(name) {
            return None;
        }
        let prefixes = &self.plan.routing.prefixes;
        if prefixes.is_empty() {
            return Some(0);
        }
        let fits = prefixes.iter().filter(|prefix| ask.number.digits().starts_with(prefix.as_str()));
        fits.map(String::len).max()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::num::NonZeroU32;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::testing::{origin, trunk};
    use super::*;
    use crate::domain::{Currency, Money};

    fn router(trunks: Vec<TrunkPlan>) -> (Router, Vec<Arc<str>>) {
        let names = trunks.iter().map(|plan| Arc::clone(&plan.name)).collect();
        (Router::new(trunks.into_iter().map(Arc::new)), names)
    }

    fn number() -> PhoneNumber {
        PhoneNumber::parse("+79991234567").expect("E.164")
    }

    fn chosen(router: &mut Router, allowed: &[Arc<str>], draw: u32) -> Result<String, NoRoute> {
        let ask = Ask { number: &number(), allowed, tried: &[] };
        let route = router.route(ask, draw, origin())?;
        router.release(&route.trunk.name, route.slot);
        Ok(route.trunk.name.to_string())
    }

    fn with(name: &str, change: impl FnOnce(&mut TrunkPlan)) -> TrunkPlan {
        let mut plan = trunk(name);
        change(&mut plan);
        plan
    }

    fn prefixes(list: &[&str]) -> Vec<String> {
        list.iter().map(|&prefix| prefix.to_owned()).collect()
    }

    #[test]
    fn the_longest_prefix_wins_over_priority_and_priority_over_weight() {
        let (mut router, names) = router(vec![
            with("any", |plan| plan.routing.priority = 0),
            with("mobile", |plan| {
                plan.routing.prefixes = prefixes(&["7", "799"]);
                plan.routing.priority = 9;
            }),
            with("country", |plan| plan.routing.prefixes = prefixes(&["7"])),
            with("abroad", |plan| plan.routing.prefixes = prefixes(&["49"])),
        ]);
        assert_eq!(chosen(&mut router, &names, 0).as_deref(), Ok("mobile"));
        let [any, _, country, abroad] = &names[..] else { panic!("four trunks") };
        assert_eq!(chosen(&mut router, &[any.clone(), country.clone()], 0).as_deref(), Ok("country"));
        assert_eq!(chosen(&mut router, std::slice::from_ref(abroad), 0), Err(NoRoute::NoTrunk));
    }

    #[test]
    fn weights_that_differ_are_shares() {
        let weight = |weight| move |plan: &mut TrunkPlan| plan.routing.weight = weight;
        let (mut router, names) =
            router(vec![with("a", weight(3)), with("b", weight(1)), with("c", weight(0))]);
        let mut tally = BTreeMap::new();
        for step in 0..400_u32 {
            let draw = step * (u32::MAX / 400) + u32::MAX / 800;
            *tally.entry(chosen(&mut router, &names, draw).expect("a trunk")).or_insert(0) += 1;
        }
        assert_eq!(tally, BTreeMap::from([("a".to_owned(), 300), ("b".to_owned(), 100)]));
    }

    #[test]
    fn where_nobody_set_shares_the_cheapest_goes_first() {
        let price = |minor| {
            move |plan: &mut TrunkPlan| plan.routing.cost_per_minute = Money::new(minor, Currency::Rub)
        };
        let (mut router, names) = router(vec![with("dear", price(120)), with("cheap", price(90))]);
        for draw in [0, u32::MAX / 2, u32::MAX] {
            assert_eq!(chosen(&mut router, &names, draw).as_deref(), Ok("cheap"));
        }
    }

    #[test]
    fn a_full_trunk_is_passed_over_and_the_last_one_says_so() {
        let one_slot = |plan: &mut TrunkPlan| plan.channels = NonZeroU32::MIN;
        let (mut router, names) = router(vec![
            with("a", one_slot),
            with("b", |plan| {
                one_slot(plan);
                plan.routing.priority = 1;
            }),
        ]);
        let ask = Ask { number: &number(), allowed: &names, tried: &[] };
        let first = router.route(ask, 0, origin()).expect("a trunk");
        let second = router.route(ask, 0, origin()).expect("a trunk");
        assert_eq!((&*first.trunk.name, &*second.trunk.name), ("a", "b"));
        assert_eq!(router.route(ask, 0, origin()).err(), Some(NoRoute::Full));
        router.release("a", first.slot);
        let third = router.route(ask, 0, origin()).expect("a trunk");
        assert_eq!(&*third.trunk.name, "a");
        router.release("a", third.slot);
        router.release("b", second.slot);
    }

    #[test]
    fn an_ill_trunk_is_passed_over_and_says_until_when() {
        let (mut router, names) = router(vec![trunk("a")]);
        let now = origin();
        let retry_after = Some(Duration::from_secs(60));
        router.hear("a", Sign::Fault { retry_after }, false, now);
        let ask = Ask { number: &number(), allowed: &names, tried: &[] };
        let until = Some(now + Duration::from_secs(60));
        assert_eq!(router.route(ask, 0, now).err(), Some(NoRoute::Ill { until }));
    }

    #[test]
    fn a_trunk_that_was_tried_is_not_tried_again() {
        let (mut router, names) = router(vec![trunk("a"), trunk("b")]);
        let ask = Ask { number: &number(), allowed: &names, tried: &names[..1] };
        let route = router.route(ask, 0, origin()).expect("a trunk");
        assert_eq!(&*route.trunk.name, "b");
        router.release("b", route.slot);
    }

    #[test]
    fn a_reload_keeps_calls_and_health_and_retires_what_went() {
        let (mut router, names) = router(vec![trunk("a"), trunk("b")]);
        let now = origin();
        let ask = Ask { number: &number(), allowed: &names, tried: &names[1..] };
        let up = router.route(ask, 0, now).expect("a trunk");
        router.hear("b", Sign::Fault { retry_after: Some(Duration::from_secs(60)) }, false, now);
        router.reload([Arc::new(trunk("b"))]);
        let ask = Ask { number: &number(), allowed: &names, tried: &[] };
        assert!(matches!(router.route(ask, 0, now).err(), Some(NoRoute::Ill { .. })));
        router.release("a", up.slot);
        assert_eq!(router.trunks().count(), 1);
    }

    proptest! {
        #[test]
        fn a_route_never_goes_by_an_open_trunk_nor_above_its_slots(
            script in prop::collection::vec((0_u8..5, 0_usize..3, 0_u64..40, any::<u32>()), 1..300),
        ) {
            let slots = |plan: &mut TrunkPlan| plan.channels = NonZeroU32::new(2).expect("above 0");
            let (mut router, names) = router(vec![with("a", slots), with("b", slots), with("c", slots)]);
            let (mut now, mut up) = (origin(), Vec::new());
            for (what, at, after, draw) in script {
                now += Duration::from_secs(after);
                let name = Arc::clone(&names[at]);
                match what {
                    0 | 1 => {
                        let open: Vec<Arc<str>> = router
                            .trunks()
                            .filter(|(_, health, _)| matches!(health.circuit(now), Circuit::Open { .. }))
                            .map(|(plan, ..)| Arc::clone(&plan.name))
                            .collect();
                        let ask = Ask { number: &number(), allowed: &names, tried: &[] };
                        if let Ok(route) = router.route(ask, draw, now) {
                            prop_assert!(!open.contains(&route.trunk.name));
                            up.push(route);
                        }
                    }
                    2 => router.hear(&name, Sign::Fault { retry_after: None }, false, now),
                    3 => router.hear(&name, Sign::Fault { retry_after: Some(Duration::from_secs(9)) }, false, now),
                    _ => if let Some(route) = up.pop() {
                        router.hear(&route.trunk.name, Sign::Well, route.trial, now);
                        router.release(&route.trunk.name, route.slot);
                    },
                }
                for (plan, _, taken) in router.trunks() {
                    prop_assert!(taken <= 2);
                    prop_assert_eq!(up.iter().filter(|route| route.trunk.name == plan.name).count(), taken as usize);
                }
            }
        }
    }
}
