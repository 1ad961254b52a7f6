//! In which order stages and steps run, and what each of them stands in.

use harness_cd_yaml::{At, Node};

/// A place in a list of stages or steps: which turn, and which of those that run side by side in it.
type Turn = (usize, usize);

/// A stage, with its steps.
pub(super) struct Stage<'n> {
    pub(super) at: At<'n>,
    place: Turn,
    /// Without those of a rollback.
    pub(super) steps: Vec<Step<'n>>,
}

/// A step, with what it stands in.
pub(super) struct Step<'n> {
    /// Its stage, its groups and itself, from the outside in.
    pub(super) levels: Vec<At<'n>>,
    place: Vec<Turn>,
}

impl<'n> Step<'n> {
    pub(super) fn at(&self) -> Option<&At<'n>> {
        self.levels.last()
    }

    pub(super) fn node(&self) -> Option<&'n Node> {
        self.at().map(|at| at.node)
    }

    pub(super) fn kind(&self) -> Option<&'n str> {
        self.node()?.get("type")?.text()
    }

    /// Whether it has ended when another one begins: of what runs side by side nothing does.
    pub(super) fn precedes(&self, other: &Step<'_>) -> bool {
        precedes(&self.place, &other.place)
    }

    pub(super) fn precedes_stage(&self, stage: &Stage<'_>) -> bool {
        precedes(&self.place, &[stage.place])
    }
}

fn precedes(one: &[Turn], other: &[Turn]) -> bool {
    let apart = one.iter().zip(other).find(|(one, other)| one != other);
    apart.is_some_and(|((one, _), (other, _))| one < other)
}

/// The stages of a pipeline in file order.
pub(super) fn stages<'n>(pipeline: &At<'n>) -> Vec<Stage<'n>> {
    let listed = items(pipeline.get("stages"), "stage");
    let staged = listed.into_iter().map(|(place, at, _)| {
        let list = at.get("spec").and_then(|spec| spec.get("execution")?.get("steps"));
        let mut steps = Vec::new();
        collect(list, std::slice::from_ref(&at), &[place], &mut steps);
        Stage { at, place, steps }
    });
    staged.collect()
}

fn collect<'n>(list: Option<At<'n>>, levels: &[At<'n>], place: &[Turn], steps: &mut Vec<Step<'n>>) {
    for (turn, at, is_group) in items(list, "step") {
        let inner = at.get("steps");
        let levels = [levels, &[at]].concat();
        let place = [place, &[turn]].concat();
        if is_group && inner.is_some() {
            collect(inner, &levels, &place, steps);
        } else {
            steps.push(Step { levels, place });
        }
    }
}

/// The bodies in a list, out of their wrappers, each with its turn and whether it is a group.
fn items<'n>(list: Option<At<'n>>, wrapper: &str) -> Vec<(Turn, At<'n>, bool)> {
    let mut found = Vec::new();
    let unwrapped = |item: &At<'n>| {
        let one = item.get(wrapper).map(|body| (body, false));
        one.or_else(|| Some((item.get("stepGroup")?, true)))
    };
    for (turn, item) in list.iter().flat_map(At::items).enumerate() {
        let lanes = item
            .get("parallel")
            .map_or_else(|| vec![item], |group| group.items().collect());
        for (lane, item) in lanes.iter().enumerate() {
            found.extend(unwrapped(item).map(|(body, is_group)| ((turn, lane), body, is_group)));
        }
    }
    found
}
