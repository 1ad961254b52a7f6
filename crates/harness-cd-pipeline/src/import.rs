//! What a project has already, as a config repository that renders it.
//!
//! ```text
//! texts ──sources──▶ entities ──pipelines──▶ what each deploys ──unify──▶ a template for each group
//!                        └──platform──▶ platform.yaml, services.yaml ◀──guards── what holds in all templates
//! the files ──read_config_repo, render──▶ entities ──compare──▶ what differs, each field of each entity
//! ```
//!
//! The report does not follow from how the files were drafted: it is what comparing the rendered with the imported
//! finds, so that nothing is lost in silence.

mod archetypes;
mod clusters;
mod compared;
mod connectors;
mod guards;
mod markdown;
mod names;
mod outside;
mod pipelines;
mod platform;
mod registries;
mod report;
mod repositories;
mod services;
mod sources;
mod templates;
mod tickets;
mod unify;
mod windows;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::ProjectRef;
use harness_cd_model::naming::{PLATFORM_FILE, SERVICES_FILE};

use crate::draft::{Draft, Kind};
use compared::compared;
use guards::{Guards, guards};
use names::Names;
use pipelines::Deploys;
use platform::describe;
use services::{choose, members};
use sources::{Key, Known};
use templates::{grouped, template};

use crate::{Files, read_config_repo};

pub use report::{
    DraftedTemplate, ImportChange, ImportDifference, ImportReport, LeftAlone, SERVICE, ToComplete, VaryingValue,
    kind_name,
};

/// A Harness file, or the YAML of an entity as Harness keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSource {
    /// Its path, or what it is of.
    pub name: String,
    /// The YAML.
    pub text: String,
    /// RFC 6901 pointers to secrets that stand in it in plain text. A pipeline with one is left alone, and no file and no
    /// report repeats one.
    pub secrets: Vec<String>,
}

/// A config repository, and how it differs from what it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// `platform.yaml`, `services.yaml` and the templates, by path.
    pub files: BTreeMap<String, String>,
    /// What differs.
    pub report: ImportReport,
}

/// Describes the entities of a project by a config repository. What could not be read at all is handed on in `unread`.
///
/// The project is that of `scope`, or else the one that most of the entities name.
#[must_use]
pub fn import(sources: &[ImportSource], scope: Option<&ProjectRef>, unread: Vec<LeftAlone>) -> Import {
    let mut left = unread;
    let project = sources::read(sources, scope, &mut left);
    let mut notes = Notes::default();
    let chosen = choose(&project, &mut notes);
    let all: Vec<&Deploys> = chosen.iter().map(|one| &one.deploys).collect();
    let described = describe(&project, &all, &mut notes);
    let members = members(&project, chosen, &described, &mut notes);
    let groups = grouped(&members, &described);
    let names = Names::find(&members, &described.places);
    let platform = |guards: &Guards| {
        let text = described.draft(&names, guards, &groups).write(Kind::Plain);
        (PLATFORM_FILE.to_owned(), text)
    };
    let mut files = BTreeMap::from([platform(&Guards::new())]);
    let mut templates = Vec::new();
    let mut services = Vec::new();
    for (archetype, group) in &groups {
        let (text, drafted, entries) = template(archetype, group, &described, &names);
        files.insert(drafted.file.clone(), text);
        templates.push(drafted);
        services.extend(entries);
    }
    services.sort_by(|(one, _), (other, _)| one.cmp(other));
    let entries = services.into_iter().map(|(_, entry)| entry).collect();
    files.insert(
        SERVICES_FILE.to_owned(),
        Draft::map([("services", Draft::List(entries))]).write(Kind::Plain),
    );
    // What guards an environment is told by the templates that deploy there.
    let unguarded = read_config_repo(&bytes_of(&files));
    files.extend([platform(&guards(&unguarded, &described.windows_of_sets, &mut notes))]);
    let mut report = compared(&project, &files, &members, &described, &notes, left);
    report.templates = templates;
    report.to_complete = notes.complete();
    Import { files, report }
}

fn bytes_of(files: &BTreeMap<String, String>) -> Files {
    let bytes = files
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    bytes.collect()
}

/// What is noticed while drafting.
#[derive(Debug, Default)]
struct Notes {
    /// Why an entity is not described.
    left: BTreeMap<Key, String>,
    to_complete: BTreeMap<String, BTreeSet<String>>,
}

impl Notes {
    fn leave(&mut self, known: &Known, reason: &str) {
        self.left.entry(known.key.clone()).or_insert_with(|| reason.to_owned());
    }

    fn ask_for(&mut self, what: &str, of: Option<&str>) {
        let entry = self.to_complete.entry(what.to_owned()).or_default();
        entry.extend(of.map(str::to_owned));
    }

    fn complete(self) -> Vec<ToComplete> {
        let all = self.to_complete.into_iter();
        all.map(|(what, of)| ToComplete {
            what,
            of: of.into_iter().collect(),
        })
        .collect()
    }
}
