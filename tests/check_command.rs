//! `obzvon check` on calendars that end, and on what it warns of.
#![allow(clippy::disallowed_methods, reason = "how long a calendar lasts is told from today")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use obzvon::config::{Config, Environment, loosened_by};
use obzvon::demo::carrier_config::CarrierConfig;

/// What `obzvon check` says of the shipped configuration when the Russian calendar ends on this day.
fn check(horizon: &str, arguments: &[&str]) -> String {
    check_with(horizon, arguments, |_| {})
}

/// The same, after something else was changed in the folder.
fn check_with(horizon: &str, arguments: &[&str], change: impl FnOnce(&Path)) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let config = dir.path().join("config");
    copy(Path::new("config"), &config);
    let file = config.join("rules/ru.toml");
    let rules = fs::read_to_string(&file).expect("the shipped rules");
    let line = rules.lines().find(|line| line.starts_with("horizon")).expect("a horizon");
    // A later year has its days off, or the horizon would be refused.
    let year: i16 = horizon[..4].parse().expect("a year");
    let more: String = (2027..=year).map(|year| format!("\"{year}-01-01\", ")).collect();
    let rules = rules.replace(line, &format!("horizon = \"{horizon}\"")).replacen(
        "off = [",
        &format!("off = [{more}"),
        1,
    );
    fs::write(&file, rules).expect("our own rules");
    change(&config);
    let output = run(&config, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What the command says of a configuration that takes the shipped prompts.
fn run(config: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .args(["check", "--config"])
        .arg(config)
        .args(arguments)
        .env("OBZVON__PROMPTS__DIR", Path::new("prompts").canonicalize().expect("the prompts"))
        .output()
        .expect("the program runs")
}

/// What it says of the shipped configuration with something changed, when it refuses that.
fn refused_with(arguments: &[&str], change: impl FnOnce(&Path)) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let config = dir.path().join("config");
    copy(Path::new("config"), &config);
    change(&config);
    let output = run(&config, arguments);
    assert_eq!(output.status.code(), Some(78), "{output:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8")
}

/// The flow of the folder with one text in the place of another.
fn edit(config: &Path, flow: &str, from: &str, to: &str) {
    let file = config.join(flow);
    let text = fs::read_to_string(&file).expect("a shipped file");
    assert!(text.contains(from), "{from}");
    fs::write(&file, text.replacen(from, to, 1)).expect("our own file");
}

/// The first warning that has this key.
fn warning<'a>(told: &'a serde_json::Value, key: &str) -> &'a serde_json::Value {
    let warnings = told["warnings"].as_array().expect("warnings");
    warnings.iter().find(|warning| warning.get(key).is_some()).unwrap_or_else(|| panic!("no {key}: {told}"))
}

/// A horizon far enough not to be told of.
fn lasting() -> String {
    let now = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let year = now.date().year() + 2;
    format!("{year}-12-31")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn a_calendar_that_has_ended_is_told_and_one_that_lasts_is_not() {
    let ended = check("2020-12-31", &["--lang", "en"]);
    assert!(ended.contains("warning: calendar RU has ended"), "{ended}");
    let ended = check("2020-12-31", &["--lang", "ru"]);
    assert!(ended.contains("предупреждение: календарь RU кончился"), "{ended}");
    let ended: serde_json::Value = serde_json::from_str(&check("2020-12-31", &["--json"])).expect("JSON");
    let warning = warning(&ended, "calendar");
    assert_eq!(warning["calendar"], "RU");
    assert!(warning["days_left"].as_i64().expect("a number") < 0);
    let lasts = check(&lasting(), &["--lang", "en"]);
    assert!(!lasts.contains("calendar RU"), "{lasts}");
}

#[test]
fn what_no_flow_may_say_is_refused() {
    let flow = "flows/reminder_current.yaml";
    let change = |config: &Path| {
        // Words that the pack has, so that nothing else is wrong.
        edit(config, flow, "\"Is this", "\"This is a payment reminder. Is this");
    };
    let told = refused_with(&["--lang", "en"], change);
    assert!(told.contains("flow reminder_current: steps.who.ask.en: \"payment\" tells of a debt"), "{told}");
    let json: serde_json::Value = serde_json::from_str(&refused_with(&["--json"], change)).expect("JSON");
    assert_eq!((&json["sound"], &json["mistakes"][0]["flow"]), (&false.into(), &"reminder_current".into()));

    let silent = refused_with(&["--lang", "en"], |config| {
        edit(
            config,
            flow,
            "Это ваш личный номер? Если да, нажмите один. Если нет, нажмите два.",
            "Чтобы вернуться, нажмите девять.",
        );
    });
    assert!(silent.contains("does not ask who listens") && silent.contains("who → 1 → verified"), "{silent}");

    let unsaid = refused_with(&["--lang", "en"], |config| {
        edit(config, flow, "С вами говорит робот номер один.", "Это автоматический звонок.");
    });
    assert!(unsaid.contains("is declared the notice name and has none of its words"), "{unsaid}");

    let undeclared = refused_with(&["--lang", "en"], |config| {
        edit(config, flow, "    notice: [robot, name, recording]\n", "");
    });
    assert!(undeclared.contains("the notice robot must be told before the first question"), "{undeclared}");

    let listless = refused_with(&["--lang", "en"], |config| {
        fs::remove_file(config.join("flows/words/ru.txt")).expect("a shipped list");
    });
    assert!(listless.contains("flows/words/ru.txt") && listless.matches("ru.txt").count() == 1, "{listless}");
}

#[test]
fn a_flow_of_another_name_of_no_version_or_of_an_unknown_queue_is_refused_by_both_checks() {
    let change = |config: &Path| {
        edit(config, "flows/overflow.yaml", "version: 3", "version: 0");
        edit(config, "flows/reminder_current.yaml", "queue: collectors", "queue: colectors");
        fs::copy(config.join("flows/apology.yaml"), config.join("flows/sorry.yaml")).expect("a copy");
        edit(config, "flows/sorry.yaml", "flow: apology", "flow: excuse");
    };
    let told = refused_with(&["--lang", "en"], change);
    let name = "flow: the flow is called excuse and its file sorry: both have one name";
    let version = "version: versions are counted from 1";
    assert!(told.contains(name) && told.contains(version), "{told}");
    let told = refused_with(&["--lang", "en"], |config| {
        edit(config, "flows/reminder_current.yaml", "queue: collectors", "queue: colectors");
    });
    assert!(told.contains("colectors"), "{told}");
    let dir = tempfile::tempdir().expect("a folder");
    let config = dir.path().join("config");
    copy(Path::new("config"), &config);
    change(&config);
    let output = Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .args(["flow", "check", "--lang", "en", "--config"])
        .arg(&config)
        .output()
        .expect("the program runs");
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(78), "{told}");
    let queue = "steps.operator.connect.queue: agents.toml has no queue colectors; did you mean collectors?";
    for mistake in [name, version, queue] {
        assert!(told.contains(mistake), "{mistake}: {told}");
    }
}

#[test]
fn a_trunk_elsewhere_that_loopback_addresses_keep_out_of_reach_is_warned_of() {
    let told = check("2026-12-31", &["--lang", "en"]);
    for key in ["sip.bind", "media.ip"] {
        let line = format!("warning: trunk main is not on this machine, and {key} is an address");
        assert!(told.contains(&line), "{key}: {told}");
    }
    let told = check_with("2026-12-31", &["--lang", "en"], |config| {
        let file = config.join("trunks.toml");
        let trunks = fs::read_to_string(&file).expect("the shipped trunks");
        fs::write(&file, trunks.replace("sip.example.com", "127.0.0.1")).expect("our own trunks");
    });
    assert!(!told.contains("is not on this machine"), "{told}");
}

#[test]
fn a_message_that_a_flow_promises_and_nobody_hears_of_is_warned_of() {
    let promised =
        "warning: campaign forgetful: step pay_link of flow reminder_overdue promises the message pay_link";
    let told = check(&lasting(), &["--lang", "en"]);
    assert_eq!(told.matches(promised).count(), 1, "{told}");
    let json: serde_json::Value = serde_json::from_str(&check(&lasting(), &["--json"])).expect("JSON");
    assert_eq!(warning(&json, "unsent")["flow"], "reminder_current", "the flows by their names");
    let heard = |creditors: &str| with_endpoint(creditors, &[]);
    assert!(!heard("").contains(promised), "every creditor's events are told");
    assert!(heard("creditors = [\"Северный Банк\"]").contains(promised), "not those of every creditor");
}

/// What is said, in English, where a bank's system hears of these creditors, and these lines are added to files.
fn with_endpoint(creditors: &str, added: &[(&str, &str)]) -> String {
    check_with(&lasting(), &["--lang", "en"], |config| {
        let key = format!("whsec_{}", "QUJD".repeat(10));
        fs::write(config.join("hook.key"), key).expect("a key");
        let closed = fs::Permissions::from_mode(0o600);
        fs::set_permissions(config.join("hook.key"), closed).expect("our file");
        let hook = format!(
            "[endpoint.bank]\nurl = \"https://bank.example/hook\"\nsecret_file = \"hook.key\"\n{creditors}\n"
        );
        fs::write(config.join("writeback.toml"), hook).expect("our own endpoint");
        for (file, lines) in added {
            let file = config.join(file);
            let text = fs::read_to_string(&file).expect("a shipped file");
            fs::write(&file, format!("{text}\n{lines}\n")).expect("our own file");
        }
    })
}

#[test]
fn a_dispute_that_no_system_of_the_creditor_takes_is_warned_of() {
    let key = "warning: campaign forgetful: step dispute of flow reminder_overdue opens a dispute";
    let desk = "disposition dispute of the desk opens a dispute";
    let anna = ("agents.toml", "[agent.anna]\nleg = \"browser\"\n");
    let told = check(&lasting(), &["--lang", "en"]);
    assert_eq!(told.matches(key).count(), 1, "{told}");
    assert!(!told.contains(desk), "nobody works at a desk: {told}");
    let json: serde_json::Value = serde_json::from_str(&check(&lasting(), &["--json"])).expect("JSON");
    assert_eq!(warning(&json, "unasked")["campaign"], "forgetful");
    let bank = with_endpoint("creditors = [\"Северный Банк\"]", &[anna]);
    assert!(bank.contains(key) && bank.contains(desk), "the others' nobody takes: {bank}");
    assert!(bank.contains("disposition paid of the desk opens a dispute"), "{bank}");
    assert!(bank.contains("disposition link of the desk promises the message pay_link"), "{bank}");
    let everybody = with_endpoint("", &[anna]);
    assert!(!everybody.contains("opens a dispute") && !everybody.contains("pay_link"), "{everybody}");
}

#[test]
fn a_creditor_whom_the_pack_cannot_say_is_warned_of() {
    let told = |creditors: &str| {
        check_with(&lasting(), &["--lang", "en"], |config| {
            let file = config.join("campaigns/forgetful.toml");
            let campaign = fs::read_to_string(&file).expect("the shipped campaign");
            let line = campaign.lines().find(|line| line.starts_with("creditors = []")).expect("creditors");
            let named = campaign.replace(line, &format!("creditors = {creditors}"));
            fs::write(&file, named).expect("our own campaign");
        })
    };
    let said = told("[\"Северный Банк\", \"Водоканал Приречья\"]");
    assert!(said.contains("the ru pack cannot say the debts to \"Водоканал Приречья\""), "{said}");
    assert!(!said.contains("cannot say the debts to \"Северный Банк\""), "{said}");
    assert!(!told("[]").contains("cannot say"));
}

#[test]
fn a_phone_that_rings_too_late_for_a_predictive_campaign_is_warned_of() {
    let change = |config: &Path| {
        let file = config.join("agents.toml");
        let agents = fs::read_to_string(&file).expect("the shipped agents");
        let anna = "[agent.anna]\nleg = \"per_call\"\n\n[agent.boris]\nleg = \"nailed_up\"\n";
        fs::write(&file, format!("{agents}\n{anna}")).expect("our own agents");
        let file = config.join("campaigns/forgetful.toml");
        let campaign = fs::read_to_string(&file).expect("the shipped campaign");
        let campaign = campaign.replace("channel = \"ivr\"", "channel = \"agent_call\"");
        let campaign = campaign.replace("mode = \"agentless\"", "mode = \"predictive\"");
        fs::write(&file, campaign + "\n[agents]\nqueue = \"collectors\"\n").expect("our own campaign");
    };
    let line = fs::read_to_string("config/agents.toml").expect("the shipped agents").lines().count() + 3;
    let said = check_with(&lasting(), &["--lang", "en"], change);
    let wanted = format!(
        "warning: agents.toml:{line}: agent.anna.leg: campaign forgetful is predictive: this phone rings only when"
    );
    assert!(said.contains(&wanted) && !said.contains("agent.boris.leg"), "{said}");
    let said = check_with(&lasting(), &["--lang", "ru"], change);
    assert!(
        said.contains("предупреждение: agents.toml:") && said.contains("кампания forgetful предиктивная")
    );
    let told: serde_json::Value =
        serde_json::from_str(&check_with(&lasting(), &["--json"], change)).expect("JSON");
    assert_eq!(warning(&told, "key")["code"], "rings_late");
}

#[test]
fn phones_that_need_not_be_heard_first_are_warned_of() {
    let told = |leg: &'static str| {
        let change = |config: &Path| {
            let file = config.join("agents.toml");
            let agents = fs::read_to_string(&file).expect("the shipped agents");
            let agents = agents.replace("phone_silence_ms = 2000", "phone_silence_ms = 0");
            let anna = format!("[agent.anna]\nleg = \"{leg}\"\nskills = [\"language:ru\"]\n");
            fs::write(&file, format!("{agents}\n{anna}")).expect("our own agents");
        };
        check_with(&lasting(), &["--lang", "en"], change)
    };
    let shipped = fs::read_to_string("config/agents.toml").expect("the shipped agents");
    let line =
        shipped.lines().position(|line| line.starts_with("phone_silence_ms")).expect("it is there") + 1;
    let wanted = format!("warning: agents.toml:{line}: phone_silence_ms: with 0 a phone");
    assert!(told("per_call").contains(&wanted), "{}", told("per_call"));
    assert!(!told("nailed_up").contains("phone_silence_ms"));
}

#[test]
fn hours_that_are_never_open_are_warned_of() {
    let shut = "[[rule]]\nid = \"house.hours\"\ntype = \"window\"\nhours = { mon = \"\", tue = \"\", wed = \"\", thu = \"\", \
                fri = \"\", sat = \"\", sun = \"\", holiday = \"\" }\n";
    let close = |config: &Path| fs::write(config.join("limits.toml"), shut).expect("our own limits");
    let told = check_with(&lasting(), &["--lang", "en"], close);
    assert!(
        told.contains("with limits.toml: the hours together are never open: nobody will be called"),
        "{told}"
    );
    let told = check_with(&lasting(), &["--json"], close);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(warning(&told, "nobody_passes")["nobody_passes"], "the hours together are never open");
}

/// The shipped configuration with a trunk, a token and an endpoint whose secrets this shell does not have.
fn without_secrets(dir: &Path) {
    copy(Path::new("config"), dir);
    let add = |file: &str, after: &str, more: &str| {
        let text = fs::read_to_string(dir.join(file)).expect("a shipped file");
        assert!(text.contains(after), "{file} has no {after}");
        fs::write(dir.join(file), text.replacen(after, &format!("{after}\n{more}"), 1))
            .expect("our own file");
    };
    add("trunks.toml", "[trunk.main]", "user = \"obzvon\"\npassword_env = \"A_SECRET_THAT_NOBODY_SET\"");
    fs::write(
        dir.join("writeback.toml"),
        "[endpoint.bank]\nurl = \"https://bank.example/hook\"\nsecret_env = \"A_SECRET_THAT_NOBODY_SET\"\n",
    )
    .expect("our own endpoint");
}

#[test]
fn commands_that_place_no_call_need_no_secret_of_calls() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = dir.path().join("config");
    without_secrets(&config);
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_obzvon"))
            .args(args)
            .arg("--config")
            .arg(&config)
            .env("OBZVON__PROMPTS__DIR", Path::new("prompts").canonicalize().expect("the prompts"))
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for command in [
        &["report", "channels"][..],
        &["export", "attempts"],
        &["campaign", "list"],
        &["hold", "add", "nobody", "stop_requested", "--evidence", "said so"],
    ] {
        let (code, said) = run(command);
        assert!(
            code != Some(78) && !said.contains("A_SECRET_THAT_NOBODY_SET"),
            "{command:?}: {code:?} {said}"
        );
    }
    for command in [&["check"][..], &["run"], &["call", "+79990000000", "--flow", "reminder_overdue"]] {
        let (code, said) = run(command);
        assert!(said.contains("A_SECRET_THAT_NOBODY_SET"), "{command:?}: {said}");
        assert_eq!(code, Some(78), "{command:?}: {said}");
    }
}

#[test]
fn by_what_a_robot_knows_the_debtor_is_warned_of() {
    let told = |identity: &'static str| {
        check_with(&lasting(), &["--lang", "en"], move |config| {
            let file = config.join("campaigns/forgetful.toml");
            let campaign = fs::read_to_string(&file).expect("the shipped campaign");
            fs::write(&file, campaign.replace("identity = \"number\"\n", identity))
                .expect("our own campaign");
        })
    };
    let shipped = told("identity = \"number\"\n");
    assert!(
        shipped.contains("campaign forgetful: identity = \"number\": who cannot be called by his name"),
        "{shipped}"
    );
    let unwritten = told("");
    let nobody = "identity = \"name\", and prompts.toml has no engine.ru: nobody can be asked by his name";
    assert!(unwritten.contains(nobody), "{unwritten}");
}

#[test]
fn to_let_a_robot_ask_for_the_number_alone_is_looser() {
    let load = |identity: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        CarrierConfig::around(([127, 0, 0, 1], 9).into(), Path::new("prompts"))
            .expect("the packs")
            .campaign("reminders")
            .set("campaigns/reminders.toml", "identity", identity)
            .write(Path::new("config"), folder.path())
            .expect("written");
        Config::load(folder.path(), &Environment::new()).expect("sound")
    };
    let (name, number) = (load("name"), load("number"));
    let what: Vec<_> = loosened_by(&name, &number).iter().map(ToString::to_string).collect();
    assert_eq!(what, ["reminders: a robot need not call the debtor by his name before the debt is told"]);
    assert!(loosened_by(&number, &name).is_empty() && loosened_by(&number, &number).is_empty());
}
