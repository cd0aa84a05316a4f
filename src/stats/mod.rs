//! Actions against reactions, each ratio with its numerator and denominator. Floor 1, sans-IO.

mod assign;
mod attribution;
mod cut;
mod day;
mod definition;
mod early_warning;
mod economics;
mod effect;
mod figure;
mod kpi;
mod pareto;
mod proposal;
mod sheet;
mod tally;
mod uplift;
mod wear;

pub use assign::{Holds, assign};
pub use attribution::{Action, Attribution, Windows, credit};
pub use cut::{Cut, WearBy};
pub use day::{DayStep, DaySteps};
pub use definition::{DEFINITIONS, Definition, definition};
pub use early_warning::{Warning, WarningPlan, is_last_whole, judge_spending, whole_months};
pub use economics::{
    Contract, Month, MonthFacts, Prices, Worth, month, part_of_month, shares_of_part, trend, worth,
};
pub use effect::{ActionRow, Axis, EffectRow, effect_table};
pub use figure::{Confidence, Estimate, Ratio, Sample};
pub use kpi::{
    AbandonmentOf, Counts, KPIS, Kpi, KpiDefinition, KpiUnit, SERVICE_LEVEL_S, decimal_sign, kpis,
};
pub use pareto::{ParetoPoint, pareto};
pub use proposal::{Doing, Proposal, proposals};
pub use sheet::{Chart, Column, Line, LineChart, RangeChart, Sheet, SheetCell, SheetKind};
pub use tally::{
    ACCOUNT, ACCOUNT_MONTH, AGENT_PAID, ActionFact, Age, Basis, CALL, COST, CallFact, Cell, Counted,
    Counting, DayPart, DebtFacts, EFFECT, Key, NEVER, OpenCall, OutsideFact, PAYMENT, PaymentFact,
    PromiseState, REACTIONS, STATE, STATE_STEP, STEP, STEP_S, Spans, StateCall, StateFact, TALK, TALLIES,
    TalkFact, Tally, USE, WAIT, What, count, count_change, count_open, count_stretch, day_of, linked_in,
    month_of, step_begins, step_of,
};
pub use uplift::{Arm, Experiment, Uplift, is_held_out, uplift};
pub use wear::{ENOUGH, Wear, WearRow, wear};
