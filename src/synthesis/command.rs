//! An engine that is a program: text in, WAV file out.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::EngineFault;
use super::engine::MOST_MB;
use crate::speech::EnginePlan;

/// Runs the program on one text. What it writes to standard error is thrown away: it may repeat the name.
pub(super) fn say(plan: &EnginePlan, words: &[String], text: &str) -> Result<Vec<u8>, EngineFault> {
    let words: Vec<String> = words.iter().map(|word| plan.fill(word)).collect();
    let (program, args) = words.split_first().expect("the configuration refuses an empty command");
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // A group of its own, so that a shell's children end with it.
    command.process_group(0);
    let start = |source| EngineFault::Start { program: program.clone(), source };
    let mut child = Ended(command.spawn().map_err(start)?);
    let mut into = child.0.stdin.take().expect("it was asked for");
    let out = child.0.stdout.take().expect("it was asked for");
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        scope.spawn(move || {
            let mut bytes = Vec::new();
            let read = out.take(MOST_MB * 1_000_000 + 1).read_to_end(&mut bytes);
            tell.send(read.map(|_| bytes)).ok();
        });
        // An engine that does not read its input to the end is judged by what it says.
        scope.spawn(move || into.write_all(text.as_bytes()).and_then(|()| into.write_all(b"\n")).ok());
        let read = told.recv_timeout(plan.time_limit);
        // Whoever still holds the pipes is ended here, so that both threads come back.
        let status = match read {
            Ok(_) => child.finish(),
            Err(_) => child.kill(),
        };
        let bytes = read
            .map_err(|_| EngineFault::TimeOut(plan.time_limit))?
            .map_err(|source| EngineFault::Talk { source })?;
        if bytes.len() as u64 > MOST_MB * 1_000_000 {
            return Err(EngineFault::TooMuch(MOST_MB));
        }
        let status = status.map_err(|source| EngineFault::Talk { source })?;
        if status.success() { Ok(bytes) } else { Err(EngineFault::Status(status)) }
    })
}

/// A program that has ended when this is dropped, with all it started.
struct Ended(Child);

impl Ended {
    /// Waits for a program that has closed its output: such a one is about to end. One that is not is made to.
    fn finish(&mut self) -> std::io::Result<std::process::ExitStatus> {
        for _ in 0..50 {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            thread::sleep(std::time::Duration::from_millis(2));
        }
        self.kill()
    }

    fn kill(&mut self) -> std::io::Result<std::process::ExitStatus> {
        if let Ok(group) = i32::try_from(self.0.id()) {
            killpg(Pid::from_raw(group), Signal::SIGKILL).ok();
        }
        self.0.wait()
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            self.kill().ok();
        }
    }
}
