//! What the registries hold: the tags of each image.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids;
use crate::tables::invented;

/// The tags of every image, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Builds {
    seed: u64,
    /// By image path; an image that nobody has said anything about has invented ones.
    tags: BTreeMap<String, Vec<String>>,
}

impl Builds {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            tags: BTreeMap::new(),
        }
    }

    /// Says which tags an image has, newest first.
    pub(crate) fn set(&mut self, image: &str, tags: Vec<String>) {
        self.tags.insert(image.to_owned(), tags);
    }

    /// The tags of an image, newest first.
    pub(crate) fn of(&self, image: &str) -> Vec<String> {
        let told = self.tags.get(image).cloned();
        told.unwrap_or_else(|| invented::tags(ids::hash(self.seed, image)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_the_tags_it_was_given_or_the_same_invented_ones_each_time() {
        let mut builds = Builds::new(7);
        let invented = builds.of("project/shop");
        assert!(!invented.is_empty());
        assert_eq!(builds.of("project/shop"), invented);
        assert_ne!(Builds::new(8).of("project/shop"), invented);
        builds.set("project/shop", vec!["2.0.0".to_owned()]);
        assert_eq!(builds.of("project/shop"), ["2.0.0"]);
        builds.set("project/empty", Vec::new());
        assert!(builds.of("project/empty").is_empty());
    }
}
