//! The state of a run is a function of what happened and of the time.

use proptest::prelude::*;
use proptest::sample::Index;

use super::config;
use super::play::Play;
use super::seen::{Seen, see, see_at};
use super::story::{pause, story};
use crate::world::World;

proptest! {
    #![proptest_config(config())]

    /// What happens later changes nothing that was seen before, in whatever order one looks.
    #[test]
    fn the_past_stays(story in story(), order in prop::collection::vec(any::<Index>(), 0..8)) {
        let mut past: Vec<(i64, Seen)> = Vec::new();
        let play = Play::each(&story, |play| {
            past.retain(|(at, _)| *at != play.now);
            past.push((play.now, see(play)));
            Ok(())
        })?;
        for index in order {
            let (at, seen) = index.get(&past);
            prop_assert_eq!(&see_at(&play, *at), seen);
        }
    }

    #[test]
    fn a_restored_world_goes_on_as_the_one_that_was_dumped(story in story(), until in any::<Index>(), ms in pause()) {
        let mut play = Play::until(&story, until);
        let dump = serde_json::to_string(&play.world).unwrap();
        let mut restored = Play { world: serde_json::from_str::<World>(&dump).unwrap(), now: play.now, number: play.number };
        prop_assert_eq!(see(&restored), see(&play));
        play.pass(ms);
        restored.pass(ms);
        prop_assert_eq!(see(&restored), see(&play));
        prop_assert_eq!(serde_json::to_string(&restored.world).unwrap(), serde_json::to_string(&play.world).unwrap());
    }
}
