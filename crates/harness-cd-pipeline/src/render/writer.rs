use std::collections::BTreeMap;

use harness_cd_model::naming::entity_path;
use harness_cd_model::naming::patterns::{ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION, filled, of_service};
use harness_cd_model::{
    Archetype, Diagnostic, Entity, EntityKind, EntityScope, Identifier, Level, Platform, Range, Service, Severity,
    codes,
};
use harness_cd_template::{Template, Values};

use super::Rendered;
use crate::agree;
use crate::archetype_template::state::untouched_heading;
use crate::fragments::fill;
use crate::left_out::LeftOut;

/// The variables of a service that say where it runs.
const NAMESPACE: &str = "namespace";
const RELEASE_NAME: &str = "releaseName";

/// What an entity is called.
pub(super) struct Called<'n> {
    pub(super) scope: &'n EntityScope,
    pub(super) kind: EntityKind,
    /// As its file is called.
    pub(super) name: &'n str,
    /// What it belongs to, if it does not stand on its own.
    pub(super) parent: Option<&'n str>,
    pub(super) identifier: &'n str,
}

/// A part of an entity: its text, and the values of the placeholders in it.
pub(super) struct Part {
    pub(super) text: String,
    values: Vec<(&'static str, String)>,
}

impl Part {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// With the value of a placeholder.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.values.push((name, value.to_owned()));
        self
    }

    /// In the hole of a frame.
    pub(super) fn within(self, frame: &str, hole: &str) -> Self {
        Self {
            text: fill(frame, hole, &[self.text]),
            values: self.values,
        }
    }

    pub(super) fn values(&self) -> Vec<(&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
}

/// The frame of an entity that may stand above projects, with the keys that say where it stands.
pub(super) fn placed(frame: &str, scope: &EntityScope) -> String {
    let org = scope.org().map(|_| "orgIdentifier: {{ORG}}".to_owned());
    let project = scope.project().map(|_| "projectIdentifier: {{PROJECT}}".to_owned());
    fill(frame, "scope", &org.into_iter().chain(project).collect::<Vec<_>>())
}

/// Collects what is rendered.
pub(super) struct Writer<'p> {
    pub(super) rendered: Rendered,
    pub(super) platform: &'p Platform,
    /// Whether some service has a namespace, and whether some has a release of its own.
    own_names: [bool; 2],
    /// The product's own templates, read once.
    templates: BTreeMap<String, Template>,
    /// What a template lacks for some of its services, and for which.
    unbound: Vec<(Diagnostic, Vec<&'p str>)>,
}

impl<'p> Writer<'p> {
    pub(super) fn new(platform: &'p Platform, own_names: [bool; 2], left_out: Vec<LeftOut>) -> Self {
        Self {
            rendered: Rendered {
                left_out,
                ..Rendered::default()
            },
            platform,
            own_names,
            templates: BTreeMap::new(),
            unbound: Vec::new(),
        }
    }

    /// The patterns of namespace and release in an infrastructure definition, which all services share: where one has its
    /// own, the service says it, as a variable.
    pub(super) fn place_names(&self) -> [String; 2] {
        let names = &self.platform.names;
        let [namespace, release] = self.own_names;
        let variable = |name: &str| format!("<+serviceVariables.{name}>");
        [
            if namespace {
                variable(NAMESPACE)
            } else {
                names.namespace.clone()
            },
            if release {
                variable(RELEASE_NAME)
            } else {
                names.release_name.clone()
            },
        ]
    }

    /// The place of a run, as an entity of a service says it.
    pub(super) fn of_run(&self) -> [(&'static str, &'static str); 3] {
        let mut environments = self.platform.environments.iter();
        // Whether Harness puts the level before the identifier there is nowhere said.
        let identifier = match environments.all(|known| known.level == Level::Project) {
            true => "<+env.identifier>",
            false => "<+<+env.identifier>.replace(\"account.\", \"\").replace(\"org.\", \"\")>",
        };
        [
            (ENVIRONMENT, "<+env.name>"),
            (ENVIRONMENT_IDENTIFIER, identifier),
            (REGION, "<+pipeline.variables.targetRegion>"),
        ]
    }

    /// The variables by which a service says them: name, placeholder of the value, value.
    pub(super) fn name_variables(&self, service: &Service) -> Vec<(&'static str, &'static str, String)> {
        let names = &self.platform.names;
        let values = [
            &of_service(&service.name, service.identifier.as_str())[..],
            &self.of_run(),
        ]
        .concat();
        let own = [
            (
                NAMESPACE,
                "OWN_NAMESPACE",
                service.namespace.as_ref().unwrap_or(&names.namespace),
            ),
            (
                RELEASE_NAME,
                "OWN_RELEASE_NAME",
                service.release_name.as_ref().unwrap_or(&names.release_name),
            ),
        ];
        let said = own.into_iter().zip(self.own_names).filter(|(_, is_said)| *is_said);
        said.map(|((name, placeholder, pattern), _)| (name, placeholder, filled(pattern, &values)))
            .collect()
    }

    /// Whether a template of an archetype agrees with the platform; where it does not, that is reported, unless it is one
    /// that nobody can write again before what is broken is mended.
    pub(super) fn agrees(
        &mut self,
        archetype: &str,
        template: &Template,
        services: &[&Service],
        broken: Option<&Diagnostic>,
    ) -> bool {
        let own = services.iter().filter(|service| service.archetype == *archetype);
        let mut findings = agree::check(template, self.platform, own.copied());
        let agrees = findings.is_empty();
        let is_written = |archetype: &Archetype| archetype.strategy.is_some();
        let first = findings
            .first()
            .filter(|_| self.platform.archetype(archetype).is_some_and(is_written));
        if let Some(outdated) = first.and_then(|first| outdated(template, first)) {
            findings = broken.is_none().then_some(outdated).into_iter().collect();
        }
        self.rendered.diagnostics.extend(findings);
        agrees
    }

    /// Writes an entity by one of the product's own templates.
    pub(super) fn entity(&mut self, called: &Called<'_>, template: &str, values: &[(&str, &str)]) {
        let identifier = [("IDENTIFIER", called.identifier)];
        let path = self.path(called.scope, &entity_path(called.kind, called.name));
        match self.text(called.scope, &path, template, &[&identifier, values].concat()) {
            Ok(yaml) => self.add(called, yaml),
            Err(findings) => self.rendered.diagnostics.extend(findings),
        }
    }

    /// Adds an entity that has been written.
    pub(super) fn add(&mut self, called: &Called<'_>, yaml: String) {
        let entity = Entity {
            kind: called.kind,
            scope: called.scope.clone(),
            parent: called.parent.map(str::to_owned),
            identifier: called.identifier.to_owned(),
            yaml,
        };
        let path = self.path(called.scope, &entity_path(called.kind, called.name));
        self.rendered.entities.insert(path, entity);
    }

    /// The path of a file of what stands in a scope.
    pub(super) fn path(&self, scope: &EntityScope, file: &str) -> String {
        self.platform.folder_of(scope).path(file)
    }

    /// Writes a file that is no entity by one of the product's own templates.
    pub(super) fn file(&mut self, scope: &EntityScope, path: String, template: &str, values: &[(&str, &str)]) {
        match self.text(scope, &path, template, values) {
            Ok(text) => _ = self.rendered.others.insert(path, text),
            Err(findings) => self.rendered.diagnostics.extend(findings),
        }
    }

    /// The text of one of the product's own templates.
    pub(super) fn text(
        &mut self,
        scope: &EntityScope,
        path: &str,
        template: &str,
        values: &[(&str, &str)],
    ) -> Result<String, Vec<Diagnostic>> {
        let common = [
            ("ORG", scope.org().map_or("", Identifier::as_str)),
            ("PROJECT", scope.project().map_or("", Identifier::as_str)),
            ("MANAGED_BY", self.platform.managed_by.as_str()),
        ];
        let values: Values = common
            .iter()
            .chain(values)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        if !self.templates.contains_key(template) {
            self.templates
                .insert(template.to_owned(), Template::parse(path, template)?);
        }
        // Put there just now, if not before.
        self.templates
            .get(template)
            .map_or_else(|| Ok(String::new()), |template| template.render(&values))
    }

    /// Notes what a template lacks for a service.
    pub(super) fn lacks(&mut self, service: &'p str, finding: Diagnostic) {
        let same = |known: &&mut (Diagnostic, _)| {
            (&known.0.file, known.0.range, &known.0.message) == (&finding.file, finding.range, &finding.message)
        };
        match self.unbound.iter_mut().find(same) {
            Some((_, services)) => services.push(service),
            None => self.unbound.push((finding, vec![service])),
        }
    }

    /// What has been rendered, with what was noted.
    pub(super) fn finish(mut self) -> Rendered {
        let unbound = self.unbound.into_iter().map(|(finding, services)| Diagnostic {
            message: format!("{} ({})", finding.message, for_services(&services)),
            ..finding
        });
        self.rendered.add(unbound.collect());
        self.rendered
    }
}

/// `for the service `a` and 6 more`
fn for_services(services: &[&str]) -> String {
    let first = services.first().copied().unwrap_or_default();
    match services.len() {
        0 | 1 => format!("for the service `{first}`"),
        several => format!("for the service `{first}` and {} more", several - 1),
    }
}

/// What is wrong with a template that was written from the platform description, and that nobody has changed since: that
/// the description has been. Nothing of it is mended by hand.
fn outdated(template: &Template, first: &Diagnostic) -> Option<Diagnostic> {
    let line = u32::try_from(untouched_heading(template.text())?).ok()?;
    let range = Range {
        line,
        column: 1,
        end_line: line,
        end_column: 2,
    };
    let message = format!(
        "the template is not the one that the platform description gives by now: {}",
        first.message
    );
    let hint = "run `harness-cd template new`, if the platform description says what is meant";
    let finding = codes::OUTDATED_TEMPLATE.finding(template.file(), "", range, message, hint);
    // Its services would be deployed otherwise than is described.
    Some(Diagnostic {
        severity: Severity::Error,
        ..finding
    })
}
