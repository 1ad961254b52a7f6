//! Platform, services and templates to Harness entities.
//!
//! Every entity is written by a template, the pipelines by those of the config repository and all others by those in
//! `entities/`: one way to write a scalar, and output that is the same for the same input.

mod connectors;
mod monitored_service;
mod platform;
mod policy;
mod rendered;
mod service;
mod writer;

use std::collections::BTreeMap;

use harness_cd_model::words::did_you_mean;
use harness_cd_model::{Diagnostic, Service, codes};
use harness_cd_template::{Template, Values};

use crate::ConfigRepo;
use crate::left_out::LeftOut;
pub use rendered::{Rendered, RenderedFiles};
use writer::Writer;

/// Renders one template once for each set of values, without a config repository, and hands on each text as it is made.
///
/// Answers with every finding, sorted, each once; where there is one, the texts are not all there.
pub fn render_template(file: &str, text: &str, values: &[Values], mut take: impl FnMut(String)) -> Vec<Diagnostic> {
    let template = match Template::parse(file, text) {
        Ok(template) => template,
        Err(diagnostics) => return diagnostics,
    };
    let mut diagnostics = Vec::new();
    for values in values {
        match template.render(values) {
            Ok(text) => take(text),
            Err(findings) => diagnostics.extend(findings),
        }
    }
    Diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    diagnostics
}

/// Renders the entities of some services, or of all where `only` is empty, and those of the platform.
///
/// Nothing is rendered without a platform, nothing of what is broken in it, and no pipeline from a template that does not
/// agree with it. The findings
/// are those of rendering alone; what reading found stands in [`ConfigRepo::diagnostics`]. `HCD0114`: there is no
/// service of a name in `only`.
#[must_use]
pub fn render(repo: &ConfigRepo, only: &[String]) -> Rendered {
    let is_meant = |name: &String| only.is_empty() || only.contains(name);
    let services = repo.catalog.services.iter().filter(|service| is_meant(&service.name));
    let services: Vec<&Service> = services.collect();
    let unread = repo.unread.iter().map(|unread| &unread.left_out);
    let left_out: Vec<LeftOut> = unread.filter(|unread| is_meant(&unread.name)).cloned().collect();
    let Some(platform) = &repo.platform else {
        return nothing(repo, &services, left_out);
    };
    let mut writer = Writer::new(platform, repo.own_names, left_out);
    platform::write(&mut writer, repo);
    for name in only.iter().filter(|name| !repo.knows(name)) {
        writer.rendered.diagnostics.push(unknown_service(repo, name));
    }
    let templates: BTreeMap<&str, &Template> = repo
        .templates
        .iter()
        .filter(|(archetype, template)| {
            writer.agrees(archetype, template, &services, repo.reason_against_template(archetype))
        })
        .map(|(archetype, template)| (archetype.as_str(), template))
        .collect();
    for service in services {
        match templates.get(service.archetype.as_str()) {
            Some(template) => service::write(&mut writer, service, template, &repo.catalog.services),
            None => service::write_without_template(&mut writer, service, repo),
        }
    }
    writer.finish()
}

/// Without a platform there is nothing to render, not even for sound services.
fn nothing(repo: &ConfigRepo, services: &[&Service], mut left_out: Vec<LeftOut>) -> Rendered {
    let stopped = repo.broken.stopping().into_iter();
    left_out.extend(stopped.flat_map(|reason| services.iter().map(|service| service::left_out(service, reason))));
    Rendered {
        left_out,
        ..Rendered::default()
    }
}

fn unknown_service(repo: &ConfigRepo, name: &str) -> Diagnostic {
    let names = repo.catalog.services.iter().map(|service| service.name.as_str());
    let near = did_you_mean(name, names);
    let file = repo.layout.services();
    let hint = near.unwrap_or_else(|| format!("name a service of {file} that has no findings"));
    crate::finding(
        codes::UNKNOWN_SERVICE,
        &file,
        format!("there is no service `{name}`"),
        hint,
    )
}
