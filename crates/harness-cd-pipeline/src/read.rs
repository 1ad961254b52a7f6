//! A config repository, read and cross-checked.
//!
//! Codes: `HCD01xx` of [`harness_cd_model::codes`].

mod archetypes;
mod credentials;
mod forms;
pub mod keys;
mod name_patterns;
mod names;
mod notifications;
mod places;
mod platform;
mod services;
mod sources;
mod ticket;
mod windows;
mod zones;

use harness_cd_model::naming::{PLATFORM_FILE, SERVICES_FILE, template_archetype};
use harness_cd_model::{Diagnostic, ServiceCatalog, codes};
use harness_cd_template::Template;
use harness_cd_yaml::{At, Document, Reader, decode, parse};

use crate::{ConfigRepo, Files, finding};

/// Reads `platform.yaml`, `services.yaml` and `templates/<archetype>-pipeline-template.yaml`, and checks them against
/// each other. Other files are ignored. A broken service stops that service alone.
#[must_use]
pub fn read_config_repo(files: &Files) -> ConfigRepo {
    let mut diagnostics = Vec::new();
    let platform = open(files, PLATFORM_FILE, &mut diagnostics).and_then(|document| {
        with_reader(PLATFORM_FILE, &mut diagnostics, |reader| {
            platform::read(reader, At::root(&document.root))
        })
    });
    let templates = files
        .iter()
        .filter_map(|(path, bytes)| {
            let archetype = template_archetype(path)?;
            let read = decode(path, bytes).and_then(|text| Template::parse(path, text));
            Some((
                archetype.to_owned(),
                read.map_err(|findings| diagnostics.extend(findings)).ok(),
            ))
        })
        .collect::<Vec<_>>();
    let archetypes: Vec<&str> = templates.iter().map(|(archetype, _)| archetype.as_str()).collect();
    let services = open(files, SERVICES_FILE, &mut diagnostics).map(|document| {
        with_reader(SERVICES_FILE, &mut diagnostics, |reader| {
            services::read(reader, At::root(&document.root), platform.as_ref(), &archetypes)
        })
    });
    let (services, left_out) = services.unwrap_or_default();
    Diagnostic::sort(&mut diagnostics);
    ConfigRepo {
        platform,
        catalog: ServiceCatalog { services },
        templates: templates
            .into_iter()
            .filter_map(|(archetype, template)| Some((archetype, template?)))
            .collect(),
        diagnostics,
        left_out,
    }
}

fn open(files: &Files, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Document> {
    let Some(bytes) = files.get(path) else {
        let message = format!("the config repository has no `{path}`");
        let hint = "create it, or name the folder that holds it".to_owned();
        diagnostics.push(finding(codes::MISSING_FILE, path, message, hint));
        return None;
    };
    parse(path, bytes).map_err(|findings| diagnostics.extend(findings)).ok()
}

fn with_reader<T>(file: &str, diagnostics: &mut Vec<Diagnostic>, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
    let mut reader = Reader::new(file);
    let value = read(&mut reader);
    diagnostics.extend(reader.finish());
    value
}
