//! baresip without a head: a phone that answers by itself, keeps what it hears, and presses keys when told.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::{NamedTempFile, TempDir};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// A running baresip.
pub struct Phone {
    home: TempDir,
    process: Child,
    control: TcpStream,
    /// The sound it plays, kept as long as it lives.
    _played: Option<NamedTempFile>,
    #[allow(dead_code, reason = "not every test calls it directly")]
    pub sip_port: u16,
}

/// The bridge of baresip 1.0.0 starts its player anew when a call is held, and the source beside it never speaks again: who holds
/// has a sound of his own.
const SILENT: &str = "audio_source aubridge,phone";

/// An account at a registrar.
#[allow(dead_code, reason = "not every test has a registrar")]
pub struct Account<'a> {
    pub password: &'a str,
    pub registrar: SocketAddr,
    /// `udp` or `tcp`.
    pub transport: &'a str,
}

#[allow(dead_code, reason = "each test uses its own part")]
impl Phone {
    /// Starts a phone with the account `user` that answers every call at once.
    pub async fn start(user: &str) -> Self {
        Self::with(&format!("<sip:{user}@127.0.0.1>;regint=0"), SILENT).await
    }

    /// Starts one that plays this sound (8 kHz) from the answer on.
    pub async fn that_plays(user: &str, sound: &[i16]) -> Self {
        Self::playing(&format!("<sip:{user}@127.0.0.1>;regint=0"), sound).await
    }

    /// Starts one that registers with an account and plays this sound.
    pub async fn registering_that_plays(user: &str, account: &Account<'_>, sound: &[i16]) -> Self {
        Self::playing(&of_record(user, account), sound).await
    }

    async fn playing(account: &str, sound: &[i16]) -> Self {
        let file = tempfile::Builder::new().suffix(".wav").tempfile().expect("a file");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(file.path(), spec).expect("a WAV");
        sound.iter().for_each(|sample| wav.write_sample(*sample).expect("it is written"));
        wav.finalize().expect("it is whole");
        let source = format!("module aufile.so\naudio_source aufile,{}", file.path().display());
        let phone = Self::with(account, &source).await;
        Self { _played: Some(file), ..phone }
    }

    /// Starts a phone that registers with an account.
    pub async fn registering(user: &str, account: &Account<'_>) -> Self {
        Self::with(&of_record(user, account), SILENT).await
    }

    async fn with(account: &str, source: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let (sip_port, control_port) = (free_udp_port(), free_tcp_port());
        let folder = home.path().display();
        // The bridge plays into nothing but its own source: a sound card in the same process, paced by a timer.
        let config = format!(
            "poll_method epoll\nsip_listen 127.0.0.1:{sip_port}\nnet_interface 127.0.0.1\n\
             audio_player aubridge,phone\n{source}\nrtp_ports 32100-32700\n\
             module_path {}\nmodule g711.so\nmodule aubridge.so\nmodule sndfile.so\nmodule_tmp account.so\n\
             module_app menu.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control_port}\nsnd_path {folder}\n",
            modules().display()
        );
        let account = format!("{account};answermode=auto;audio_codecs=pcma\n");
        std::fs::write(home.path().join("config"), config).expect("a config");
        std::fs::write(home.path().join("accounts"), account).expect("an account");
        let process = Command::new("baresip")
            .arg("-f")
            .arg(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("baresip is installed (scripts/test installs it)");
        let control = timeout(Duration::from_secs(15), connect(control_port))
            .await
            .expect("baresip opens its control port");
        Self { home, process, control, sip_port, _played: None }
    }

    /// Presses keys as telephone events.
    pub async fn press(&mut self, keys: &str) {
        self.command("sndcode", keys).await;
    }

    /// Calls a URI.
    pub async fn dial(&mut self, uri: &str) {
        self.command("dial", uri).await;
    }

    /// Asks that its call be handed on (REFER).
    pub async fn transfer(&mut self, uri: &str) {
        self.command("transfer", uri).await;
    }

    /// Ends its call.
    pub async fn hang_up(&mut self) {
        self.command("hangup", "").await;
    }

    /// Puts its call on hold (re-INVITE), or takes it off.
    pub async fn hold(&mut self, held: bool) {
        self.command(if held { "hold" } else { "resume" }, "").await;
    }

    /// Speaks no more: what it hears would come back as an echo.
    pub async fn mute(&mut self) {
        self.command("mute", "").await;
    }

    /// Waits until the phone tells of this event.
    pub async fn until(&mut self, event: &str) {
        let mut told = String::new();
        let mut buffer = [0; 4096];
        while !told.contains(event) {
            let read = timeout(Duration::from_secs(120), self.control.read(&mut buffer)).await;
            let length = read.expect("the event comes").expect("baresip lives");
            assert!(length > 0, "baresip has quit");
            told.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }

    /// Ends the phone and hands over what it heard: 16-bit samples at 8 kHz.
    pub async fn heard(self) -> Vec<i16> {
        self.heard_and_said().await.0
    }

    /// The same, and what it sent, both from the beginning of the call on.
    pub async fn heard_and_said(mut self) -> (Vec<i16>, Vec<i16>) {
        self.command("quit", "").await;
        timeout(Duration::from_secs(10), self.process.wait()).await.expect("baresip quits").expect("it ran");
        (self.kept("-dec.wav"), self.kept("-enc.wav"))
    }

    fn kept(&self, ending: &str) -> Vec<i16> {
        let files = std::fs::read_dir(self.home.path()).expect("its folder");
        let kept = files
            .filter_map(|file| Some(file.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with(ending))
            // A phone that had a short call besides has a file of that too.
            .max_by_key(|path| std::fs::metadata(path).map(|about| about.len()).unwrap_or_default())
            .expect("a recording of what it heard and sent");
        let mut wav = hound::WavReader::open(kept).expect("a WAV");
        assert_eq!((wav.spec().sample_rate, wav.spec().channels), (8000, 1));
        wav.samples::<i16>().map(|sample| sample.expect("a sample")).collect()
    }

    async fn command(&mut self, command: &str, params: &str) {
        let text = format!("{{\"command\":\"{command}\",\"params\":\"{params}\"}}");
        // A netstring.
        let bytes = format!("{}:{text},", text.len());
        self.control.write_all(bytes.as_bytes()).await.expect("baresip listens");
    }
}

fn of_record(user: &str, Account { password, registrar, transport }: &Account<'_>) -> String {
    let address = format!("<sip:{user}@{registrar};transport={transport}>;auth_user={user}");
    format!("{address};auth_pass={password};regint=120")
}

async fn connect(port: u16) -> TcpStream {
    loop {
        match TcpStream::connect(("127.0.0.1", port)).await {
            Ok(stream) => return stream,
            // It is still starting; it has no way to say when it is ready.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

fn modules() -> PathBuf {
    let places = ["/usr/lib/baresip/modules", "/usr/lib64/baresip/modules", "/usr/local/lib/baresip/modules"];
    places.iter().map(PathBuf::from).find(|path| path.is_dir()).expect("baresip's modules")
}

fn free_udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

fn free_tcp_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}
