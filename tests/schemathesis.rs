//! The interface says of itself what is true: Schemathesis asks it as its own document says it may be asked, and otherwise.
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

mod house;

use std::path::Path;
use std::process::Command;

use house::House;
use obzvon::domain::Role;
use reqwest::blocking::Client;
use reqwest::header::SET_COOKIE;
use reqwest::redirect::Policy;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "correct horse";
/// Seconds spent on inventing requests.
const LONG: &str = "60";

/// What the schema lets through may still name nobody, or come at the wrong moment: 404, 409 and 422 are answers then,
/// so that a valid body is taken is no check here.
const NOT_CHECKED: &str = "positive_data_acceptance";

#[test]
fn no_request_breaks_the_interface_or_is_answered_otherwise_than_its_document_says() {
    let house = House::with_interface(TOKEN);
    house.add_user("administrator", Role::Administrator.code(), PASSWORD);
    let daemon = house.start();
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let form = format!("login=administrator&password={}", PASSWORD.replace(' ', "+"));
    let door = client.post(format!("{}/sign-in", daemon.base()));
    let answer =
        door.header("content-type", "application/x-www-form-urlencoded").body(form).send().expect("sent");
    let cookie = answer.headers()[SET_COOKIE].to_str().expect("text");
    let session = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie").1;
    let secrets = format!(
        "[auth.openapi.bearer]\nbearer = \"{TOKEN}\"\n[auth.openapi.session]\napi_key = \"{session}\"\n"
    );
    house.write("schemathesis.toml", &secrets);
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/schemathesis");
    let run = Command::new(program)
        .current_dir(house.path("."))
        .args(["--config-file", "schemathesis.toml", "run"])
        .arg(format!("{}/api/v1/openapi.json", daemon.base()))
        .args(["--header", &format!("Authorization: Bearer {TOKEN}")])
        .args(["--checks", "all", "--exclude-checks", NOT_CHECKED])
        .args(["--max-time", LONG, "--generation-deterministic", "--continue-on-failure", "--no-color"])
        .output()
        .expect("schemathesis is installed (scripts/test installs it)");
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}\n{}", String::from_utf8_lossy(&run.stderr));
    daemon.stop();
}
