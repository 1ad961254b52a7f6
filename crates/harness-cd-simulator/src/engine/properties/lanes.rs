//! Stages side by side know nothing of each other.

use proptest::prelude::*;
use proptest::sample::Index;

use super::config;
use super::deeds::{person, pick};
use super::pipelines::side_by_side;
use super::play::Play;
use super::scenarios::attempts;
use super::seen::{Seen, see};
use super::story::{Deed, Story, story_of};
use crate::engine::run::What;
use crate::engine::scenario::StepScript;

/// Whether a path is that of a stage, or of something in it.
fn is_of(path: &str, stage: &str) -> bool {
    let rest = path.strip_prefix("stages.").and_then(|path| path.strip_prefix(stage));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '#']))
}

/// What is seen of all stages but one.
fn siblings(play: &Play, stage: &str) -> Seen {
    let is_sibling = |path: &str| path.starts_with("stages.") && !is_of(path, stage);
    let run = format!("{}:", play.number);
    let mut seen = see(play);
    seen.retain(|key, _| key.strip_prefix(&run).is_some_and(is_sibling));
    seen
}

fn without_deeds(story: &Story) -> Story {
    Story {
        deeds: story.deeds.iter().map(|(ms, _)| (*ms, Deed::Nothing)).collect(),
        ..story.clone()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_happens_to_one_stage_changes_nothing_beside_it(
        story in story_of(side_by_side()), index in any::<Index>(), attempts in attempts(), chosen in prop::collection::vec((any::<Index>(), 0..3_u8), 12),
    ) {
        let calm = without_deeds(&story);
        let stages = story.pipeline["stages"][0]["parallel"].as_array().unwrap();
        let stage = index.get(stages)["stage"]["identifier"].as_str().unwrap();
        let mut busy = calm.clone();
        let script = StepScript { stage: Some(stage.to_owned()), step: None, attempts };
        busy.scenario.steps.insert(0, script);
        let (mut calm, mut busy) = (Play::new(&calm), Play::new(&busy));
        for ((ms, _), (index, kind)) in story.deeds.iter().zip(chosen) {
            calm.pass(*ms);
            busy.pass(*ms);
            busy.disturb(stage, index, kind);
            prop_assert_eq!(siblings(&calm, stage), siblings(&busy, stage));
        }
    }
}

impl Play {
    /// Does something to one stage alone.
    fn disturb(&mut self, stage: &str, index: Index, kind: u8) {
        let own: Vec<String> = self.at_work().into_iter().filter(|path| is_of(path, stage)).collect();
        let (by, node) = (person(0), pick(&own, index));
        match kind {
            0 => {
                let mut waits = self.waits();
                waits.retain(|wait| wait.run == self.number && is_of(&wait.path, stage));
                waits.iter().for_each(|wait| self.answer(wait));
            }
            1 if node.is_some() => self.befall(self.number, What::Abort { by, node }),
            2 if node.is_some() => self.befall(self.number, What::MarkFailed { by, node }),
            _ => {}
        }
    }
}
