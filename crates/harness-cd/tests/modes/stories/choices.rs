//! What a person may choose from.

use harness_cd_model::{ChoiceKind, ChoiceQuestion};
use pollster::block_on;

use super::Story;
use crate::harness::VIEWERS_KEY;
use crate::teller::Teller;

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "what may be chosen",
        tell: chosen,
        shows: "
            Service: mail (mail), payment-service (payment_service), shop (shop)
            Environment: …int-stable (int_stable)…
            EnvironmentGroup: everywhere (everywhere)
            Environment: int-stable (int_stable)
            Infrastructure: …int-stable-euw1 (…)…
            Service:
        ",
    },
    Story {
        name: "what somebody may choose who may run nothing",
        tell: chosen_by_viewer,
        shows: "
            Service:
        ",
    },
];

fn chosen(teller: &mut Teller<'_>) -> Option<()> {
    ask(teller, ChoiceKind::Service, None, None);
    ask(teller, ChoiceKind::Environment, None, None);
    ask(teller, ChoiceKind::EnvironmentGroup, None, None);
    ask(teller, ChoiceKind::Environment, Some("everywhere"), None);
    ask(teller, ChoiceKind::Infrastructure, Some("int_stable"), None);
    ask(teller, ChoiceKind::Service, None, Some("nothing of that name"));
    Some(())
}

fn chosen_by_viewer(teller: &mut Teller<'_>) -> Option<()> {
    let client = teller.harness.client(VIEWERS_KEY);
    teller.product = harness_cd::HarnessCd::new(client);
    ask(teller, ChoiceKind::Service, None, None);
    Some(())
}

fn ask(teller: &mut Teller<'_>, of: ChoiceKind, within: Option<&str>, search: Option<&str>) {
    let question = ChoiceQuestion {
        of,
        within: within.map(str::to_owned),
        search: search.map(str::to_owned),
    };
    let answer = block_on(teller.product.choices(&teller.scope, &question));
    let Some(list) = teller.said(answer) else { return };
    let mut choices: Vec<String> = list
        .choices
        .iter()
        .map(|choice| format!("{} ({})", choice.name, choice.value))
        .collect();
    choices.sort();
    teller.say(format!("{of:?}: {}", choices.join(", ")).trim_end());
}
