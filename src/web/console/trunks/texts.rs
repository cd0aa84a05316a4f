//! The words of the trunks' page in both languages.

use crate::domain::Language;

/// Every word of this page.
#[derive(Debug)]
pub struct Texts {
    pub trunks: &'static str,
    pub how: &'static str,
    pub none: &'static str,
    pub trunk: &'static str,
    pub peer: &'static str,
    pub lines: &'static str,
    pub cps: &'static str,
    pub health: &'static str,
    pub well: &'static str,
    pub half_open: &'static str,
    pub open: &'static str,
    pub no_address: &'static str,
    pub registration: &'static str,
    pub by_address: &'static str,
    pub not_yet: &'static str,
    pub probe: &'static str,
    pub probe_now: &'static str,
    pub probing: &'static str,
    pub second: &'static str,
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }
}

static EN: Texts = Texts {
    trunks: "Trunks",
    how: "Calls a second: allowed now by the trunk's health, of what the carrier allows. A probe asks with OPTIONS; any answer but 408 and 503 means that somebody is there.",
    none: "No trunk yet: describe one in config/trunks.toml and send SIGHUP.",
    trunk: "Trunk",
    peer: "Peer",
    lines: "Lines",
    cps: "Calls a second",
    health: "Takes calls",
    well: "yes",
    half_open: "a trial at a time",
    open: "no",
    no_address: "no: its name has no address",
    registration: "Registration",
    by_address: "by address",
    not_yet: "not yet",
    probe: "Last probe",
    probe_now: "Probe",
    probing: "is asked…",
    second: "s",
};

static RU: Texts = Texts {
    trunks: "Транки",
    how: "Звонков в секунду: сколько сейчас можно по состоянию транка и сколько разрешил оператор связи. Проба спрашивает OPTIONS; любой ответ, кроме 408 и 503, значит, что там кто-то есть.",
    none: "Транков ещё нет: опишите транк в config/trunks.toml и отправьте SIGHUP.",
    trunk: "Транк",
    peer: "Адрес",
    lines: "Линии",
    cps: "Звонков в секунду",
    health: "Принимает звонки",
    well: "да",
    half_open: "по одному на пробу",
    open: "нет",
    no_address: "нет: у имени нет адреса",
    registration: "Регистрация",
    by_address: "по адресу",
    not_yet: "ещё нет",
    probe: "Последняя проба",
    probe_now: "Проба",
    probing: "ждём ответа…",
    second: "с",
};
