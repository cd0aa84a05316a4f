//! Chromium without a head, spoken to over the pipes of its debugging protocol: no library, no port.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Words that are harmless as text only.
pub const HOSTILE: [&str; 10] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>alert(1)</script>",
    "</h1></section><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)//<a href=\"javascript:alert(1)\">",
    "<iframe srcdoc=\"<script>parent.alert(1)</script>\">",
];

/// A page in a browser of its own. What goes wrong in the page, an alert, an error of a script, a thing the policy
/// forbids, is kept in `troubles`.
pub struct Page {
    process: Child,
    to: File,
    from: File,
    buffer: VecDeque<u8>,
    session: String,
    last: u64,
    pub troubles: Vec<String>,
    _folder: TempDir,
}

/// Keys that are no characters: name, code, virtual key.
const KEYS: [(&str, u32); 18] = [
    ("Tab", 9),
    ("Enter", 13),
    ("Escape", 27),
    ("F1", 112),
    ("F2", 113),
    ("F3", 114),
    ("F4", 115),
    ("F5", 116),
    ("F6", 117),
    ("F7", 118),
    ("F8", 119),
    ("F9", 120),
    ("F10", 121),
    ("ArrowLeft", 37),
    ("ArrowUp", 38),
    ("ArrowDown", 40),
    ("Backspace", 8),
    ("Space", 32),
];

impl Page {
    /// Opens a browser that asks for pages in this language.
    pub fn open(language: &str) -> Self {
        Self::begin(language, None)
    }

    /// The same, with a microphone into which somebody speaks this file over and over.
    pub fn that_speaks(language: &str, voice: &Path) -> Self {
        Self::begin(language, Some(voice))
    }

    fn begin(language: &str, voice: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (to, from) = (folder.path().join("to"), folder.path().join("from"));
        for pipe in [&to, &from] {
            assert!(Command::new("mkfifo").arg(pipe).status().expect("mkfifo runs").success());
        }
        let ears = match voice {
            Some(_) => {
                "--use-fake-device-for-media-stream --use-fake-ui-for-media-stream --use-file-for-fake-audio-capture=\"$5\""
            }
            None => "",
        };
        let words = format!(
            "exec chromium --headless --no-sandbox --ignore-certificate-errors --disable-gpu --disable-dev-shm-usage {ears} \
             --remote-debugging-pipe --user-data-dir=\"$1\" --lang=\"$2\" --accept-lang=\"$2\" about:blank 3<\"$3\" 4>\"$4\""
        );
        let process = Command::new("sh")
            .args(["-c", &words, "sh"])
            .args([&folder.path().join("profile"), Path::new(language), &to, &from])
            .args(voice)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh runs");
        // The shell opens them in this order, and waits for us each time.
        let to =
            File::options().write(true).open(to).expect("chromium is installed (scripts/test installs it)");
        let from = File::open(from).expect("chromium opens its pipe");
        let (buffer, session, troubles) = (VecDeque::new(), String::new(), Vec::new());
        let mut page = Self { process, to, from, buffer, session, last: 0, troubles, _folder: folder };
        let target = page.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = page.call("Target.attachToTarget", &attach);
        page.session = session["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            page.call(domain, &json!({}));
        }
        let language = json!({ "headers": { "Accept-Language": language } });
        page.call("Network.enable", &json!({}));
        page.call("Network.setExtraHTTPHeaders", &language);
        page.size(1366, 768);
        page
    }

    pub fn size(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// `dark` or `light`.
    pub fn scheme(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", &features);
    }

    pub fn go(&mut self, url: &str) {
        self.call("Page.navigate", &json!({ "url": url }));
        self.until(
            "the page is there",
            "document.readyState === 'complete' && location.href !== 'about:blank'",
        );
    }

    /// The value of an expression in the page.
    pub fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    pub fn text(&mut self, selector: &str) -> String {
        let asked = format!("document.querySelector({}).innerText", json!(selector));
        self.eval(&asked).as_str().expect("text").to_owned()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn until(&mut self, what: &str, expression: &str) {
        let patience = Instant::now() + Duration::from_secs(60);
        // While a page changes there is nothing to ask.
        let asked = format!("(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()");
        while self.eval(&asked) != json!(true) {
            if Instant::now() > patience {
                let shown = self.eval("document.body.innerText");
                panic!("not within 60 s: {what}\n{expression}\n{shown}\ntroubles: {:?}", self.troubles);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses a key, such as `F2`, `Tab`, `7`, or one with `Ctrl+` or `Alt+` before it.
    pub fn press(&mut self, key: &str) {
        let (modifiers, name) = match key.split_once('+') {
            Some(("Alt", name)) => (1, name),
            Some(("Ctrl", name)) => (2, name),
            _ => (0, key),
        };
        let named = KEYS.iter().find(|(known, _)| *known == name);
        let code = named.map_or_else(|| u32::from(name.to_uppercase().as_bytes()[0]), |(_, code)| *code);
        let text = match (name, modifiers) {
            ("Enter", 0) => "\r",
            ("Space", 0) => " ",
            (_, 0) if named.is_none() => name,
            _ => "",
        };
        let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        let mut down = json!({ "type": kind, "key": name, "code": if named.is_some() { name.to_owned() }
            else if name.as_bytes()[0].is_ascii_digit() { format!("Digit{name}") } else { format!("Key{}", name.to_uppercase()) },
            "windowsVirtualKeyCode": code, "modifiers": modifiers });
        if !text.is_empty() {
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", &down);
        down["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", &down);
    }

    /// Types into what has the focus.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Presses Tab until something has the focus.
    #[track_caller]
    pub fn tab_to(&mut self, selector: &str) {
        let there =
            format!("!!document.activeElement && document.activeElement.matches({})", json!(selector));
        for _ in 0..120 {
            if self.eval(&there) == json!(true) {
                return;
            }
            self.press("Tab");
        }
        panic!("Tab does not come to {selector}: {}", self.eval("document.body.innerText"));
    }

    /// Takes a picture of the window, where `OBZVON_SCREENSHOTS` names a folder for them.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("OBZVON_SCREENSHOTS").map(PathBuf::from) else { return };
        let taken = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        let bytes = BASE64_STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("Base64");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a file");
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("chromium listens");
        loop {
            let answer = self.next_message();
            if answer["id"] == json!(self.last) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    /// Keeps what a sound page never does.
    fn note(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Page.javascriptDialogOpening") => {
                self.troubles.push(format!("a dialog, {}: {}", params["type"], params["message"]));
                let session = &self.session;
                let close = json!({ "id": 0, "method": "Page.handleJavaScriptDialog", "sessionId": session,
                    "params": { "accept": true } });
                self.to.write_all(format!("{close}\0").as_bytes()).expect("chromium listens");
            }
            Some("Runtime.exceptionThrown") => {
                self.troubles.push(format!("an exception: {}", params["exceptionDetails"]));
            }
            Some("Log.entryAdded") if params["entry"]["source"] == "security" => {
                self.troubles.push(format!("the policy: {}", params["entry"]["text"]));
            }
            _ => {}
        }
    }

    fn next_message(&mut self) -> Value {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = self.buffer.drain(..=end).collect();
                return serde_json::from_slice(&message[..end]).expect("JSON");
            }
            let mut chunk = [0; 65_536];
            let read = self.from.read(&mut chunk).expect("chromium speaks");
            assert!(read > 0, "chromium has ended");
            self.buffer.extend(&chunk[..read]);
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
