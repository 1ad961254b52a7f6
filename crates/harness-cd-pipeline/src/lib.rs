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
mod draft;
mod fragments;
mod guard;
mod homes;
mod import;
mod inputs;
mod key_schema;
mod left_out;
mod read;
mod render;
mod rules;
mod same_cluster;
pub mod stages;

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{Code, Deployer, Diagnostic, Platform, Range, ServiceCatalog, Severity};
use harness_cd_template::Template;

use crate::homes::Homes;
use crate::read::broken::{Broken, Kind};

pub use archetype_template::archetype_template;
pub use archetype_template::state::{Conflict, NotMerged, TemplateState, digest_line, merge_template};
pub use choice::choosable_stages;
pub use compare::{FieldChange, ORDER, compare, meaning};
pub use dialect::{is_of_version_1, is_pipeline_of_harness3};
pub use import::{
    DraftedTemplate, Import, ImportChange, ImportDifference, ImportReport, ImportSource, LeftAlone, SERVICE,
    ToComplete, VaryingValue, import, kind_name,
};
pub use inputs::{
    FillError, InputExpression, TaggedArtifact, element_pointer, fill_inputs, fill_inputs_and_elements, fill_question,
    input_set_values, inputs_in_place_of, inputs_of_element, runtime_inputs, split_values, structure_of,
    tagged_artifact, with_asked,
};
pub use key_schema::key_schema;
pub use left_out::{LeftOut, LeftOutKind, UnreadService};
pub use read::{Layout, described_files, keys, read_config_repo};
pub use render::{Rendered, RenderedFiles, render, render_template};
pub use rules::deploy_rules;
pub use same_cluster::{Pair, Sameness};

/// A config repository: path relative to its root, `/`-separated, to content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A config repository, read and checked.
#[derive(Clone, Debug)]
pub struct ConfigRepo {
    /// Where its parts stand.
    pub layout: Layout,
    /// What of `platform.yaml` is sound; `None` if it is missing or has errors that concern the whole.
    pub platform: Option<Platform>,
    /// What of it is not.
    broken: Broken,
    /// The services of `services.yaml` that have no errors, nor what they take from the platform.
    pub catalog: ServiceCatalog,
    /// Whether some service has a namespace, and whether some has a release of its own, unread ones among them.
    own_names: [bool; 2],
    /// In which projects what the platform describes is needed.
    homes: Homes,
    /// `templates/<archetype>-pipeline-template.yaml`, by archetype.
    pub templates: BTreeMap<String, Template>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The other services of `services.yaml`, in file order.
    pub unread: Vec<UnreadService>,
}

impl ConfigRepo {
    /// Why a service of `services.yaml` is not used; `None` where it is, or where there is none of that name.
    #[must_use]
    pub fn reason_against(&self, service: &str) -> Option<&Diagnostic> {
        let mut unread = self.unread.iter().map(|one| &one.left_out);
        unread.find(|one| one.name == service).map(|one| &one.reason)
    }

    /// Why no template can be written: something that all of them have is broken.
    #[must_use]
    pub fn reason_against_templates(&self) -> Option<&Diagnostic> {
        self.broken.of_templates()
    }

    /// Why the template of an archetype cannot be written: something that it has is broken, such as a cluster that may be
    /// the archetype's.
    #[must_use]
    pub fn reason_against_template(&self, archetype: &str) -> Option<&Diagnostic> {
        self.broken.of_template(archetype)
    }

    /// Who deploys the services, those of archetypes among them that are broken.
    #[must_use]
    pub fn deployers(&self) -> BTreeSet<Deployer> {
        let sound = self.platform.iter().flat_map(Platform::deployers);
        sound.chain(self.broken.deployers()).collect()
    }

    /// The archetypes that are broken, by their names or places, and why.
    pub fn broken_archetypes(&self) -> impl Iterator<Item = (String, &Diagnostic)> {
        let entries = self.broken.entries(Kind::Archetype);
        entries.map(|entry| (entry.called(), &entry.reason))
    }

    /// Why the connectors that the platform describes are not all known.
    #[must_use]
    pub fn reason_against_connectors(&self) -> Option<&Diagnostic> {
        let mut with_connectors = self
            .broken
            .entries(Kind::Cluster)
            .chain(self.broken.entries(Kind::Registry))
            .chain(self.broken.entries(Kind::Infrastructure));
        with_connectors.next().map(|entry| &entry.reason)
    }

    /// Why the infrastructure definitions that the platform describes are not all known.
    #[must_use]
    pub fn reason_against_infrastructures(&self) -> Option<&Diagnostic> {
        let clusters = self.broken.entries(Kind::Cluster);
        let mut with_infrastructures = clusters.chain(self.broken.entries(Kind::Infrastructure));
        with_infrastructures.next().map(|entry| &entry.reason)
    }

    /// Why it is not known in which projects all services are.
    fn reason_against_homes(&self) -> Option<&Diagnostic> {
        let unread = self.unread.iter().map(|one| &one.left_out.reason);
        let errors = self.diagnostics.iter();
        let errors = errors.filter(|found| found.severity == Severity::Error);
        unread.chain(errors).next().filter(|_| !self.homes.is_whole())
    }

    /// Whether every service that there is could be read.
    #[must_use]
    pub fn has_all_services(&self) -> bool {
        self.homes.is_whole()
    }

    /// Whether `services.yaml` has a service of that name, sound or not.
    fn knows(&self, service: &str) -> bool {
        self.catalog.services.iter().any(|known| known.name == service) || self.reason_against(service).is_some()
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
