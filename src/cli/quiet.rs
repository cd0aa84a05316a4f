//! A command whose reader has gone (`obzvon explain … | head -1`) ends quietly: what it was asked for has been given.

use std::any::Any;
use std::io::{Error, ErrorKind};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use crate::store::StoreError;

/// Runs a command. Where it writes to a pipe that nobody reads any more it ends there, and that is no fault; output that
/// can't be written for another reason (a full disk) is one.
///
/// # Errors
/// The command's own.
pub fn run_quietly(command: impl FnOnce() -> anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let told = panic::take_hook();
    // `println!` has no other way to say it; unwinding lets every destructor run.
    panic::set_hook(Box::new(move |panic| {
        if unwritten(panic.payload()).is_none() {
            told(panic);
        }
    }));
    match panic::catch_unwind(AssertUnwindSafe(command)) {
        Ok(Err(fault)) if nobody_reads(&fault) => Ok(ExitCode::SUCCESS),
        Ok(done) => done,
        Err(panic) if is_closed_pipe(&*panic) => Ok(ExitCode::SUCCESS),
        Err(panic) => match unwritten(&*panic) {
            Some(said) => Err(anyhow::Error::msg(said.to_owned())),
            None => panic::resume_unwind(panic),
        },
    }
}

/// What the standard library says when standard output has no reader.
fn is_closed_pipe(payload: &(dyn Any + Send)) -> bool {
    unwritten(payload).is_some_and(|said| said.contains("Broken pipe"))
}

/// What the standard library says when standard output can't be written.
fn unwritten(payload: &(dyn Any + Send)) -> Option<&str> {
    let said = payload.downcast_ref::<String>()?;
    said.starts_with("failed printing to stdout").then_some(said)
}

/// A write of ours met a closed pipe. A database that hung up is another thing.
fn nobody_reads(fault: &anyhow::Error) -> bool {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<Error>().is_some_and(|fault| fault.kind() == ErrorKind::BrokenPipe)
    };
    fault.chain().any(closed) && !fault.chain().any(<dyn std::error::Error>::is::<StoreError>)
}
