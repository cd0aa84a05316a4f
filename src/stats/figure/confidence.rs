//! How sure an interval is to be.

/// The share of cases in which an interval holds the true value, as the half-width in standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    z: f64,
}

impl Confidence {
    /// One interval by itself: 95 in 100 hold the truth.
    pub const ALONE: Self = Self { z: 1.959_963_984_540_054 };

    /// `lines` intervals of one table: in 95 tables of 100 all of them hold the truth at once (Bonferroni). Who reads
    /// the best line of twenty is not misled by luck.
    pub fn together(lines: usize) -> Self {
        let tail = 0.025 / lines.max(1) as f64;
        Self { z: -normal_quantile(tail) }
    }

    /// The half-width of a normal interval, in standard errors.
    pub fn z(self) -> f64 {
        self.z
    }
}

/// The standard normal quantile by Acklam's rational approximation (2003), `p` in 0..0.5; relative error below 1.2e-9.
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let horner = |terms: &[f64], x: f64| terms.iter().fold(0.0, |sum, term| sum * x + term);
    if p < 0.024_25 {
        let q = (-2.0 * p.ln()).sqrt();
        return horner(&C, q) / (horner(&D, q) * q + 1.0);
    }
    let q = p - 0.5;
    let r = q * q;
    horner(&A, r) * q / (horner(&B, r) * r + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_lines_make_each_interval_wider() {
        // Points of the normal distribution: 0.975, 0.9875, 0.995, 0.9975.
        let known = [(1, 1.959_964), (2, 2.241_403), (5, 2.575_829), (10, 2.807_034), (1000, 4.055_627)];
        for (lines, z) in known {
            let found = Confidence::together(lines).z();
            assert!((found - z).abs() < 1e-5, "{lines} lines: {found}, not {z}");
        }
        assert!((Confidence::together(1).z() - Confidence::ALONE.z()).abs() < 1e-8);
    }
}
