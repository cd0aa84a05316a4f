//! All browsers of this node: who a datagram belongs to, and what passes between browsers and streams. Without IO.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64;

use super::error::OfferFault;
use super::line::{Line, LineEvent};
use super::packet::Packet;
use super::seam::Seam;
use super::session::{Identity, Session, Wants, sound};

/// One agent's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineNo(u64);

/// One connection of a browser; the next one of the same browser has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionNo(pub u64);

/// What is answered to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub sdp: String,
    pub session: SessionNo,
}

/// What the exchange wants done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    Told(LineNo, LineEvent),
    ToBrowser { to: SocketAddr, bytes: Vec<u8> },
    ToStream { to: SocketAddr, bytes: Vec<u8> },
}

pub(super) struct Exchange {
    identity: Identity,
    /// How long music is played for whoever is lost.
    back_within: Duration,
    lines: HashMap<LineNo, Line>,
    streams: HashMap<SocketAddr, LineNo>,
    sessions: HashMap<SessionNo, Served>,
    /// Where browsers were heard from last.
    peers: HashMap<SocketAddr, SessionNo>,
    outputs: VecDeque<Output>,
    last_no: u64,
    random: Pcg64,
}

struct Served {
    session: Session,
    user: User,
}

enum User {
    /// Its own voice comes back to it, this much later, until then.
    Check {
        whose: Arc<str>,
        later: VecDeque<(u16, u32, Arc<[u8]>)>,
        ends: Instant,
    },
    Line(LineNo),
}

/// Packets that a voice is held back in a headset check: half a second, so that one hears that it is an echo.
const ECHO: usize = 25;
/// A check ends by itself.
const CHECK_ENDS: Duration = Duration::from_secs(120);
/// Checks at once.
const CHECKS: usize = 50;

impl Exchange {
    pub fn new(identity: Identity, back_within: Duration, random: Pcg64) -> Self {
        Self {
            identity,
            back_within,
            lines: HashMap::new(),
            streams: HashMap::new(),
            sessions: HashMap::new(),
            peers: HashMap::new(),
            outputs: VecDeque::new(),
            last_no: 0,
            random,
        }
    }

    /// Opens a line to a stream, which is heard from this address. `music`: A-law, one byte a sample.
    pub fn open(&mut self, stream: SocketAddr, music: Arc<[u8]>) -> LineNo {
        let no = LineNo(self.number());
        let seam = Seam::new(self.random.random(), self.random.random(), self.random.random());
        self.lines.insert(no, Line::new(stream, seam, music, self.back_within));
        self.streams.insert(stream, no);
        no
    }

    pub fn close(&mut self, no: LineNo) {
        let Some(line) = self.lines.remove(&no) else { return };
        self.streams.remove(&line.stream);
        if let Some(session) = line.session {
            self.drop_session(session);
        }
    }

    /// Answers a browser that is to have a line's sound from now on. `before`: the session it comes back from, when it does
    /// so by itself.
    ///
    /// # Errors
    /// Why it is not to have it.
    pub fn offer(
        &mut self,
        now: Instant,
        no: LineNo,
        offer: &str,
        before: Option<SessionNo>,
    ) -> Result<Answer, OfferFault> {
        let line = self.lines.get(&no).ok_or(OfferFault::Gone)?;
        if before.is_some() && line.is_up() && line.session != before {
            return Err(OfferFault::Elsewhere);
        }
        let answer = self.answer(now, offer, User::Line(no))?;
        let before = line_session(&self.lines, no);
        if let Some(before) = before {
            self.drop_session(before);
        }
        let event = self.lines.get_mut(&no).and_then(|line| line.change(now, answer.session));
        self.tell(no, (None, event));
        Ok(answer)
    }

    /// Answers a browser that is to hear itself. `whose`: one has one check at a time, the newest.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check(&mut self, now: Instant, whose: &str, offer: &str) -> Result<Answer, OfferFault> {
        let checked = |served: &Served| match &served.user {
            User::Check { whose, .. } => Some(Arc::clone(whose)),
            User::Line(_) => None,
        };
        let checks = self.sessions.iter().filter_map(|(no, served)| Some((*no, checked(served)?)));
        let (his, others): (Vec<_>, Vec<_>) = checks.partition(|(_, by)| **by == *whose);
        if others.len() >= CHECKS {
            return Err(OfferFault::Busy);
        }
        let user = User::Check { whose: whose.into(), later: VecDeque::new(), ends: now + CHECK_ENDS };
        let answer = self.answer(now, offer, user)?;
        for (before, _) in his {
            self.drop_session(before);
        }
        Ok(answer)
    }

    fn answer(&mut self, now: Instant, offer: &str, user: User) -> Result<Answer, OfferFault> {
        let start = self.random.random_range(0..1 << 15);
        let (session, sdp) = Session::answer(&self.identity, offer, start, now)?;
        let no = SessionNo(self.number());
        self.sessions.insert(no, Served { session, user });
        Ok(Answer { sdp, session: no })
    }

    /// A datagram on the browsers' port.
    pub fn take_from_browser(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        let known = self.peers.get(&from).copied();
        let takes = |served: &mut Served| served.session.handle(now, from, bytes);
        if let Some(no) = known
            && self.sessions.get_mut(&no).is_some_and(takes)
        {
            return self.follow(now, no);
        }
        let mut all = self.sessions.iter_mut();
        let whose = all.find_map(|(no, served)| served.session.handle(now, from, bytes).then_some(*no));
        if let Some(no) = whose {
            self.peers.insert(from, no);
            self.follow(now, no);
        }
    }

    /// A datagram of a stream.
    pub fn take_from_stream(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        let session = self.streams.get(&from).and_then(|no| line_session(&self.lines, *no));
        let Some((session, packet)) = session.zip(Packet::read(bytes)) else { return };
        if let Some(served) = self.sessions.get_mut(&session) {
            served.session.send(now, &packet);
            self.turn(now, session);
        }
    }

    pub fn handle_timers(&mut self, now: Instant) {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let due = self.sessions.iter().filter(|(_, served)| is_due(served.session.next_timer()));
        let due: Vec<_> = due.map(|(no, _)| *no).collect();
        for no in due {
            self.turn(now, no);
        }
        let over = |served: &Served| matches!(served.user, User::Check { ends, .. } if ends <= now);
        let ended: Vec<_> =
            self.sessions.iter().filter(|(_, served)| over(served)).map(|(no, _)| *no).collect();
        for no in ended {
            self.drop_session(no);
        }
        let due: Vec<_> =
            self.lines.iter().filter(|(_, line)| is_due(line.next_timer())).map(|(no, _)| *no).collect();
        for no in due {
            let did = self.lines.get_mut(&no).map(|line| line.handle_timers(now));
            self.tell(no, did.unwrap_or_default());
        }
    }

    pub fn next_timer(&self) -> Option<Instant> {
        let sessions = self.sessions.values().filter_map(|served| match served.user {
            User::Check { ends, .. } => Some(served.session.next_timer().map_or(ends, |at| at.min(ends))),
            User::Line(_) => served.session.next_timer(),
        });
        sessions.chain(self.lines.values().filter_map(Line::next_timer)).min()
    }

    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Says good-bye to everybody.
    pub fn end(&mut self) {
        let all: Vec<_> = self.sessions.keys().copied().collect();
        for no in all {
            self.drop_session(no);
        }
    }

    /// A session's time is over, or it was given something to send: first what it was told is polled, as it asks for, then the
    /// time is told.
    fn turn(&mut self, now: Instant, no: SessionNo) {
        self.follow(now, no);
        if let Some(served) = self.sessions.get_mut(&no) {
            served.session.handle_timers(now);
            self.follow(now, no);
        }
    }

    /// Does what a session wants.
    fn follow(&mut self, now: Instant, no: SessionNo) {
        while let Some(wants) = self.sessions.get_mut(&no).and_then(|served| served.session.poll()) {
            match wants {
                Wants::Send { to, bytes } => self.outputs.push_back(Output::ToBrowser { to, bytes }),
                Wants::Heard(packet) => {
                    if let Some(packet) = sound(&packet) {
                        self.heard(now, no, &packet);
                    }
                }
            }
        }
        if self.sessions.get(&no).is_some_and(|served| served.session.is_over()) {
            self.lost(now, no);
        }
    }

    fn heard(&mut self, now: Instant, no: SessionNo, packet: &Packet<'_>) {
        let Some(served) = self.sessions.get_mut(&no) else { return };
        match &mut served.user {
            User::Line(line_no) => {
                let line_no = *line_no;
                let did = self.lines.get_mut(&line_no).map(|line| line.hear(now, packet));
                self.tell(line_no, did.unwrap_or_default());
            }
            User::Check { later, .. } => {
                later.push_back((packet.sequence, packet.timestamp, packet.sound.into()));
                if later.len() > ECHO
                    && let Some((sequence, timestamp, sound)) = later.pop_front()
                {
                    // It is polled on by whoever is polling now; the time is told at its timer.
                    served.session.send(now, &Packet { marker: false, sequence, timestamp, sound: &sound });
                }
            }
        }
    }

    /// A session is at its end by itself.
    fn lost(&mut self, now: Instant, no: SessionNo) {
        let Some(served) = self.sessions.remove(&no) else { return };
        self.peers.retain(|_, of| *of != no);
        if let User::Line(line_no) = served.user {
            let line = self.lines.get_mut(&line_no).filter(|line| line.session == Some(no));
            let event = line.and_then(|line| {
                line.session = None;
                line.lose(now)
            });
            self.tell(line_no, (None, event));
        }
    }

    /// Says good-bye to a browser.
    fn drop_session(&mut self, no: SessionNo) {
        let Some(mut served) = self.sessions.remove(&no) else { return };
        self.peers.retain(|_, of| *of != no);
        served.session.close();
        while let Some(wants) = served.session.poll() {
            if let Wants::Send { to, bytes } = wants {
                self.outputs.push_back(Output::ToBrowser { to, bytes });
            }
        }
    }

    fn tell(&mut self, no: LineNo, (bytes, event): (Option<Vec<u8>>, Option<LineEvent>)) {
        if let Some((bytes, line)) = bytes.zip(self.lines.get(&no)) {
            self.outputs.push_back(Output::ToStream { to: line.stream, bytes });
        }
        self.outputs.extend(event.map(|event| Output::Told(no, event)));
    }

    fn number(&mut self) -> u64 {
        self.last_no += 1;
        self.last_no
    }
}

fn line_session(lines: &HashMap<LineNo, Line>, no: LineNo) -> Option<SessionNo> {
    lines.get(&no).and_then(|line| line.session)
}
