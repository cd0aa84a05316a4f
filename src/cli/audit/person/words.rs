//! What outcomes and dispositions are called on a page, in Russian and English.

use crate::domain::{Disposition, Fault, Outcome};

pub fn outcome(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "не завершена / open",
        Some(Outcome::Abandoned) => "ответили, но никто не говорил / abandoned",
        Some(Outcome::Answered) => "ответил человек / answered",
        Some(Outcome::Busy) => "занято / busy",
        Some(Outcome::Cancelled) => "отозван нами / taken back by us",
        Some(Outcome::Failed(Fault::Blocked)) => "заблокирован сетью / blocked by the network",
        Some(Outcome::Failed(Fault::Lost)) => "исход утрачен, считается ответом / lost, counts as answered",
        Some(Outcome::Failed(Fault::Trunk)) => "сбой линии / the trunk's fault",
        Some(Outcome::Failed(Fault::Us)) => "наш сбой / our fault",
        Some(Outcome::InvalidNumber) => "номер не обслуживается или факс / number not in service, or a fax",
        Some(Outcome::Machine) => "автоответчик / machine",
        Some(Outcome::NoAnswer) => "нет ответа / no answer",
        Some(Outcome::Rejected) => "сбросил / declined",
        Some(Outcome::Unwanted) => "помечен нежелательным / marked unwanted",
    }
}

pub fn disposition(disposition: Option<Disposition>) -> &'static str {
    match disposition {
        None => "",
        Some(Disposition::AlreadyPaid) => "говорит, что уже заплатил / says he has paid",
        Some(Disposition::BankruptcyClaimed) => "говорит о банкротстве / claims bankruptcy",
        Some(Disposition::CallbackBooked) => "назначил звонок / booked a call",
        Some(Disposition::Connected) => "говорил с оператором / talked to an agent",
        Some(Disposition::CutOff) => "разговор прерван не им / cut short, not by him",
        Some(Disposition::Dispute) => "оспаривает долг / disputes the debt",
        Some(Disposition::HungUp) => "положил трубку / hung up",
        Some(Disposition::LinkSent) => "попросил ссылку на оплату / asked for a payment link",
        Some(Disposition::NotIdentified) => "личность не подтверждена / not identified",
        Some(Disposition::OperatorAsked) => "попросил оператора / asked for an agent",
        Some(Disposition::PromiseToPay) => "обещал заплатить / promised to pay",
        Some(Disposition::Refused) => "отказался / refused",
        Some(Disposition::Reminded) => "выслушал напоминание / heard the reminder",
        Some(Disposition::StopRequested) => "просил не звонить / asked not to be called",
        Some(Disposition::VoicemailLeft) => "оставлено сообщение / message left",
        Some(Disposition::WrongPerson) => "ответил другой человек / someone else answered",
    }
}
