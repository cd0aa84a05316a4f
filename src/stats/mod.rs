//! Actions against reactions, each ratio with its numerator and denominator. Floor 1, sans-IO.

mod attribution;
mod definition;
mod early_warning;
mod effect;
mod figure;
mod kpi;
mod pareto;
mod uplift;
mod wear;

pub use attribution::{Action, Attribution, Windows, credit};
pub use definition::{DEFINITIONS, Definition, definition};
pub use early_warning::{Warning, WarningPlan, judge_spending};
pub use effect::{ActionRow, EffectRow, effect_table};
pub use figure::{Confidence, Estimate, Ratio, Sample};
pub use kpi::{Counts, KPIS, Kpi, KpiDefinition, kpis};
pub use pareto::{ParetoPoint, pareto};
pub use uplift::{Arm, Experiment, Uplift, is_held_out, uplift};
pub use wear::{ENOUGH, Wear, WearRow, wear};
