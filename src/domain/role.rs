//! Who may do what on the screens: one table.

/// What a user works as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Makes users; sees everything.
    Administrator,
    Agent,
    /// Reads all and changes nothing.
    Auditor,
    /// Runs campaigns.
    Operator,
    Quality,
    /// Runs campaigns and answers for the limits.
    Supervisor,
}

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Administrator, Self::Agent, Self::Auditor, Self::Operator, Self::Quality, Self::Supervisor];

    /// The code in the database and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Agent => "agent",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::Quality => "quality",
            Self::Supervisor => "supervisor",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether somebody of this role may do this.
    pub fn may(self, right: Right) -> bool {
        RIGHTS.iter().any(|(of, roles)| *of == right && roles.contains(&self))
    }
}

/// Whether a user may be called so: small letters, digits, `-`, `_` and `.`, 32 at most, a letter or a digit first: `..` would
/// be no address of his.
pub fn is_login(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    (1..=32).contains(&text.len()) && text.chars().all(fits) && !text.starts_with(['-', '_', '.'])
}

/// What a screen, or a button on it, does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Review agents' talks, and draw lists of them.
    ReviewTalks,
    /// Lists, figures and calibration.
    SeeQuality,
    /// Put what the figures propose into force, or take it back.
    ApplyProposals,
    /// Be in a talk as a supervisor; whose phone may, `agents.toml` says.
    HearTalks,
    /// Make users, give roles and passwords, keep out and let in.
    ChangeUsers,
    /// Change limits, campaigns and what else a screen may change; what loosens takes two of them.
    ChangeConfig,
    /// Send a message to other systems once more.
    ResendMessages,
    /// See which files others have sent and not read in, by name alone, and remove them.
    ClearImports,
    /// Listen to recorded calls; each listen is written down.
    HearRecordings,
    /// Read lists of debtors in: names and numbers of those in the file are shown.
    ImportLists,
    /// Start, pause and stop campaigns.
    RunCampaigns,
    /// The configuration's files, and every change of them.
    SeeConfig,
    /// Which lists were read in, by whom, with counts.
    SeeImports,
    /// Every call, why it was allowed, its messages; numbers hidden.
    SeeCalls,
    /// Whole numbers beside calls.
    SeeNumbers,
    /// Who looked into whose file, and listened to what.
    SeeAudit,
    /// The wallboard: lines, calls, campaigns.
    SeeLive,
    SeeReports,
    /// The agents' table, which the whole team may see.
    SeeTeam,
    SeeUsers,
    /// Complaints and disputes, with what was said.
    SeeCases,
    /// Register, take, answer and close them: the conflict manager's work.
    WorkCases,
    /// One's own desk, and nobody else's: an agent's, and that of whoever may be in a talk: what he takes over is his to write up.
    WorkDesk,
}

impl Right {
    pub const ALL: [Self; 23] = [
        Self::ApplyProposals,
        Self::ChangeConfig,
        Self::ChangeUsers,
        Self::ClearImports,
        Self::HearRecordings,
        Self::HearTalks,
        Self::ImportLists,
        Self::ResendMessages,
        Self::ReviewTalks,
        Self::RunCampaigns,
        Self::SeeAudit,
        Self::SeeCalls,
        Self::SeeCases,
        Self::SeeConfig,
        Self::SeeImports,
        Self::SeeLive,
        Self::SeeNumbers,
        Self::SeeQuality,
        Self::SeeReports,
        Self::SeeTeam,
        Self::SeeUsers,
        Self::WorkCases,
        Self::WorkDesk,
    ];
}

/// The rights table. What is not in it nobody may do.
const RIGHTS: [(Right, &[Role]); 23] = [
    (Right::ReviewTalks, &[Role::Administrator, Role::Quality, Role::Supervisor]),
    (Right::SeeQuality, &[Role::Administrator, Role::Auditor, Role::Quality, Role::Supervisor]),
    (Right::ApplyProposals, &[Role::Administrator, Role::Supervisor]),
    (Right::HearTalks, &[Role::Administrator, Role::Quality, Role::Supervisor]),
    (Right::ChangeConfig, &[Role::Administrator, Role::Supervisor]),
    (Right::ImportLists, &[Role::Administrator, Role::Operator, Role::Supervisor]),
    (Right::ClearImports, &[Role::Administrator]),
    (Right::SeeImports, &[Role::Administrator, Role::Auditor, Role::Operator, Role::Supervisor]),
    (Right::SeeAudit, &[Role::Administrator, Role::Auditor]),
    (Right::SeeCalls, &[Role::Administrator, Role::Auditor, Role::Operator, Role::Quality, Role::Supervisor]),
    (Right::SeeNumbers, &[Role::Administrator, Role::Auditor, Role::Supervisor]),
    (Right::SeeConfig, &[Role::Administrator, Role::Auditor, Role::Operator, Role::Supervisor]),
    (Right::ResendMessages, &[Role::Administrator, Role::Operator, Role::Supervisor]),
    (Right::HearRecordings, &[Role::Administrator, Role::Auditor, Role::Quality, Role::Supervisor]),
    (Right::SeeCases, &[Role::Administrator, Role::Auditor, Role::Quality, Role::Supervisor]),
    (Right::WorkCases, &[Role::Administrator, Role::Quality, Role::Supervisor]),
    (Right::RunCampaigns, &[Role::Administrator, Role::Operator, Role::Supervisor]),
    (Right::SeeLive, &[Role::Administrator, Role::Auditor, Role::Operator, Role::Quality, Role::Supervisor]),
    (
        Right::SeeReports,
        &[Role::Administrator, Role::Auditor, Role::Operator, Role::Quality, Role::Supervisor],
    ),
    (Right::SeeTeam, &Role::ALL),
    (Right::ChangeUsers, &[Role::Administrator]),
    (Right::SeeUsers, &[Role::Administrator, Role::Auditor]),
    (Right::WorkDesk, &[Role::Administrator, Role::Agent, Role::Quality, Role::Supervisor]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_its_row_and_an_auditor_changes_nothing() {
        for right in Right::ALL {
            assert!(Role::Administrator.may(right), "{right:?} is in the table");
        }
        for right in [
            Right::ApplyProposals,
            Right::ChangeConfig,
            Right::ChangeUsers,
            Right::ImportLists,
            Right::ResendMessages,
            Right::RunCampaigns,
        ] {
            assert!(!Role::Auditor.may(right), "{right:?}");
        }
        let may = |role: Role| Right::ALL.into_iter().filter(|right| role.may(*right)).collect::<Vec<_>>();
        let his = [Right::SeeTeam, Right::WorkDesk];
        assert_eq!(may(Role::Agent), his, "an agent has his desk and the team's table and nothing else");
        assert!(!Role::Auditor.may(Right::WorkDesk) && !Role::Auditor.may(Right::WorkCases));
        assert!(!Role::Auditor.may(Right::ReviewTalks));
        assert!(!Role::Auditor.may(Right::HearTalks));
    }

    #[test]
    fn whoever_may_take_a_talk_over_may_write_it_up() {
        let takes_over = |role: &Role| role.may(Right::HearTalks);
        for role in Role::ALL.into_iter().filter(takes_over) {
            assert!(role.may(Right::WorkDesk), "{role:?}");
        }
    }
}
