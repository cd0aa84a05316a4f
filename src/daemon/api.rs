//! Who answers the HTTP API: the house's store, by the same acts as the command line's.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::warn;

use super::cases;
use super::console::answered;
use super::house::House;
use super::quality;
use crate::cases::{Act, CaseFilter, CaseLine, Number};
use crate::domain::{Currency, ToldReaction};
use crate::import::cell;
use crate::store::{
    ExportAct, NewPayment, NewReversal, Paid, Past, PastContact, Recorded, Reversed, StoreError,
};
use crate::web::{
    Api, EventAnswer, Handler, PaymentAnswer, QualityApi, ReversalAnswer, TellEvent, TellPayment,
    TellReversal, Unavailable,
};

/// The API of this house; none without a token.
pub fn api(house: &Arc<House>) -> Option<Api> {
    let token = house.plans.load().config.api.token.clone()?;
    let (events, payments) = (Arc::clone(house), Arc::clone(house));
    let (registers, reads, reversals) = (Arc::clone(house), Arc::clone(house), Arc::clone(house));
    let creditors = Arc::clone(house);
    Some(Api {
        token,
        events: Handler::new(move |told| event(Arc::clone(&events), told)),
        payments: Handler::new(move |told| payment(Arc::clone(&payments), told)),
        reversals: Handler::new(move |told| reversal(Arc::clone(&reversals), told)),
        register_case: Handler::new(move |told| {
            let house = Arc::clone(&registers);
            async move { cases::register(&house, told, "api".to_owned()).await.map_err(unavailable) }
        }),
        creditor_says: Handler::new(move |(number, act): (Number, Act)| {
            let house = Arc::clone(&creditors);
            async move { cases::act(&house, number, act.into(), "creditor".to_owned()).await.map_err(unavailable) }
        }),
        cases: Handler::new(move |filter| {
            let house = Arc::clone(&reads);
            async move { cases_told(&house, filter).await.map_err(unavailable) }
        }),
        quality: quality_api(house),
    })
}

fn quality_api(house: &Arc<House>) -> QualityApi {
    QualityApi {
        form: answered(house, |house: Arc<House>, ()| async move {
            Ok(house.plans.load().config.quality.form.clone())
        }),
        lists: answered(house, |house: Arc<House>, ()| async move { house.store.samples().await }),
        list: answered(house, |house: Arc<House>, list: i64| async move {
            let known = house.store.samples().await?.iter().any(|line| line.id == list);
            Ok(if known { Some(house.store.picked(list).await?) } else { None })
        }),
        review: answered(
            house,
            |house: Arc<House>, filled| async move { quality::review(&house, filled).await },
        ),
        reviews: answered(house, |house: Arc<House>, days| async move {
            Ok(quality::calls(&house, days).await?.it)
        }),
    }
}

/// Whom it is told to is written down first.
async fn cases_told(house: &House, filter: CaseFilter) -> Result<Vec<CaseLine>, StoreError> {
    let said = filter.said();
    let lines = house.store.cases(filter).await?;
    let act = ExportAct {
        at: house.clock.wall(),
        who: "api".to_owned(),
        what: "/api/v1/cases".to_owned(),
        filter: said,
        rows: i64::try_from(lines.len()).ok(),
    };
    house.store.note_export(act).await?;
    Ok(lines)
}

async fn event(house: Arc<House>, told: TellEvent) -> Result<EventAnswer, Unavailable> {
    let now = house.clock.wall();
    if told.at.is_some_and(|at| at > now) {
        return Ok(EventAnswer::Ahead);
    }
    let sum = told.promised_amount.as_deref().map(|text| cell::money(text, Currency::Rub));
    let Ok(sum) = sum.transpose() else { return Ok(EventAnswer::BadPromise) };
    let reaction = ToldReaction { promised_minor: sum.map(|sum| sum.minor), ..told.reaction };
    if !reaction.promise_is_sound(told.at.unwrap_or(now)) {
        return Ok(EventAnswer::BadPromise);
    }
    let contact = PastContact {
        person: told.person,
        phone: told.phone,
        at: told.at,
        kind: told.kind,
        channel_exact: told.channel,
        agent: told.agent,
        creditor: told.creditor,
        debt: told.debt,
        external_id: told.id,
        reaction,
    };
    let past = Past { contacts: vec![contact], source: "api".to_owned(), dry_run: false, strict: true };
    let recorded = house.store.record_past(past, now).await.map_err(unavailable)?;
    Ok(match recorded.first() {
        Some(Recorded::New) => EventAnswer::New,
        Some(Recorded::Known) => EventAnswer::Known,
        Some(Recorded::Differs) => EventAnswer::Differs,
        Some(Recorded::NoCreditor) => EventAnswer::NoCreditor,
        Some(Recorded::NoDebt | Recorded::OfNoDebt { .. }) => EventAnswer::NoDebt,
        Some(Recorded::NoPerson) | None => EventAnswer::NoPerson,
    })
}

pub(super) async fn payment(house: Arc<House>, told: TellPayment) -> Result<PaymentAnswer, Unavailable> {
    let now: Timestamp = house.clock.wall();
    let Ok(amount) = cell::money(&told.amount, told.currency) else { return Ok(PaymentAnswer::Amount) };
    if amount.minor <= 0 {
        return Ok(PaymentAnswer::Amount);
    }
    let payment = NewPayment {
        external_id: told.id,
        creditor: told.creditor,
        debt: told.debt,
        amount,
        paid_at: told.paid_at.unwrap_or(now),
    };
    Ok(match house.store.record_payment(payment, now).await.map_err(unavailable)? {
        Paid::Recorded { closed, .. } => PaymentAnswer::Recorded { closed },
        Paid::BeforeDebt => PaymentAnswer::BeforeDebt,
        Paid::Differs => PaymentAnswer::Differs,
        Paid::InFuture => PaymentAnswer::InFuture,
        Paid::Known => PaymentAnswer::Known,
        Paid::NoDebt => PaymentAnswer::NoDebt,
        Paid::OtherCurrency => PaymentAnswer::OtherCurrency,
    })
}

pub(super) async fn reversal(house: Arc<House>, told: TellReversal) -> Result<ReversalAnswer, Unavailable> {
    let now = house.clock.wall();
    let at = told.at.unwrap_or(now);
    if at > now {
        return Ok(ReversalAnswer::InFuture);
    }
    let reversal = NewReversal {
        creditor: told.creditor,
        payment: told.payment,
        debt: None,
        amount: None,
        at,
        why: told.why,
    };
    Ok(match house.store.reverse_payment(reversal, now).await.map_err(unavailable)? {
        Reversed::Recorded { opened, .. } => ReversalAnswer::Recorded { opened },
        Reversed::BeforePayment => ReversalAnswer::BeforePayment,
        Reversed::Known => ReversalAnswer::Known,
        // Neither sum nor debt was told that could differ.
        Reversed::Differs | Reversed::NoPayment => ReversalAnswer::NoPayment,
    })
}

fn unavailable(fault: StoreError) -> Unavailable {
    warn!(fault = format!("{:#}", anyhow::Error::from(fault)), "the API could not write what it was told");
    Unavailable
}
