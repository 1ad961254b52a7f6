//! Which of Harness's two languages a file is written in.

use harness_cd_yaml::{Node, parse_text};

use crate::inputs::declares_inputs;

/// Whether a pipeline is one of Harness 3.0: written in its language, or with inputs declared in its way.
#[must_use]
pub fn is_pipeline_of_harness3(pipeline: &str) -> bool {
    parse_text("pipeline.yaml", pipeline).is_ok_and(|document| is_of_harness3(&document.root))
}

/// The same, of a pipeline that was read.
pub(crate) fn is_of_harness3(root: &Node) -> bool {
    is_of_version_1(root) || declares_inputs(root)
}

/// Whether the file is written in Harness's newer language, which has other keys and words.
#[must_use]
pub fn is_of_version_1(root: &Node) -> bool {
    let is_marked = root.get("version").is_some_and(|version| version.text() == Some("1"));
    let has_kind = root.get("kind").is_some() && root.get("spec").is_some();
    // Its stages and steps stand without a wrapping key, and say what they run by the key itself.
    let stages = root.at(&["pipeline", "stages"]);
    let is_bare = |stage: &Node| {
        ["steps", "spec", "template", "parallel", "group"]
            .iter()
            .any(|key| stage.get(key).is_some())
    };
    let is_new =
        |stage: &Node| stage.get("parallel").is_none_or(|inner| inner.get("stages").is_some()) && is_bare(stage);
    // One that lacks its key among others that have theirs is a slip.
    let is_older = |stage: &Node| stage.get("stage").is_some() || stage.get("insert").is_some();
    let is_new_list = |stages: &Node| stages.items().any(is_new) && !stages.items().any(is_older);
    is_marked && (has_kind || root.get("pipeline").is_some()) || stages.is_some_and(is_new_list)
}
