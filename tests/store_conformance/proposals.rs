//! What was proposed and put into force stays written down.

use obzvon::stats::Doing;

use crate::world::{World, hours, noon};

crate::on_both_engines!(a_proposal_is_in_force_once_and_its_history_stays);

async fn a_proposal_is_in_force_once_and_its_history_stays(world: World) {
    let doing = Doing::parse("change_channel:ivr:3:sms").expect("a code");
    let other = Doing::parse("day_part:ivr:idler:evening").expect("a code");
    let apply = async |doing, who, at| {
        world.store.apply_proposal(doing, "{}".to_owned(), who, at).await.expect("written")
    };
    assert!(apply(doing, "anna", noon()).await);
    assert!(!apply(doing, "boris", noon()).await, "it is in force already");
    assert!(apply(other, "boris", noon()).await);
    assert_eq!(world.store.proposals_in_force().await.expect("read"), [other, doing]);
    let withdrawn = world.store.withdraw_proposal(doing, "boris", noon() + hours(1)).await.expect("written");
    let again = world.store.withdraw_proposal(doing, "boris", noon() + hours(2)).await.expect("written");
    assert!(withdrawn && !again);
    assert!(apply(doing, "anna", noon() + hours(3)).await, "it may come back");
    let rows = world.store.proposals_applied().await.expect("read");
    let told: Vec<_> = rows.iter().map(|row| (row.applied_by.as_str(), row.withdrawn.clone())).collect();
    let back = Some((noon() + hours(1), "boris".to_owned()));
    assert_eq!(told, [("anna", None), ("boris", None), ("anna", back)]);
}
