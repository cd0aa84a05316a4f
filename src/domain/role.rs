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

/// What a screen, or a button on it, does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Start, pause and stop campaigns.
    RunCampaigns,
    /// The wallboard: lines, calls, campaigns.
    SeeLive,
    SeeReports,
    SeeUsers,
    /// An agent's own desk, and nobody else's.
    WorkDesk,
}

impl Right {
    pub const ALL: [Self; 5] =
        [Self::RunCampaigns, Self::SeeLive, Self::SeeReports, Self::SeeUsers, Self::WorkDesk];
}

/// The rights table. What is not in it nobody may do.
const RIGHTS: [(Right, &[Role]); 5] = [
    (Right::RunCampaigns, &[Role::Administrator, Role::Operator, Role::Supervisor]),
    (Right::SeeLive, &[Role::Administrator, Role::Auditor, Role::Operator, Role::Quality, Role::Supervisor]),
    (
        Right::SeeReports,
        &[Role::Administrator, Role::Auditor, Role::Operator, Role::Quality, Role::Supervisor],
    ),
    (Right::SeeUsers, &[Role::Administrator, Role::Auditor]),
    (Right::WorkDesk, &[Role::Administrator, Role::Agent]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_its_row_and_an_auditor_changes_nothing() {
        for right in Right::ALL {
            assert!(Role::Administrator.may(right), "{right:?} is in the table");
        }
        assert!(!Role::Auditor.may(Right::RunCampaigns));
        let may = |role: Role| Right::ALL.into_iter().filter(|right| role.may(*right)).collect::<Vec<_>>();
        assert_eq!(may(Role::Agent), [Right::WorkDesk], "an agent has his desk and nothing else");
        assert!(!Role::Auditor.may(Right::WorkDesk));
    }
}
