use super::*;
use crate::domain::{DebtorType, Language};

#[test]
fn who_is_kept_out_is_reserved_for_nobody_until_he_is_let_in() {
    let anna = AgentId::parse("anna").expect("a login");
    let mut config = AgentsConfig::default();
    config.plan.queues.insert("collectors".into(), Default::default());
    let skills = [(agents::Skill::Language(Language::Ru), agents::Level::LOWEST)].into();
    config.plan.agents.insert(anna.clone(), agents::AgentPlan { skills, phone_there: true });
    let leg = AgentLeg::PerCall;
    let desk = Desk { display: None, leg, contact: None, extension: None, supervises: false };
    config.desks.insert(anna.clone(), desk);
    let floor = Arc::new(Floor::new(&config, Clock));
    let work = || [Input::LogIn, Input::Ready].map(|input| floor.tell(&anna, input));
    assert_eq!(work(), [Ok(()), Ok(())]);
    let caller = Caller {
        language: Language::Ru,
        creditor: None,
        debtor_type: DebtorType::Forgetful,
        promised_to: None,
    };
    let need = floor.need("collectors", &caller, Wish::Anybody, Duration::from_secs(60)).expect("a queue");
    assert_eq!(floor.free(&need), 1);

    assert!(floor.keep_out(&config, [anna.clone()].into()));
    assert!(floor.state(&anna).is_none() && floor.seat(&need).is_none(), "amid the shift");
    floor.reload(&config);
    assert_eq!(work(), [Err(Refusal::NoSuchAgent); 2], "another reading of the file changes nothing");
    assert!(!floor.keep_out(&config, [anna.clone()].into()), "and is not told twice");

    assert!(floor.keep_out(&config, BTreeSet::new()));
    assert_eq!(work(), [Ok(()), Ok(())]);
    assert_eq!(floor.free(&need), 1);
}

#[test]
fn a_phone_that_is_to_stay_up_now_has_to_be_picked_up_first() {
    let anna = AgentId::parse("anna").expect("a login");
    let mut config = AgentsConfig::default();
    config.plan.agents.insert(anna.clone(), agents::AgentPlan { skills: [].into(), phone_there: true });
    let leg = AgentLeg::PerCall;
    let desk = Desk { display: None, leg, contact: None, extension: None, supervises: false };
    config.desks.insert(anna.clone(), desk.clone());
    let floor = Arc::new(Floor::new(&config, Clock));
    for input in [Input::LogIn, Input::Ready] {
        floor.tell(&anna, input).ok();
    }
    let state = || floor.state(&anna).map(|(state, _)| state);
    assert_eq!(state(), Some(State::Ready));
    floor.reload(&config);
    assert_eq!(state(), Some(State::Ready), "nothing has changed");
    config.desks.insert(anna.clone(), Desk { leg: AgentLeg::NailedUp, ..desk });
    floor.reload(&config);
    assert_eq!(state(), Some(State::NoAudio));
    floor.tell(&anna, Input::PhoneBack).expect("he picks up");
    assert_eq!(state(), Some(State::Ready));
}

#[test]
fn who_is_taken_out_in_a_talk_keeps_phone_and_page_until_it_is_written_up() {
    let anna = AgentId::parse("anna").expect("a login");
    let mut config = AgentsConfig::default();
    config.plan.queues.insert("collectors".into(), Default::default());
    let skills = [(agents::Skill::Language(Language::Ru), agents::Level::LOWEST)].into();
    config.plan.agents.insert(anna.clone(), agents::AgentPlan { skills, phone_there: true });
    let leg = AgentLeg::NailedUp;
    let desk = Desk { display: None, leg, contact: None, extension: None, supervises: false };
    config.desks.insert(anna.clone(), desk);
    let floor = Arc::new(Floor::new(&config, Clock));
    for input in [Input::LogIn, Input::PhoneBack, Input::Ready] {
        floor.tell(&anna, input).expect("he is ready");
    }
    let caller = Caller {
        language: Language::Ru,
        creditor: None,
        debtor_type: DebtorType::Forgetful,
        promised_to: None,
    };
    let need = floor.need("collectors", &caller, Wish::Anybody, Duration::from_secs(60)).expect("a queue");
    let seat = floor.seat(&need).expect("free");
    let no = floor.reservation(&anna).expect("reserved");
    floor.tell(&anna, Input::Talk(no)).expect("he talks");

    floor.reload(&AgentsConfig::default());
    let kept = || (floor.leg(&anna), floor.nailed_up_phones().contains_key(&anna));
    assert_eq!(kept(), (Some(leg), true), "in the talk");
    floor.reload(&AgentsConfig::default());
    drop(seat);
    assert_eq!(kept(), (Some(leg), true), "in its wrap-up");
    floor.tell(&anna, Input::Disposed(no)).expect("he writes it up");
    assert_eq!((kept(), floor.state(&anna)), ((None, false), None));
}
