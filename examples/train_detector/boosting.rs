//! Grows boosted trees of three questions each for yes or no, by second-order logistic boosting on histograms.

use obzvon::detect::Tree;

/// What was known, the truth, how much it counts, and the log-odds that trees are to add to.
#[derive(Clone, Debug)]
pub struct Case<const N: usize> {
    pub features: [f32; N],
    pub yes: bool,
    pub weight: f32,
    pub odds: f32,
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
pub fn grow<const N: usize>(cases: &[Case<N>], growth: Growth, allowed: impl Fn(usize) -> bool) -> Vec<Tree> {
    let cuts: Vec<Vec<f32>> = (0..N).map(|feature| cuts(cases, feature)).collect();
    let bins: Vec<Vec<u8>> = (0..N)
        .map(|n| {
            let bin = |case: &Case<N>| cuts[n].partition_point(|cut| *cut < case.features[n]) as u8;
            cases.iter().map(bin).collect()
        })
        .collect();
    let mut odds: Vec<f32> = cases.iter().map(|case| case.odds).collect();
    let mut chance = 88_172_645_463_325_252_u64;
    (0..growth.trees)
        .map(|_| {
            // Half of the features take part in a tree, so that no single one decides all.
            let part: Vec<usize> = (0..N)
                .filter(|feature| {
                    chance ^= chance << 13;
                    chance ^= chance >> 7;
                    chance ^= chance << 17;
                    chance.is_multiple_of(2) && allowed(*feature)
                })
                .collect();
            let tree = Grower { cases, cuts: &cuts, bins: &bins, growth, part: &part }.tree(&odds);
            odds.iter_mut().zip(cases).for_each(|(odds, case)| {
                *odds += tree.leaves[tree.leaf(&case.features)];
            });
            tree
        })
        .collect()
}

/// Thresholds that part a feature's values into bins of like size.
fn cuts<const N: usize>(cases: &[Case<N>], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = cases.iter().map(|case| case.features[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = (1..BINS).filter_map(|n| values.get(n * values.len() / BINS).copied()).collect();
    cuts.dedup();
    cuts.pop_if(|last| values.last().is_some_and(|most| most <= last));
    cuts
}

struct Grower<'a, const N: usize> {
    cases: &'a [Case<N>],
    cuts: &'a [Vec<f32>],
    /// Of each feature the bins of all cases.
    bins: &'a [Vec<u8>],
    growth: Growth,
    part: &'a [usize],
}

impl<const N: usize> Grower<'_, N> {
    fn tree(&self, odds: &[f32]) -> Tree {
        let slopes: Vec<(f32, f32)> = odds
            .iter()
            .zip(self.cases)
            .map(|(odds, case)| {
                let p = 1.0 / (1.0 + (-odds).exp());
                let truth = if case.yes { 1.0 } else { 0.0 };
                (case.weight * (truth - p), case.weight * (p * (1.0 - p)).max(1e-6))
            })
            .collect();
        // A question that parts nothing sends all to the left.
        let mut tree = Tree { questions: [(0, f32::MAX); 7], leaves: [0.0; 8] };
        let mut members: Vec<Vec<u32>> = vec![(0..self.cases.len() as u32).collect()];
        for node in 0..7 {
            let all = std::mem::take(&mut members[node]);
            let (left, right) = match self.question(&all, &slopes) {
                Some((feature, bin)) => {
                    tree.questions[node] = (feature as u8, self.cuts[feature][bin]);
                    all.iter().partition(|n| usize::from(self.bins[feature][**n as usize]) <= bin)
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

    /// The question that parts these cases best.
    fn question(&self, all: &[u32], slopes: &[(f32, f32)]) -> Option<(usize, usize)> {
        let whole = sum(all, slopes);
        let worth = |(pull, weight): (f32, f32)| pull * pull / (weight + self.growth.ridge);
        let mut best = (1e-3, None);
        for feature in self.part.iter().copied() {
            let bins = &self.bins[feature];
            let mut histogram = [(0.0_f32, 0.0_f32); BINS];
            for n in all {
                let (pull, weight) = slopes[*n as usize];
                let bin = &mut histogram[usize::from(bins[*n as usize])];
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
