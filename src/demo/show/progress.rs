//! Live progress: bars on a terminal, a plain line now and then elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where a demo stands, counted by the daemon. Contacts add up: `done + waiting + held + live + queued`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub elapsed: Duration,
    pub contacts: u64,
    /// Contacts that ended.
    pub done: u64,
    /// Contacts that wait for a retry, a window or a cap.
    pub waiting: u64,
    /// Contacts that wait for a live agent.
    pub held: u64,
    /// Calls that ring or talk now.
    pub live: u64,
    /// Of these, the answered ones.
    pub talking: u64,
    pub attempts: u64,
    /// Attempts answered by a person.
    pub answered: u64,
    /// Right persons reached.
    pub identified: u64,
    pub promises: u64,
    pub links: u64,
    pub machines: u64,
    /// Busy, no answer, declined, not in service.
    pub unreached: u64,
    /// Faults of ours or the trunk's.
    pub failed: u64,
}

/// Shows snapshots as they come.
#[derive(Debug)]
pub struct Progress {
    limit: Option<Duration>,
    screen: Screen,
}

#[derive(Debug)]
enum Screen {
    Bars {
        time: ProgressBar,
        contacts: ProgressBar,
        calls: ProgressBar,
        results: ProgressBar,
    },
    /// When the next line is due.
    Lines {
        next: Duration,
    },
}

/// Between two plain lines.
const BETWEEN: Duration = Duration::from_secs(5);

impl Progress {
    /// Bars when `terminal`, lines otherwise; `limit` is how long the demo runs, where that is known.
    pub fn new(terminal: bool, limit: Option<Duration>) -> Self {
        let screen = if terminal { bars() } else { Screen::Lines { next: Duration::ZERO } };
        Self { limit, screen }
    }

    /// Shows a snapshot. Off a terminal most are passed over: one line in five seconds is enough for a log.
    pub fn show(&mut self, now: &Snapshot) {
        match &mut self.screen {
            Screen::Bars { time, contacts, calls, results } => {
                let limit = self.limit.unwrap_or(now.elapsed).max(now.elapsed);
                time.set_length(limit.as_secs());
                time.set_position(now.elapsed.as_secs());
                contacts.set_length(now.contacts.saturating_sub(now.held));
                contacts.set_position(now.done);
                contacts.set_message(format!("{} wait, {} held for agents", now.waiting, now.held));
                calls.set_message(calls_line(now));
                results.set_message(results_line(now));
            }
            Screen::Lines { next } => {
                if now.elapsed < *next {
                    return;
                }
                *next = now.elapsed + BETWEEN;
                println!("{}", plain_line(now));
            }
        }
    }

    /// Leaves the last state on the screen and gives the terminal back.
    pub fn finish(self, last: &Snapshot) {
        match self.screen {
            Screen::Bars { time, contacts, calls, results } => {
                for bar in [time, contacts, calls, results] {
                    bar.abandon();
                }
            }
            Screen::Lines { .. } => println!("{}", plain_line(last)),
        }
    }
}

fn bars() -> Screen {
    let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout_with_hz(8));
    let style = |template| ProgressStyle::with_template(template).expect("the template is fixed and sound");
    let bar = |template| all.add(ProgressBar::new(1).with_style(style(template)));
    Screen::Bars {
        time: bar("time      {bar:40.cyan/dim} {pos}/{len} s"),
        contacts: bar("contacts  {bar:40.green/dim} {pos}/{len} done, {msg}"),
        calls: bar("calls     {msg}"),
        results: bar("results   {msg}"),
    }
}

fn calls_line(now: &Snapshot) -> String {
    let ringing = now.live.saturating_sub(now.talking);
    format!("{} dialled: {ringing} ring, {} talk, {} failed", now.attempts, now.talking, now.failed)
}

fn results_line(now: &Snapshot) -> String {
    format!(
        "{} answered, {} right person, {} promises, {} links, {} machines, {} not reached",
        now.answered, now.identified, now.promises, now.links, now.machines, now.unreached
    )
}

fn plain_line(now: &Snapshot) -> String {
    format!(
        "{:>4} s  {}/{} contacts done, {} wait, {} held; {}; {}",
        now.elapsed.as_secs(),
        now.done,
        now.contacts,
        now.waiting,
        now.held,
        calls_line(now),
        results_line(now)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_tells_everything_once() {
        let now = Snapshot {
            elapsed: Duration::from_secs(35),
            contacts: 500,
            done: 40,
            waiting: 60,
            held: 200,
            live: 12,
            talking: 7,
            attempts: 110,
            answered: 50,
            identified: 30,
            promises: 9,
            links: 11,
            machines: 6,
            unreached: 38,
            failed: 1,
        };
        assert_eq!(
            plain_line(&now),
            "  35 s  40/500 contacts done, 60 wait, 200 held; 110 dialled: 5 ring, 7 talk, 1 failed; \
             50 answered, 30 right person, 9 promises, 11 links, 6 machines, 38 not reached"
        );
    }

    #[test]
    fn off_a_terminal_most_snapshots_are_passed_over() {
        let mut progress = Progress::new(false, None);
        let mut dues = Vec::new();
        for second in 0..12 {
            progress.show(&Snapshot { elapsed: Duration::from_secs(second), ..Snapshot::default() });
            if let Screen::Lines { next } = progress.screen {
                dues.push(next.as_secs());
            }
        }
        assert_eq!(dues, [5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 15, 15]);
    }
}
