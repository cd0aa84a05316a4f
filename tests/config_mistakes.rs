//! What the operator reads when the configuration is wrong: every mistake, in its place, with what would be right.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use obzvon::config::{Config, Environment};
use obzvon::domain::Language;
use obzvon::pacing::Clock;
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// A folder with the smallest sound configuration, some of whose files are replaced.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let sound = [
        ("obzvon.toml", ""),
        ("prompts.toml", ""),
        ("trunks.toml", TRUNK),
        ("campaigns/reminders.toml", "flow = \"hello\"\n"),
        ("flows/hello.yaml", FLOW),
    ];
    for (path, text) in sound.iter().chain(files) {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    dir
}

const TRUNK: &str = "[trunk.main]\nhost = \"192.0.2.1\"\ncaller_ids.allocated = [\"+74950000000\"]\n";

const FLOW: &str = r#"
flow: hello
version: 1
languages: [en]
start: hello
steps:
  hello:
    notice: [robot, recording, name]
    say: { en: "Hello. This is an automated call. The call is recorded." }
    barge_in: false
    then: offer
  offer:
    ask: { en: "To stop these calls, press zero." }
    keys: { 0: stop }
    else: bye
  stop: { do: { complaint: open }, outcome: stop_requested, say: { en: "We will." }, then: hangup }
  bye: { outcome: not_identified, say: { en: "Goodbye." }, then: hangup }
"#;

fn said(dir: &Path, variables: &[(&str, &str)], language: Language) -> String {
    let environment = environment(variables);
    let problems = Config::load(dir, &environment).expect_err("mistakes");
    problems.render(language)
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `UPDATE_GOLDEN=1` writes the file anew.
fn assert_golden(name: &str, said: &str) {
    let path = Path::new("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{said}\n")).expect("a golden file");
    }
    let golden = fs::read_to_string(&path).expect("the golden file is there");
    assert_eq!(said, golden.trim_end(), "{}", path.display());
}

fn broken() -> TempDir {
    let dir = folder(&[
        ("obzvon.toml", include_str!("config_mistakes/obzvon.toml")),
        ("prompts.toml", include_str!("config_mistakes/prompts.toml")),
        ("trunks.toml", include_str!("config_mistakes/trunks.toml")),
        ("campaigns/first.toml", include_str!("config_mistakes/first.toml")),
        ("campaigns/second.toml", include_str!("config_mistakes/second.toml")),
        ("agents.toml", include_str!("config_mistakes/agents.toml")),
        ("limits.toml", include_str!("config_mistakes/limits.toml")),
        ("secrets/accounts", include_str!("config_mistakes/accounts")),
        ("flows/broken.yaml", include_str!("config_mistakes/broken.yaml")),
        ("secrets/open", "everybody may read me\n"),
    ]);
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(dir.path().join("secrets/open"), mode).expect("a mode");
    let closed = fs::Permissions::from_mode(0o600);
    fs::set_permissions(dir.path().join("secrets/accounts"), closed).expect("a mode");
    dir
}

const VARIABLES: [(&str, &str); 3] =
    [("OBZVON__MEDIA__IP", "not an address"), ("OBZVON__DAEMON__LGO", "json"), ("CARRIER_PASSWORD", "")];

#[test]
fn every_mistake_of_every_file_is_said_at_once() {
    assert_golden("config_mistakes.en.txt", &said(broken().path(), &VARIABLES, Language::En));
}

#[test]
fn the_same_is_said_in_russian() {
    assert_golden("config_mistakes.ru.txt", &said(broken().path(), &VARIABLES, Language::Ru));
}

#[test]
fn a_missing_folder_says_which_files_are_missing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let said = said(&dir.path().join("nowhere"), &[], Language::En);
    for file in ["obzvon.toml", "prompts.toml", "trunks.toml", "campaigns", "flows"] {
        assert!(said.contains(&format!("{file}: can't be read: No such file")), "{said}");
    }
}

#[test]
fn what_is_sound_in_a_file_that_is_not_toml_is_still_checked() {
    let dir = folder(&[("obzvon.toml", "[daemon]\nlog = \"loud\"\n[sip\n")]);
    let said = said(dir.path(), &[], Language::En);
    assert!(said.contains("obzvon.toml:2: daemon.log:"), "{said}");
    assert!(said.contains("obzvon.toml:3: is not TOML"), "{said}");
}

#[test]
fn the_smallest_configuration_is_sound_and_stays_on_this_machine() {
    let dir = folder(&[]);
    let config = Config::load(dir.path(), &Environment::new()).expect("sound");
    assert!(config.daemon.http.ip().is_loopback());
    assert!(config.sip.bind.ip().is_loopback());
    assert!(config.media.ip.is_loopback());
    assert_eq!(&*config.campaigns[0].name, "reminders");
    assert_eq!(config.campaigns[0].trunks, [config.trunks[0].name.clone()]);
    assert_eq!(config.preset_of(&config.campaigns[0]).name, "ru-230fz-safe");
}

#[test]
fn a_variable_stands_above_the_file_and_changes_the_version() {
    let dir = folder(&[]);
    let load = |variables| Config::load(dir.path(), &environment(variables)).expect("sound");
    let (plain, other) = (load(&[]), load(&[("OBZVON__TRUNK__MAIN__CPS", "7")]));
    assert_eq!((plain.trunks[0].cps.get(), other.trunks[0].cps.get()), (1, 7));
    assert_ne!(plain.version, other.version);
    assert_eq!(plain.version, load(&[]).version);
}

#[test]
fn a_secret_comes_from_a_variable_or_a_closed_file_and_is_never_shown() {
    let account = |secret: &str| format!("{TRUNK}user = \"u\"\n{secret}\n");
    let by_variable = account("password_env = \"P\"");
    let by_file = account("password_file = \"secrets/p\"");
    for trunk in [by_variable, by_file] {
        // `user` belongs to the trunk: the dotted key before it opened no table.
        let dir = folder(&[("trunks.toml", &trunk), ("secrets/p", "s3cret\n")]);
        let closed = fs::Permissions::from_mode(0o600);
        fs::set_permissions(dir.path().join("secrets/p"), closed).expect("a mode");
        let config = Config::load(dir.path(), &environment(&[("P", "s3cret")])).expect("sound");
        let account = config.trunks[0].account.as_ref().expect("an account");
        assert_eq!(account.password.expose_secret(), "s3cret");
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}

#[test]
fn a_database_url_with_a_password_is_refused_in_the_file_and_taken_from_a_variable() {
    let url = "postgres://u:s3cret@127.0.0.1/o";
    let dir = folder(&[("obzvon.toml", &format!("[storage]\nurl = \"{url}\"\n"))]);
    let said = said(dir.path(), &[], Language::En);
    assert!(said.contains("obzvon.toml:2: storage.url: the URL holds a password"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    let dir = folder(&[]);
    let config = Config::load(dir.path(), &environment(&[("OBZVON__STORAGE__URL", url)])).expect("sound");
    assert_eq!(config.store.url.expose_secret(), url);
}

#[test]
fn https_wants_one_certificate_and_its_own_key() {
    let certificate = include_str!("tls/carrier.pem");
    let told = |https: &str, key: &str| {
        let main = format!("[daemon]\nhttp = \"0.0.0.0:8443\"\n[daemon.https]\n{https}\n");
        let dir = folder(&[("obzvon.toml", &main), ("pages.pem", certificate), ("secrets/key", key)]);
        let closed = fs::Permissions::from_mode(0o600);
        fs::set_permissions(dir.path().join("secrets/key"), closed).expect("a mode");
        Config::load(dir.path(), &Environment::new()).map_err(|problems| problems.render(Language::En))
    };
    let (files, own) = ("certificate_file = \"pages.pem\"\nkey_file = \"secrets/key\"", "self_signed = true");
    let key = include_str!("tls/carrier.key");
    assert!(told(files, key).is_ok_and(|config| config.https.is_some() && config.doubts.is_empty()));
    assert!(told(&format!("{own}\nnames = [\"console.example\"]"), key).is_ok());
    for (https, key, wants) in [
        (
            files,
            include_str!("tls/renewed.key"),
            "obzvon.toml:5: daemon.https.key_file: is not the key of the first",
        ),
        (files, certificate, "obzvon.toml:5: daemon.https.key_file: no key in PEM"),
        (
            &*files.replace("pages.pem", "none.pem"),
            key,
            "obzvon.toml:4: daemon.https.certificate_file: can't be read",
        ),
        (
            &*files.replace("pages.pem", "secrets/key"),
            key,
            "obzvon.toml:4: daemon.https.certificate_file: no certificate",
        ),
        ("certificate_file = \"pages.pem\"", key, "obzvon.toml:3: daemon.https.key_file: is missing"),
        ("key_file = \"secrets/key\"", key, "obzvon.toml:3: daemon.https.certificate_file: is missing"),
        (&*format!("{files}\n{own}"), key, "obzvon.toml:6: daemon.https.self_signed: either a certificate"),
        (
            &*format!("{files}\nnames = [\"a.example\"]"),
            key,
            "obzvon.toml:6: daemon.https.names: only a self-signed",
        ),
        (
            &*format!("{own}\nname = \"a\""),
            key,
            "obzvon.toml:5: daemon.https.name: no such key; did you mean `names`?",
        ),
    ] {
        let said = told(https, key).expect_err("a mistake");
        assert!(said.contains(wants) && said.ends_with("mistakes: 1"), "{wants}\n{said}");
        assert!(!said.contains("PRIVATE KEY-----\nM"), "{said}");
    }
}

#[test]
fn pages_without_https_that_others_can_reach_are_asked_for_and_doubted() {
    let open = "[daemon]\nhttp = \"0.0.0.0:8080\"\nhttp_public = true\n";
    let config = Config::load(folder(&[("obzvon.toml", open)]).path(), &Environment::new()).expect("sound");
    let doubt = config.doubts.render(Language::En);
    assert!(
        doubt.contains("obzvon.toml:2: daemon.http: passwords and debts go to this address unencrypted"),
        "{doubt}"
    );
}

#[test]
fn a_file_that_nobody_reads_is_refused() {
    let dir = folder(&[("limit.toml", ""), ("old/limits.toml", "")]);
    let said = said(dir.path(), &[], Language::En);
    assert_eq!(said, "limit.toml: nobody reads this file; did you mean `limits.toml`?\nmistakes: 1");
}

#[test]
fn the_shipped_configuration_is_sound() {
    let config = Config::load(Path::new("config"), &Environment::new());
    assert!(config.is_ok(), "{}", config.expect_err("mistakes").render(Language::En));
}

fn with_accounts(agents: &str, accounts: &str) -> TempDir {
    let agents = format!("accounts_file = \"secrets/accounts\"\n{agents}");
    let dir = folder(&[("agents.toml", &agents), ("secrets/accounts", accounts)]);
    let closed = fs::Permissions::from_mode(0o600);
    fs::set_permissions(dir.path().join("secrets/accounts"), closed).expect("a mode");
    dir
}

#[test]
fn agents_accounts_are_read_and_their_hashes_never_shown() {
    let md5 = "0123456789abcdef0123456789abcdef";
    let text = format!("# by hand\nanna:obzvon:MD5:{md5}\nanna:obzvon:SHA-256:{md5}{md5}\n");
    let agents = "[agent.anna]\ncontact = \"sip:101@[2001:db8::5]:5070;transport=tcp\"\nskills = [\"language:ru=5\"]\n";
    let dir = with_accounts(agents, &text);
    let config = Config::load(dir.path(), &Environment::new()).expect("sound");
    let (login, account) = config.agents.accounts.first_key_value().expect("an account");
    assert_eq!((login.as_str(), account.md5.map(hex::encode).as_deref()), ("anna", Some(md5)));
    let contact = config.agents.desks[login].contact.as_ref().expect("a contact");
    assert_eq!(
        (contact.user.as_str(), contact.host.as_str(), contact.port),
        ("101", "2001:db8::5", Some(5070))
    );
    assert!(config.agents.plan.agents[login].phone_there);
    assert!(!format!("{config:?}").contains("0123456789"));
}

#[test]
fn what_is_wrong_with_an_account_is_said_without_its_hash() {
    let md5 = "0123456789abcdef0123456789abcdef";
    let text = format!(
        "anna:obzvon:MD5:{md5}\nanna:other:MD5:{md5}\nanna:obzvon:MD4:{md5}\nanna:obzvon:MD5:{md5}1\n"
    );
    let dir = with_accounts("[agent.anna]\n", &text);
    let said = said(dir.path(), &[], Language::En);
    let expected = [
        "a line was made for another `realm`: make it again with `obzvon agent add`",
        "`№ 3` is not a line `login:realm:algorithm:hash`",
        "`№ 4` is not a line `login:realm:algorithm:hash`",
    ];
    for line in expected {
        assert!(said.contains(&format!("agents.toml:1: accounts_file: {line}")), "{said}");
    }
    assert!(!said.contains("0123456789"), "{said}");
}

/// An agent who was taken out must not keep the configuration from being read.
#[test]
fn an_account_of_nobody_is_a_doubt_and_no_mistake() {
    let md5 = "0123456789abcdef0123456789abcdef";
    let dir = with_accounts("[agent.anna]\n", &format!("ana:obzvon:MD5:{md5}\nanna:obzvon:MD5:{md5}\n"));
    let config = Config::load(dir.path(), &environment(&[])).expect("sound");
    let doubts = config.doubts.render(Language::En);
    assert!(doubts.contains("accounts_file: there is no agent `ana`; did you mean `anna`?"), "{doubts}");
    assert!(!doubts.contains("0123456789"), "{doubts}");
}

#[test]
fn the_first_pause_is_the_one_that_stands_first_in_the_file() {
    let pauses = "[pause.lunch]\nlimit_s = 3600\n\n[pause.break]\nlimit_s = 900\n";
    let dir = folder(&[("agents.toml", pauses)]);
    let config =
        Config::load(dir.path(), &environment(&[])).map_err(|problems| problems.render(Language::En));
    assert_eq!(config.expect("sound").agents.first_pause.as_deref(), Some("lunch"));
}

#[test]
fn a_queue_that_a_flow_connects_to_is_there_once_there_are_agents() {
    let flow = FLOW
        .replace("then: offer", "then: person")
        .replace("  offer:", "  person: { connect: { queue: debts, wait: 5s }, no_agent: offer }\n  offer:");
    let agents = "[queue.depts]\n[agent.anna]\n";
    let dir = folder(&[("flows/hello.yaml", &flow), ("agents.toml", agents)]);
    let said = said(dir.path(), &[], Language::En);
    assert!(
        said.contains("agents.toml:1: queue: there is no queue `debts (hello)`; did you mean `depts`?"),
        "{said}"
    );
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Whatever a slip does to a line, the file is sound or the mistake is said; it never panics.
        #[test]
        fn a_slip_in_any_line_is_said_or_harmless(
            file in 0_usize..3,
            line in any::<prop::sample::Index>(),
            slip in prop::sample::select(vec!["", "[", "x = 1", "host = 7", "a.b = []", "cps = -1", "\"", "[trunk.x]"]),
        ) {
            let files = ["obzvon.toml", "trunks.toml", "campaigns/forgetful.toml"];
            let shipped = fs::read_to_string(Path::new("config").join(files[file])).expect("shipped");
            let mut lines: Vec<&str> = shipped.lines().collect();
            let at = line.index(lines.len());
            lines[at] = slip;
            let dir = folder(&[(files[file], &lines.join("\n"))]);
            if let Err(problems) = Config::load(dir.path(), &Environment::new()) {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| !problem.line(Language::Ru).is_empty()));
            }
        }
    }
}

#[test]
fn a_mistyped_trunk_is_one_mistake_and_not_two() {
    let campaign = "flow = \"hello\"\ntrunks = [\"mian\"]\ncaller_ids = [\"+74950000000\"]\n";
    let dir = folder(&[("campaigns/reminders.toml", campaign)]);
    let said = said(dir.path(), &[], Language::En);
    assert!(
        said.contains("campaign.reminders.trunks: there is no trunk `mian`; did you mean `main`?"),
        "{said}"
    );
    assert!(said.ends_with("mistakes: 1"), "{said}");
}

#[test]
fn mistakes_of_writing_and_of_sense_in_a_flow_are_shown_together() {
    let flow = FLOW
        .replace("barge_in", "bargein")
        .replace("else: bye", "else: bie")
        .replace("0: stop }", "0: bye }");
    let dir = folder(&[("flows/hello.yaml", &flow)]);
    let said = said(dir.path(), &[], Language::En);
    for told in
        ["did you mean barge_in?", "did you mean bye?", "no key to stop", "steps.stop: is never reached"]
    {
        assert!(said.contains(told), "{told} is not in\n{said}");
    }
}

#[test]
fn a_campaign_for_agents_is_dialled_for_agents_of_a_queue_and_a_predictive_one_has_it_alone() {
    let agents = ("agents.toml", "[queue.collectors]\nskills = []\n");
    let told = |campaigns: &[(&str, &str)]| {
        let files: Vec<_> = [agents].iter().chain(campaigns).copied().collect();
        said(folder(&files).path(), &[], Language::En)
    };
    let plan = |rest: &str| format!("flow = \"hello\"\nchannel = \"agent_call\"\n{rest}");
    let wrong_mode = plan("mode = \"agentless\"\n");
    assert!(told(&[("campaigns/a.toml", &wrong_mode)]).contains("`progressive` or `predictive`"));
    let mistyped = plan("[agents]\nqueue = \"collector\"\n");
    assert!(told(&[("campaigns/a.toml", &mistyped)]).contains("collectors"));
    let (predictive, progressive) = (plan("mode = \"predictive\"\n"), plan(""));
    let both = [("campaigns/a.toml", &*predictive), ("campaigns/b.toml", &*progressive)];
    assert!(told(&both).contains("no other campaign may have them"));
}

#[test]
fn what_is_wrong_with_how_a_campaign_meets_agents_has_its_line_and_key() {
    let agents = ("agents.toml", "[queue.collectors]\nskills = []\n");
    let told = |rest: &str| {
        let plan = format!(
            "flow = \"hello\"\nchannel = \"agent_call\"\nmode = \"predictive\"\n[agents]\nqueue = \"collectors\"\n{rest}\n"
        );
        said(folder(&[agents, ("campaigns/a.toml", &plan)]).path(), &[], Language::En)
    };
    for (wrong, wanted) in [
        ("shift = \"21:00-09:00\"", "campaigns/a.toml:6: campaign.a.agents.shift: `21:00-09:00`"),
        ("shift = \"9-21\"", "campaigns/a.toml:6: campaign.a.agents.shift: `9-21`"),
        ("deadline_from = \"anser\"", "campaigns/a.toml:6: campaign.a.agents.deadline_from: `anser`"),
        (
            "deadline_from = \"greeting_end\"",
            "campaigns/a.toml:4: campaign.a.agents.greeting_ms: a deadline from",
        ),
        (
            "deadline_from = \"answer\"\ngreeting_ms = 1500",
            "campaigns/a.toml:7: campaign.a.agents.greeting_ms: a deadline from",
        ),
    ] {
        let said = told(wrong);
        assert!(said.contains(wanted), "{wrong}: {said}");
    }
}

#[test]
fn the_deadline_counts_from_the_moment_that_the_campaign_says() {
    let agents = ("agents.toml", "[queue.collectors]\nskills = []\n");
    let counted = |rest: &str| {
        let plan =
            format!("flow = \"hello\"\nchannel = \"agent_call\"\n[agents]\nqueue = \"collectors\"\n{rest}\n");
        let dir = folder(&[agents, ("campaigns/a.toml", &plan)]);
        let config = Config::load(dir.path(), &Environment::new());
        let config = config.map_err(|problems| problems.render(Language::En)).expect("sound");
        config
            .campaign("a")
            .and_then(|plan| Some(plan.dialling.agents()?.clock))
            .expect("a campaign for agents")
    };
    let greeting = std::time::Duration::from_millis(1_500);
    for (rest, clock) in [
        ("", Clock::Verdict),
        ("deadline_from = \"verdict\"", Clock::Verdict),
        ("deadline_from = \"answer\"", Clock::Answer),
        ("deadline_from = \"greeting_end\"\ngreeting_ms = 1500", Clock::GreetingEnd(greeting)),
    ] {
        assert_eq!(counted(rest), clock, "{rest}");
    }
}

#[test]
fn a_preset_of_ones_own_that_is_looser_than_every_law_is_refused() {
    let own = "[preset.mine]\nrules = []\n";
    let core = include_str!("../config/rules/core.toml");
    let campaign = "flow = \"hello\"\npreset = \"mine\"\n";
    let dir = folder(&[
        ("rules/core.toml", core),
        ("rules/mine.toml", own),
        ("campaigns/reminders.toml", campaign),
    ]);
    let said = said(dir.path(), &[], Language::En);
    assert!(said.contains("campaign.reminders.preset: looser than the law of every market"), "{said}");
}

#[test]
fn what_is_wrong_with_rules_of_ones_own_is_said_in_its_file_with_line_and_key() {
    let own = "[calendar.XX]\noff = [\"2026-02-30\"]\n";
    let slips = "[preset.mine]\nextends = [\"ru-230fz-safe\", \"coer\"]\n\
                 [[preset.mine.rules]]\nid = \"mine.day\"\ntype = \"cap\"\ncount = [\"conversation\"]\nlimit = -1\nwindow = \"calendar_day\"\n\
                 [[preset.mine.rules]]\ntype = \"end_guard\"\nminutes = 3\n\
                 [preset.other]\nextends = [\"ru-230fz-safe\"]\ncalendar = \"YY\"\n\
                 [[preset.other.patches]]\nid = \"ru.call.wek\"\nlimit = 1\n\
                 [[preset.other.patches]]\nid = \"ru.call.week\"\nlimit = \"one\"\n\
                 [preset.round]\nextends = [\"round\"]\n";
    let dir = folder(&[
        ("rules/core.toml", include_str!("../config/rules/core.toml")),
        ("rules/ru.toml", include_str!("../config/rules/ru.toml")),
        ("rules/again.toml", "[preset.core]\nrules = []\n"),
        ("rules/days.toml", own),
        ("rules/slips.toml", slips),
    ]);
    let said = said(dir.path(), &[], Language::En);
    for told in [
        ": preset.core: preset \"core\" is defined twice",
        "rules/days.toml:2: calendar.XX.off",
        "rules/slips.toml:2: preset.mine.extends.2: no preset \"coer\"",
        "rules/slips.toml:7: preset.mine.rules.1.limit: ",
        "rules/slips.toml:9: preset.mine.rules.2.id: preset \"mine\": a rule has no id",
        "rules/slips.toml:14: preset.other.calendar: preset \"other\" goes by the calendar \"YY\", which is not there",
        "rules/slips.toml:16: preset.other.patches.1.id: preset \"other\" patches \"ru.call.wek\", which no parent has",
        "rules/slips.toml:20: preset.other.patches.2.limit: ",
        "rules/slips.toml:22: preset.round.extends: preset \"round\" extends itself",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
}

#[test]
fn what_is_wrong_with_a_creditors_hook_has_its_line_and_key_and_never_shows_what_stands_for_the_key() {
    let token = "token_env = \"TOKEN\"";
    let main = format!(
        "[api]\n{token}\n[api.hook.Bank]\ncreditor = \" \"\nsecret_file = \"secrets/bank\"\n\
         [api.hook.other]\nsecret_env = \"OTHER\"\nkey = 1\n\
         [api.hook.third]\ncreditor = \"Третий Банк\"\n"
    );
    let dir = folder(&[("obzvon.toml", &main), ("secrets/bank", "0123456789abcdef\n")]);
    let closed = fs::Permissions::from_mode(0o600);
    fs::set_permissions(dir.path().join("secrets/bank"), closed).expect("a mode");
    let variables = [("TOKEN", "0123456789abcdef0123456789abcdef"), ("OTHER", "whsec_short")];
    let said = said(dir.path(), &variables, Language::Ru);
    for told in [
        "obzvon.toml:3: api.hook.Bank: ",
        "obzvon.toml:4: api.hook.Bank.creditor: ",
        "obzvon.toml:5: api.hook.Bank.secret_file: то, на что указано, не ключ подписи",
        "obzvon.toml:6: api.hook.other.creditor: не указано",
        "api.hook.other.secret_file: то, на что указано, не ключ подписи",
        "obzvon.toml:8: api.hook.other.key: нет такого ключа",
        "obzvon.toml:9: api.hook.third.secret_file: не указано; нужно: файл с ключом подписи",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
    assert!(!said.contains("0123456789abcdef") && !said.contains("whsec_short"), "{said}");
}

#[test]
fn mistakes_between_files_have_their_line_and_key() {
    let agents = "[queue.collectors]\n[queue.callers]\n";
    let plan = |rest: &str| format!("flow = \"hello\"\nchannel = \"agent_call\"\n{rest}");
    let mistyped = plan("name = \"evening\"\n[agents]\nqueue = \"collector\"\n");
    let (own, again) = ("flow = \"hello\"\npreset = \"core\"\n", "name = \"evening\"\nflow = \"hello\"\n");
    let flow = FLOW.replace("flow: hello", "\nflow: hello");
    let dir = folder(&[
        ("agents.toml", agents),
        ("campaigns/a.toml", &mistyped),
        ("campaigns/b.toml", own),
        ("campaigns/c.toml", again),
        ("flows/twice.yaml", &flow),
    ]);
    let said = said(dir.path(), &[], Language::En);
    for told in [
        "campaigns/a.toml:5: campaign.evening.agents.queue: there is no queue `collector`; did you mean `collectors`?",
        "campaigns/b.toml:2: campaign.b.preset: looser than the law of every market",
        "campaigns/c.toml:1: campaign.c.name: `evening` is there twice",
        "flows/twice.yaml:3: flow: `hello` is there twice",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
}
