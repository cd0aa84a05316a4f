//! Live progress: bars on a terminal, a plain line now and then elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::domain::Language;

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
    language: Language,
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
    pub fn new(terminal: bool, limit: Option<Duration>, language: Language) -> Self {
        let screen = if terminal { bars(language) } else { Screen::Lines { next: Duration::ZERO } };
        Self { limit, language, screen }
    }

    /// Shows a snapshot. Off a terminal most are passed over: one line in five seconds is enough for a log.
    pub fn show(&mut self, now: &Snapshot) {
        let language = self.language;
        match &mut self.screen {
            Screen::Bars { time, contacts, calls, results } => {
                let limit = self.limit.unwrap_or(now.elapsed).max(now.elapsed);
                time.set_length(limit.as_secs());
                time.set_position(now.elapsed.as_secs());
                contacts.set_length(now.contacts.saturating_sub(now.held));
                contacts.set_position(now.done);
                contacts.set_message(match language {
                    Language::En => format!("{} wait, {} for agents", now.waiting, now.held),
                    Language::Ru => format!("{} ждут, {} операторам", now.waiting, now.held),
                });
                calls.set_message(calls_line(now, language));
                results.set_message(results_line(now, language));
            }
            Screen::Lines { next } => {
                if now.elapsed < *next {
                    return;
                }
                *next = now.elapsed + BETWEEN;
                println!("{}", plain_line(now, language));
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
            Screen::Lines { .. } => println!("{}", plain_line(last, self.language)),
        }
    }
}

fn bars(language: Language) -> Screen {
    let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout_with_hz(8));
    let style = |template| ProgressStyle::with_template(template).expect("the template is fixed and sound");
    let bar = |template| all.add(ProgressBar::new(1).with_style(style(template)));
    match language {
        Language::En => Screen::Bars {
            time: bar("time      {bar:40.cyan/dim} {pos}/{len} s"),
            contacts: bar("debts     {bar:40.green/dim} {pos}/{len} done with, {msg}"),
            calls: bar("calls     {msg}"),
            results: bar("results   {msg}"),
        },
        Language::Ru => Screen::Bars {
            time: bar("время     {bar:40.cyan/dim} {pos}/{len} с"),
            contacts: bar("долги     {bar:40.green/dim} {pos}/{len} закончены, {msg}"),
            calls: bar("звонки    {msg}"),
            results: bar("итоги     {msg}"),
        },
    }
}

fn calls_line(now: &Snapshot, language: Language) -> String {
    let (dialled, talk, failed) = (now.attempts, now.talking, now.failed);
    let ringing = now.live.saturating_sub(talk);
    match language {
        Language::En => format!("{dialled} calls over, {ringing} ring, {talk} talk, {failed} failed"),
        Language::Ru => format!("{dialled} окончено, {ringing} гудков, {talk} разговоров, {failed} сбоев"),
    }
}

fn results_line(now: &Snapshot, language: Language) -> String {
    let Snapshot { answered, identified, promises, links, machines, unreached, .. } = now;
    match language {
        Language::En => format!(
            "{answered} answered, {identified} right person, {promises} promises, {links} links, {machines} machines, \
             {unreached} not reached"
        ),
        Language::Ru => format!(
            "{answered} ответили, {identified} нужный человек, {promises} обещаний, {links} ссылок, \
             {machines} автоответчиков, {unreached} не застали"
        ),
    }
}

fn plain_line(now: &Snapshot, language: Language) -> String {
    let Snapshot { done, waiting, held, .. } = now;
    let (seconds, to_call) = (now.elapsed.as_secs(), now.contacts.saturating_sub(*held));
    let (calls, results) = (calls_line(now, language), results_line(now, language));
    match language {
        Language::En => {
            format!(
                "{seconds:>4} s  {done}/{to_call} debts done with, {waiting} wait, {held} for agents; {calls}; {results}"
            )
        }
        Language::Ru => {
            format!(
                "{seconds:>4} с  долги: закончены {done}/{to_call}, ждут {waiting}, операторам {held}; {calls}; {results}"
            )
        }
    }
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
            plain_line(&now, Language::En),
            "  35 s  40/300 debts done with, 60 wait, 200 for agents; 110 calls over, 5 ring, 7 talk, 1 failed; \
             50 answered, 30 right person, 9 promises, 11 links, 6 machines, 38 not reached"
        );
    }

    #[test]
    fn off_a_terminal_most_snapshots_are_passed_over() {
        let mut progress = Progress::new(false, None, Language::En);
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
