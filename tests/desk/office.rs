//! A house with an agent's desk: the daemon as a program of its own, debtors behind a carrier, a user for the agent.

use std::os::unix::fs::PermissionsExt as _;

use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier_config::CarrierConfig;

use crate::house::{House, REMINDERS, Running, config, until, zone_of_noon};

/// Other systems' token.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const PASSWORD: &str = "correct horse";

/// A debtor of the list.
pub struct Debtor<'a> {
    pub name: &'a str,
    pub creditor: &'a str,
}

/// The number of the `n`-th debtor. Not one of the test house's own, which are searched for in the log.
pub fn number(n: usize) -> String {
    format!("+7916{n:07}")
}

/// A house where anna's phone is at this address, if she has one, and the campaign is dialled in this mode.
pub fn house(carrier: Option<&Carrier>, mode: &str, phone: Option<u16>) -> House {
    let contact = format!("sip:anna@127.0.0.1:{}", phone.unwrap_or(9));
    let config = plan(carrier, mode).set("agents.toml", "agent.anna.contact", contact).set(
        "agents.toml",
        "agent.anna.leg",
        if phone.is_some() { "nailed_up" } else { "per_call" },
    );
    furnished(config)
}

/// Its configuration, but for how calls reach anna.
pub fn plan(carrier: Option<&Carrier>, mode: &str) -> CarrierConfig {
    let address = carrier.map_or(([127, 0, 0, 1], 9).into(), Carrier::addr);
    config(address)
        .set("obzvon.toml", "api.token_file", "token")
        .set("agents.toml", "wrap_up_s", 120)
        .set("agents.toml", "pause.lunch.limit_s", 3_600)
        .set("agents.toml", "pause.break.limit_s", 900)
        .set("agents.toml", "queue.collectors.skills", Vec::<String>::new())
        .set("agents.toml", "queue.lawyers.skills", Vec::<String>::new())
        .set("agents.toml", "agent.anna.display", "Анна К.")
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned()])
        .set(REMINDERS, "channel", "agent_call")
        .set(REMINDERS, "mode", mode)
        .set(REMINDERS, "flow", "overflow")
        .set(REMINDERS, "agents.queue", "collectors")
}

/// A house by this configuration, with its users.
pub fn furnished(config: CarrierConfig) -> House {
    let house = House::new(config);
    house.write("config/token", TOKEN);
    let secret = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(house.path("config/token"), secret).expect("a file of our own");
    for (login, role) in
        [("anna", "agent"), ("zoya", "agent"), ("auditor", "auditor"), ("boss", "supervisor")]
    {
        house.add_user(login, role, PASSWORD);
    }
    house
}

/// Imports debtors, the first one first in the queue, and starts the campaign.
pub fn import(house: &House, debtors: &[Debtor<'_>]) {
    let zone = zone_of_noon();
    let mut csv = "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for (n, debtor) in debtors.iter().enumerate() {
        let (name, creditor) = (quoted(debtor.name), quoted(debtor.creditor));
        let (phone, roubles) = (number(n), 9_000 - 100 * n);
        csv += &format!("d{n};p{n};{name};{phone};{zone};forgetful;{creditor};{roubles},50;2026-01-15\n");
    }
    house.write("list.csv", &csv);
    let list = house.path("list.csv");
    house.run(&["import", list.to_str().expect("UTF-8")]);
    house.run(&["campaign", "start", "reminders"]);
}

pub fn start(house: &House) -> Running {
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    daemon
}
