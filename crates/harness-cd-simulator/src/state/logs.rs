//! Logs that somebody asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::{self, Role};

/// The keys that were asked for, by the name of the file they are given under.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Logs(BTreeMap<String, String>);

impl Logs {
    /// Whether a key is asked for the first time; from now on it is not.
    pub(crate) fn is_new(&mut self, key: &str) -> bool {
        self.0.insert(self.link(key), key.to_owned()).is_none()
    }

    /// The name of a key's file.
    pub(crate) fn link(&self, key: &str) -> String {
        ids::id(0, 0, Role::Instance, key)
    }

    pub(crate) fn key(&self, link: &str) -> Option<&str> {
        self.0.get(link).map(String::as_str)
    }
}
