//! What is wrong with a Harness YAML beyond what a schema can say.
//!
//! ```text
//! any Harness YAML ──lint──▶ findings, by the rules as their table or a `lint.yaml` grades them
//! config repo ──lint_config_repo──▶ the same for all its files, what they render to and how they fit together
//! ```
//!
//! A rule is a function and a line in the table. It looks at a node and the outline of its document, at a document as
//! a whole, or at a document beside everything else of its config repository. What has one safe mending,
//! [`LintSettings::fix`] mends in the text, and [`fix_config_repo`] in all texts of a config repo. Text that is filled in before Harness reads a file is taken as good, except for a template's own placeholders, which are judged by
//! samples.
//!
//! Nothing here does IO or panics.

mod approvals;
mod entities;
mod expressions;
mod fix;
mod infrastructure;
mod linter;
mod manifests;
mod names;
mod nested;
mod notifications;
mod origin;
mod outline;
mod place;
mod platform;
mod references;
mod repo;
mod repo_facts;
mod reporter;
mod rule;
mod rules;
mod sample;
mod schema;
mod secrets;
mod settings;
mod shape;
mod step_kinds;
mod strategies;
mod timeouts;
mod triggers;
mod values;
mod verification;

pub use fix::{Mended, MendedRepo, fix_config_repo};
pub use linter::lint;
pub use repo::lint_config_repo;
pub use rule::{LintRule, lint_rules};
pub use rules::PLAIN_SECRET;
pub use schema::{editor_schema, editor_schema_kinds};
pub use settings::{LINT_KEYS, LintSettings};
