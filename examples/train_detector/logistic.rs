//! A linear rule for yes or no, by Newton's method.

use crate::boosting::Case;

/// The bias and the weights (`N + 1` of them).
pub fn fit<const N: usize>(cases: &[Case<N>]) -> Vec<f32> {
    let count = cases.len() as f64;
    let mean: [f64; N] =
        std::array::from_fn(|n| cases.iter().map(|case| f64::from(case.features[n])).sum::<f64>() / count);
    let scale: [f64; N] = std::array::from_fn(|n| {
        let square = |case: &Case<N>| (f64::from(case.features[n]) - mean[n]).powi(2);
        (cases.iter().map(square).sum::<f64>() / count).sqrt().max(1e-6)
    });
    let mut weights = vec![0.0; N + 1];
    for _ in 0..12 {
        let mut matrix = vec![vec![0.0; N + 2]; N + 1];
        for case in cases {
            let x: Vec<f64> = std::iter::once(1.0)
                .chain((0..N).map(|n| (f64::from(case.features[n]) - mean[n]) / scale[n]))
                .collect();
            let odds: f64 = x.iter().zip(&weights).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-odds).exp());
            let truth = if case.yes { 1.0 } else { 0.0 };
            let bend = f64::from(case.weight) * (p * (1.0 - p)).max(1e-6);
            for (row, a) in matrix.iter_mut().zip(&x) {
                row.iter_mut().zip(&x).for_each(|(cell, b)| *cell += bend * a * b);
                row[N + 1] += f64::from(case.weight) * (truth - p) * a;
            }
        }
        for n in 1..=N {
            matrix[n][n] += RIDGE;
            matrix[n][N + 1] -= RIDGE * weights[n];
        }
        weights.iter_mut().zip(solve(matrix)).for_each(|(weight, step)| *weight += step);
    }
    let mut plain: Vec<f32> = (0..N).map(|n| (weights[n + 1] / scale[n]) as f32).collect();
    let bias = weights[0] - (0..N).map(|n| weights[n + 1] * mean[n] / scale[n]).sum::<f64>();
    plain.insert(0, bias as f32);
    plain
}

/// Solves linear equations, the last column being the right side, by elimination.
fn solve(mut matrix: Vec<Vec<f64>>) -> Vec<f64> {
    let size = matrix.len();
    for n in 0..size {
        let pivot = (n..size).max_by(|a, b| matrix[*a][n].abs().total_cmp(&matrix[*b][n].abs())).unwrap_or(n);
        matrix.swap(n, pivot);
        let row = matrix[n].clone();
        for below in &mut matrix[n + 1..] {
            let factor = below[n] / row[n];
            below.iter_mut().zip(&row).skip(n).for_each(|(cell, above)| *cell -= factor * above);
        }
    }
    let mut solution = vec![0.0; size];
    for n in (0..size).rev() {
        let known: f64 = (n + 1..size).map(|m| matrix[n][m] * solution[m]).sum();
        solution[n] = (matrix[n][size] - known) / matrix[n][n];
    }
    solution
}

const RIDGE: f64 = 3.0;
