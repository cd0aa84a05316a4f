//! Grows boosted trees of three questions each for a yes or no, by second-order logistic boosting on histograms.

use obzvon::detect::{TALK_FEATURES, Tree};

/// A moment of a call: what was known, whether a machine spoke, how much it counts.
#[derive(Clone, Debug)]
pub struct Moment {
    pub features: [f32; TALK_FEATURES],
    pub machine: bool,
    pub weight: f32,
}

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    pub trees: usize,
    pub rate: f32,
    /// Added to each leaf's weight: small leaves say little.
    pub ridge: f32,
    /// A leaf holds at least so much weight (of p (1 - p)).
    pub least: f32,
}

const BINS: usize = 48;

/// Grows the trees; features whose index `allowed` refuses are not asked about.
pub fn grow(moments: &[Moment], growth: Growth, allowed: impl Fn(usize) -> bool) -> Vec<Tree> {
    let cuts: Vec<Vec<f32>> = (0..TALK_FEATURES).map(|feature| cuts(moments, feature)).collect();
    let bins: Vec<[u8; TALK_FEATURES]> = moments
        .iter()
        .map(|moment| std::array::from_fn(|n| cuts[n].partition_point(|cut| *cut < moment.features[n]) as u8))
        .collect();
    let mut odds = vec![0.0_f32; moments.len()];
    let mut chance = 88_172_645_463_325_252_u64;
    (0..growth.trees)
        .map(|_| {
            // Half of the features take part in a tree, so that no single one decides all.
            let part: Vec<usize> = (0..TALK_FEATURES)
                .filter(|feature| {
                    chance ^= chance << 13;
                    chance ^= chance >> 7;
                    chance ^= chance << 17;
                    chance.is_multiple_of(2) && allowed(*feature)
                })
                .collect();
            let tree = Grower { moments, cuts: &cuts, bins: &bins, growth, part: &part }.tree(&odds);
            odds.iter_mut().zip(moments).for_each(|(odds, moment)| {
                *odds += tree.leaves[tree.leaf(&moment.features)];
            });
            tree
        })
        .collect()
}

/// Thresholds that part a feature's values into bins of like size.
fn cuts(moments: &[Moment], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = moments.iter().map(|moment| moment.features[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = (1..BINS).filter_map(|n| values.get(n * values.len() / BINS).copied()).collect();
    cuts.dedup();
    cuts.pop_if(|last| values.last().is_some_and(|most| most <= last));
    cuts
}

struct Grower<'a> {
    moments: &'a [Moment],
    cuts: &'a [Vec<f32>],
    bins: &'a [[u8; TALK_FEATURES]],
    growth: Growth,
    part: &'a [usize],
}

impl Grower<'_> {
    fn tree(&self, odds: &[f32]) -> Tree {
        let slopes: Vec<(f32, f32)> = odds
            .iter()
            .zip(self.moments)
            .map(|(odds, moment)| {
                let p = 1.0 / (1.0 + (-odds).exp());
                let truth = if moment.machine { 1.0 } else { 0.0 };
                (moment.weight * (truth - p), moment.weight * (p * (1.0 - p)).max(1e-6))
            })
            .collect();
        // A question that parts nothing sends all to the left.
        let mut tree = Tree { questions: [(0, f32::MAX); 7], leaves: [0.0; 8] };
        let mut members: Vec<Vec<u32>> = vec![(0..self.moments.len() as u32).collect()];
        for node in 0..7 {
            let all = std::mem::take(&mut members[node]);
            let (left, right) = match self.question(&all, &slopes) {
                Some((feature, bin)) => {
                    tree.questions[node] = (feature as u8, self.cuts[feature][bin]);
                    all.iter().partition(|n| usize::from(self.bins[**n as usize][feature]) <= bin)
                }
                None => (all, Vec::new()),
            };
            members.push(left);
            members.push(right);
        }
        for (leaf, all) in tree.leaves.iter_mut().zip(&members[7..]) {
            let (pull, weight) = sum(all, &slopes);
            *leaf = self.growth.rate * pull / (weight + self.growth.ridge);
        }
        tree
    }

    /// The question that parts these moments best.
    fn question(&self, all: &[u32], slopes: &[(f32, f32)]) -> Option<(usize, usize)> {
        let whole = sum(all, slopes);
        let worth = |(pull, weight): (f32, f32)| pull * pull / (weight + self.growth.ridge);
        let mut best = (1e-3, None);
        for feature in self.part.iter().copied() {
            let mut histogram = [(0.0_f32, 0.0_f32); BINS];
            for n in all {
                let (pull, weight) = slopes[*n as usize];
                let bin = &mut histogram[usize::from(self.bins[*n as usize][feature])];
                *bin = (bin.0 + pull, bin.1 + weight);
            }
            let mut left = (0.0, 0.0);
            for (bin, slope) in histogram.iter().take(self.cuts[feature].len()).enumerate() {
                left = (left.0 + slope.0, left.1 + slope.1);
                let right = (whole.0 - left.0, whole.1 - left.1);
                if left.1.min(right.1) < self.growth.least {
                    continue;
                }
                let gain = worth(left) + worth(right) - worth(whole);
                if gain > best.0 {
                    best = (gain, Some((feature, bin)));
                }
            }
        }
        best.1
    }
}

fn sum(all: &[u32], slopes: &[(f32, f32)]) -> (f32, f32) {
    all.iter().map(|n| slopes[*n as usize]).fold((0.0, 0.0), |sum, slope| (sum.0 + slope.0, sum.1 + slope.1))
}
