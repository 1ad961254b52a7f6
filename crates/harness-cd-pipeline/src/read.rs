//! A config repository, read and cross-checked.
//!
//! Codes: `HCD01xx` of [`harness_cd_model::codes`].

mod archetypes;
pub(crate) mod broken;
mod cloud_regions;
mod credentials;
mod declared;
mod forms;
mod health_sources;
mod infrastructures;
pub mod keys;
mod layout;
mod name_patterns;
mod names;
mod notifications;
mod places;
mod platform;
mod projects;
mod services;
mod sources;
mod ticket;
mod windows;
mod zones;

use std::collections::BTreeMap;

use harness_cd_model::naming::LAYOUT_FILE;
use harness_cd_model::{Diagnostic, ServiceCatalog, Severity, codes};
use harness_cd_template::Template;
use harness_cd_yaml::{At, Document, Node, Reader, decode, parse};
pub use layout::{Layout, described_files};
pub(crate) use name_patterns::in_place;

use self::broken::Broken;
use self::platform::PlatformReading;

use crate::homes::Homes;
use crate::{ConfigRepo, Files, finding};

/// Reads `platform.yaml`, `services.yaml` and `templates/<archetype>-pipeline-template.yaml`, or what `harness-cd.yaml`
/// names in their place, and checks them against each other. Other files are ignored. A broken service stops that service
/// alone, and a broken entry of the platform what depends on it.
#[must_use]
pub fn read_config_repo(files: &Files) -> ConfigRepo {
    match Layout::read(files) {
        Ok(layout) => read_at(files, layout),
        // Elsewhere nothing is missing that may be where nobody could read it.
        Err(diagnostics) => ConfigRepo {
            layout: Layout::default(),
            platform: None,
            broken: Broken::whole(diagnostics.first().cloned()),
            catalog: ServiceCatalog::default(),
            own_names: [false; 2],
            homes: Homes::default(),
            templates: BTreeMap::new(),
            diagnostics,
            unread: Vec::new(),
        },
    }
}

fn read_at(files: &Files, layout: Layout) -> ConfigRepo {
    let mut diagnostics = Vec::new();
    let with_template: Vec<&str> = files
        .keys()
        .filter_map(|path| layout.template_archetype(path))
        .collect();
    let description = open(files, "platform", layout.platform(), &mut diagnostics);
    let of_platform = match &description {
        Some(document) => {
            let mut reader = Reader::new(layout.platform()).beside(layout.other_keys());
            let reading = platform::read(&mut reader, At::root(&document.root), &with_template);
            diagnostics.extend(reader.finish());
            reading
        }
        None => PlatformReading {
            broken: Broken::whole(diagnostics.first().cloned()),
            ..PlatformReading::default()
        },
    };
    let templates = files
        .iter()
        .filter_map(|(path, bytes)| {
            let archetype = layout.template_archetype(path)?;
            let read = decode(path, bytes).and_then(|text| Template::parse(path, text));
            Some((
                archetype.to_owned(),
                read.map_err(|findings| diagnostics.extend(findings)).ok(),
            ))
        })
        .collect::<Vec<_>>();
    let archetypes: Vec<&str> = templates.iter().map(|(archetype, _)| archetype.as_str()).collect();
    let before = diagnostics.len();
    let service_files = layout.service_files(files);
    if service_files.is_empty() {
        diagnostics.push(missing(files, "services", &layout.services()));
    }
    let mut documents: Vec<(&str, Document)> = service_files
        .into_iter()
        .filter_map(|file| Some((file, open(files, "services", file, &mut diagnostics)?)))
        .collect();
    if layout.is_a_service_each() {
        // Of two services of one name, the one in the file of that name has it.
        documents.sort_by_key(|(file, document)| !is_named_after(file, document));
    }
    let written = services::Written::of(documents.iter().map(|(_, document)| document));
    let mut services = services::Services::new((layout.platform(), &of_platform), archetypes, written);
    for (file, document) in &documents {
        let mut reader = Reader::new(file).beside(layout.other_keys());
        services.read(&mut reader, At::root(&document.root), layout.is_a_service_each());
        diagnostics.extend(reader.finish());
    }
    let are_read = diagnostics
        .iter()
        .skip(before)
        .all(|found| found.severity != Severity::Error);
    let services = services.finish(are_read);
    diagnostics.extend(services.of_platform);
    Diagnostic::sort(&mut diagnostics);
    ConfigRepo {
        platform: of_platform.platform,
        broken: of_platform.broken,
        catalog: ServiceCatalog {
            services: services.services,
        },
        own_names: services.own_names,
        homes: services.homes,
        templates: templates
            .into_iter()
            .filter_map(|(archetype, template)| Some((archetype, template?)))
            .collect(),
        diagnostics,
        unread: services.unread,
        layout,
    }
}

/// Whether the only service of a file is called as the file is.
fn is_named_after(file: &str, document: &Document) -> bool {
    let file = file.rsplit('/').next().unwrap_or(file);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    document.root.get("name").and_then(Node::as_str) == Some(stem)
}

/// Reads a part of a config repository, which a layout may name under `key`.
fn open(files: &Files, key: &str, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Document> {
    let Some(bytes) = files.get(path) else {
        diagnostics.push(missing(files, key, path));
        return None;
    };
    parse(path, bytes).map_err(|findings| diagnostics.extend(findings)).ok()
}

fn missing(files: &Files, key: &str, path: &str) -> Diagnostic {
    let message = format!("the config repository has no `{path}`");
    if let Some((pointer, range)) = layout::place_of(files, key) {
        let hint = format!("write under `{key}` where it is, or create it");
        return codes::MISSING_FILE.finding(LAYOUT_FILE, &pointer, range, message, hint);
    }
    let hint = match files.contains_key(LAYOUT_FILE) {
        true => format!("create it, or say in `{LAYOUT_FILE}` where it is"),
        false => "create it, or name the folder that holds it".to_owned(),
    };
    finding(codes::MISSING_FILE, path, message, hint)
}
