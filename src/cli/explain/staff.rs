//! Which agents could take the call that a contact waits for, which of them are at work, and who has the skills that it asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::agents::{Caller, Plan, Wish};
use crate::campaign::CampaignPlan;
use crate::domain::{AgentId, Language};
use crate::store::{DebtFile, PersonFile};
use crate::web::agent_state_word;

/// The agents, as far as a call is theirs.
#[derive(Debug, Clone)]
pub struct Staff {
    /// The skills that the call asks for, as codes, and who of all agents has each.
    having: Vec<(String, Vec<AgentId>)>,
    /// Of these skills those that not every agent of the queue has; all of them where the queue has no agent.
    scarce: Vec<String>,
    /// Who has them all, and what he does; `None`: he is not at work.
    able: Vec<(AgentId, Option<String>)>,
}

impl Staff {
    /// `None`: the campaign's calls are not for agents, or nothing is known of its queue.
    pub fn of(
        plan: &Plan,
        at_work: &BTreeMap<AgentId, String>,
        (campaign, file, debt): (&CampaignPlan, &PersonFile, &DebtFile),
    ) -> Option<Self> {
        let queue = &campaign.dialling.agents()?.queue;
        let caller = Caller {
            language: file.language,
            creditor: Some(debt.creditor.as_str().into()),
            debtor_type: file.debtor_type,
            // He who took his promise is sought first, and nobody waits for him.
            promised_to: None,
        };
        let need = plan.need(queue, &caller, Wish::Anybody, Duration::ZERO)?;
        let having = need.skills.iter().map(|(skill, least)| {
            (skill.to_string(), plan.having(skill, *least).cloned().collect::<Vec<_>>())
        });
        let having: Vec<_> = having.collect();
        let is_scarce = |has: &[AgentId]| {
            let mut staff = plan.staff(queue).peekable();
            staff.peek().is_none() || staff.any(|agent| !has.contains(agent))
        };
        let scarce =
            having.iter().filter(|(_, has)| is_scarce(has)).map(|(skill, _)| skill.clone()).collect();
        let able = plan.able(&need).map(|agent| (agent.clone(), at_work.get(agent).cloned())).collect();
        Some(Self { having, scarce, able })
    }

    /// Why no agent takes the call, as a code with the skills that are wanting; `None`: somebody at work may.
    pub fn wanting(&self) -> Option<String> {
        let code = match (self.able.is_empty(), self.able.iter().any(|(_, does)| does.is_some())) {
            (true, _) => "no_such_agent",
            (false, false) => "nobody_at_work",
            (false, true) => return None,
        };
        let skills =
            if self.scarce.is_empty() { String::new() } else { format!(":{}", self.scarce.join("+")) };
        Some(format!("{code}{skills}"))
    }

    /// Who could take the call; where nobody could, who has each of the skills.
    pub fn text(&self, language: Language) -> String {
        if self.able.is_empty() {
            let has = |agents: &[AgentId]| match agents {
                [] => language.pick("nobody has it", "нет ни у кого").to_owned(),
                agents => agents.iter().map(AgentId::as_str).collect::<Vec<_>>().join(", "),
            };
            let wanted = self.having.iter().filter(|(skill, _)| self.scarce.contains(skill));
            return wanted.map(|(skill, agents)| format!("    {skill}: {}\n", has(agents))).collect();
        }
        let does = |(agent, does): &(AgentId, Option<String>)| {
            let does = agent_state_word(does.as_deref().unwrap_or("logged_out"), language).to_lowercase();
            format!("{agent} – {does}")
        };
        let head = match (self.scarce.is_empty(), language) {
            (true, Language::En) => "who could talk to him".to_owned(),
            (true, Language::Ru) => "кто может с ним говорить".to_owned(),
            (false, Language::En) => format!("who could talk to him ({})", self.scarce.join(", ")),
            (false, Language::Ru) => format!("кто может с ним говорить ({})", self.scarce.join(", ")),
        };
        format!("    {head}: {}\n", self.able.iter().map(does).collect::<Vec<_>>().join(", "))
    }

    /// For a program.
    pub fn json(&self) -> serde_json::Value {
        let able = self.able.iter().map(|(agent, does)| json!({ "agent": agent.as_str(), "state": does }));
        let having = self.having.iter().map(|(skill, agents)| {
            let agents: Vec<_> = agents.iter().map(AgentId::as_str).collect();
            json!({ "skill": skill, "agents": agents, "scarce": self.scarce.contains(skill) })
        });
        json!({ "could": able.collect::<Vec<_>>(), "skills": having.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(login: &str) -> AgentId {
        AgentId::parse(login).expect("a login")
    }

    fn staff(able: &[(&str, Option<&str>)]) -> Staff {
        let having = vec![
            ("creditor:Север".to_owned(), Vec::new()),
            ("language:en".to_owned(), vec![agent("anna"), agent("boris")]),
        ];
        let able = able.iter().map(|(login, does)| (agent(login), does.map(str::to_owned))).collect();
        Staff { scarce: having.iter().map(|(skill, _)| skill.clone()).collect(), having, able }
    }

    #[test]
    fn what_is_wanting_is_named_and_who_has_it() {
        let nobody = staff(&[]);
        assert_eq!(nobody.wanting().as_deref(), Some("no_such_agent:creditor:Север+language:en"));
        let said = "    creditor:Север: нет ни у кого\n    language:en: anna, boris\n";
        assert_eq!(nobody.text(Language::Ru), said);

        let away = staff(&[("anna", None)]);
        assert_eq!(away.wanting().as_deref(), Some("nobody_at_work:creditor:Север+language:en"));
        assert!(away.text(Language::En).ends_with("(creditor:Север, language:en): anna – off shift\n"));

        let there = staff(&[("anna", None), ("boris", Some("talking"))]);
        assert_eq!(there.wanting(), None);
        assert!(there.text(Language::Ru).ends_with("anna – смена не начата, boris – разговор\n"));
    }
}
