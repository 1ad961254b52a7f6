//! Platform, services and templates to Harness entities; runtime inputs of any Harness YAML.
//!
//! ```text
//! files ──read_config_repo──▶ Platform, ServiceCatalog, Templates ──render──▶ Harness entities as YAML
//! Platform ──archetype_template──▶ the first template of an archetype
//! any Harness YAML ──runtime_inputs──▶ what a run asks for ──fill_inputs──▶ what a run sends
//! ```
//!
//! Nothing here does IO or panics; a person's mistakes are [`Diagnostic`]s.

mod agree;
mod archetype_template;
mod choice;
mod compare;
mod dialect;
pub mod difference;
mod fragments;
mod guard;
mod import;
mod inputs;
mod key_schema;
mod left_out;
mod read;
mod render;
mod rules;
pub mod stages;

use std::collections::BTreeMap;

use harness_cd_model::{Code, Diagnostic, Platform, Range, ServiceCatalog};
use harness_cd_template::Template;

pub use archetype_template::archetype_template;
pub use archetype_template::state::{Conflict, NotMerged, TemplateState, digest_line, merge_template};
pub use choice::choosable_stages;
pub use compare::{FieldChange, ORDER, compare, meaning};
pub use dialect::{is_of_version_1, is_pipeline_of_harness3};
pub use import::{
    Change, Difference, DraftedTemplate, Import, ImportReport, ImportSource, LeftAlone, SERVICE, ToComplete,
    VaryingValue, import, kind_name,
};
pub use inputs::{
    FillError, InputExpression, TaggedArtifact, element_pointer, fill_inputs, fill_inputs_and_elements, fill_question,
    input_set_values, inputs_in_place_of, inputs_of_element, runtime_inputs, split_values, structure_of,
    tagged_artifact, with_asked,
};
pub use key_schema::key_schema;
pub use left_out::LeftOut;
pub use read::{Layout, described_files, keys, read_config_repo};
pub use render::{Rendered, RenderedFiles, render, render_template};
pub use rules::deploy_rules;

/// A config repository: path relative to its root, `/`-separated, to content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A config repository, read and checked.
#[derive(Clone, Debug)]
pub struct ConfigRepo {
    /// Where its parts stand.
    pub layout: Layout,
    /// `platform.yaml`; `None` if it is missing or has errors.
    pub platform: Option<Platform>,
    /// The services of `services.yaml` that have no errors.
    pub catalog: ServiceCatalog,
    /// `templates/<archetype>-pipeline-template.yaml`, by archetype.
    pub templates: BTreeMap<String, Template>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The services of `services.yaml` that have errors, in file order.
    pub left_out: Vec<LeftOut>,
}

impl ConfigRepo {
    /// Whether `services.yaml` has a service of that name, sound or not.
    fn knows(&self, service: &str) -> bool {
        self.catalog.services.iter().any(|known| known.name == service)
            || self.left_out.iter().any(|known| known.service == service)
    }
}

/// A finding about a file as a whole.
fn finding(code: &Code, file: &str, message: String, hint: String) -> Diagnostic {
    let start = Range {
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
    };
    code.finding(file, "", start, message, hint)
}
