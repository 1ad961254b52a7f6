//! Lists of texts in a filter, and patterns.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api::filter_body::list_of_texts;
use crate::tables::pattern::Pattern;
use crate::wire::respond::Failure;

/// Any of these; everything where there is none.
pub(super) struct Texts(BTreeSet<String>);

impl Texts {
    pub(super) fn of(body: &Value, key: &str) -> Result<Self, Failure> {
        list_of_texts(body, key).map(|texts| Self(texts.into_iter().collect()))
    }

    pub(super) fn add(&mut self, text: Option<&str>) {
        self.0.extend(text.map(str::to_owned));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&self, text: &str) -> bool {
        self.0.is_empty() || self.0.contains(text)
    }

    pub(super) fn take_any<'t>(&self, mut texts: impl Iterator<Item = &'t str>) -> bool {
        self.0.is_empty() || texts.any(|text| self.0.contains(text))
    }
}

/// Source: harness-api §3.4, §12.33 [CORE PMSExecutionServiceImpl]: names and terms are patterns, without regard to case;
/// what is no pattern is a 400.
pub(super) fn pattern(text: &str) -> Result<Pattern, Failure> {
    Pattern::part_in_any_case(text)
        .map_err(|problem| Failure::invalid(format!("{problem} Use \\\\ for special character")))
}
