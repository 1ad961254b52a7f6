//! `names`: what Harness may have already, on the platform for all services or for one.

use harness_cd_model::naming::NamePatterns;
use harness_cd_model::naming::patterns::{
    ENVIRONMENT, ENVIRONMENT_IDENTIFIER, IN_PIPELINE_IDENTIFIERS, IN_PIPELINE_NAMES, IN_PLACE_NAMES, REGION,
    SERVICE_DISPLAY_NAME, filled, is_pipeline_name, of_service, placeholders_of,
};
use harness_cd_model::words::did_you_mean;
use harness_cd_model::{Environment, Identifier, Region, codes};
use harness_cd_template::misspelt_in_value;
use harness_cd_yaml::{At, Fields, Reader};

use super::keys;
use super::names::{identifier_of, is_label};

/// The patterns under `names`, each where it is given.
#[derive(Default)]
pub(super) struct Given {
    pub(super) pipeline: Option<String>,
    pub(super) pipeline_identifier: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) release_name: Option<String>,
    /// Whether `namespace` and `releaseName` stand there, sound or not.
    pub(super) has_own: [bool; 2],
}

/// Reads the patterns.
pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Given {
    let fields = reader
        .optional(fields, "names")
        .and_then(|at| reader.object(at, keys::NAMES.known));
    let Some(fields) = fields else {
        return Given::default();
    };
    let has_own = ["namespace", "releaseName"].map(|key| reader.optional(&fields, key).is_some());
    let mut pattern = |key: &str, known: &[&str]| {
        let at = reader.optional(&fields, key)?;
        let text = reader.string(&at)?;
        // What follows from half a placeholder is not told beside it.
        require_known(reader, &at, text, known).then(|| text.to_owned())
    };
    Given {
        pipeline: pattern("pipeline", &IN_PIPELINE_NAMES),
        pipeline_identifier: pattern("pipelineIdentifier", &IN_PIPELINE_IDENTIFIERS),
        namespace: pattern("namespace", &IN_PLACE_NAMES),
        release_name: pattern("releaseName", &IN_PLACE_NAMES),
        has_own,
    }
}

/// Requires that every placeholder of a text has two braces on each side. Answers whether it has.
pub(super) fn require_whole(reader: &mut Reader<'_>, at: &At<'_>, text: &str, known: &[&str]) -> bool {
    let misspelt = misspelt_in_value(text, known);
    for (written, meant) in &misspelt {
        let message = format!("`{written}` is no placeholder: it has capitals, and two braces on each side");
        reader.error(
            codes::MISSPELT_PLACEHOLDER,
            at,
            message,
            format!("write `{{{{{meant}}}}}`"),
        );
    }
    misspelt.is_empty()
}

/// Requires that every placeholder of a pattern is whole, and stands for something. Answers whether they are whole.
pub(super) fn require_known(reader: &mut Reader<'_>, at: &At<'_>, text: &str, known: &[&str]) -> bool {
    if !require_whole(reader, at, text, known) {
        return false;
    }
    for name in placeholders_of(text).into_iter().filter(|name| !known.contains(name)) {
        let hint = did_you_mean(name, known.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("known here: {}", known.join(", ")));
        let message = format!("`{{{{{name}}}}}` stands for nothing here");
        reader.error(codes::BAD_PLACEHOLDER, at, message, hint);
    }
    true
}

/// What a pattern is for a service in a place.
pub(crate) fn in_place(pattern: &str, service: (&str, &str), (environment, region): (&Environment, &str)) -> String {
    let place = [
        (ENVIRONMENT, environment.name.as_str()),
        (ENVIRONMENT_IDENTIFIER, environment.identifier.as_str()),
        (REGION, region),
    ];
    filled(pattern, &[&of_service(service.0, service.1)[..], &place].concat())
}

/// Requires that a text, but for its length, is the name of a namespace, as far as Harness fills in nothing later. Answers
/// whether it is. Source: the names of objects in the documentation of Kubernetes (RFC 1123).
pub(super) fn require_namespace(reader: &mut Reader<'_>, at: &At<'_>, namespace: &str) -> bool {
    let is_known = !namespace.contains("<+") && !namespace.contains("{{");
    let is_sound = !is_known || !namespace.is_empty() && is_label(namespace);
    if !is_sound {
        let message = format!("the namespace `{namespace}` is none that Kubernetes takes");
        let hint = "use lower-case letters, digits and dashes between them, as in `{{SERVICE_NAME}}-{{ENVIRONMENT}}`";
        reader.error(codes::BAD_NAME, at, message, hint);
    }
    is_sound
}

/// Requires that a text is the name of a release, as far as Harness fills in nothing later. Answers whether it is. Source:
/// Helm's `ValidateReleaseName`, with the names of RFC 1123 that Kubernetes takes.
pub(super) fn require_release(reader: &mut Reader<'_>, at: &At<'_>, release: &str) -> bool {
    let is_known = !release.contains("<+") && !release.contains("{{");
    let is_name = release.len() <= MAX_RELEASE && release.split('.').all(|part| !part.is_empty() && is_label(part));
    let is_sound = !is_known || is_name;
    if !is_sound {
        let message = format!("`{release}` is no name of a release");
        let hint = format!(
            "use lower-case letters, digits and dashes between them, at most {MAX_RELEASE}, as in `{{{{SERVICE_NAME}}}}`"
        );
        reader.error(codes::BAD_NAME, at, message, hint);
    }
    is_sound
}

/// The longest name of a release that Helm takes.
pub(super) const MAX_RELEASE: usize = 53;

/// Requires that the patterns of all services give namespaces and releases, in each environment.
pub(super) fn require_namespaces(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    given: &Given,
    (environments, regions): (&[Environment], &[Region]),
) {
    let Some(region) = regions.first() else { return };
    let mut require = |key: &str, pattern: &Option<String>, is_sound: fn(&mut Reader<'_>, &At<'_>, &str) -> bool| {
        let at = fields.at().get("names").and_then(|at| at.get(key));
        let (Some(at), Some(pattern)) = (at, pattern) else {
            return;
        };
        // What its own name makes of it is told of a service.
        let mut names = environments
            .iter()
            .map(|environment| in_place(pattern, ("a", "a"), (environment, &region.name)));
        names.all(|name| is_sound(reader, &at, &name));
    };
    require("namespace", &given.namespace, require_namespace);
    require("releaseName", &given.release_name, require_release);
}

impl Given {
    /// Those of the platform.
    pub(super) fn of_platform(self) -> NamePatterns {
        let usual = NamePatterns::default();
        NamePatterns {
            pipeline: self.pipeline.unwrap_or(usual.pipeline),
            pipeline_identifier: self.pipeline_identifier.unwrap_or(usual.pipeline_identifier),
            namespace: self.namespace.unwrap_or(usual.namespace),
            release_name: self.release_name.unwrap_or(usual.release_name),
        }
    }

    /// The name and the identifier of a service's pipeline.
    pub(super) fn pipeline_of(
        &self,
        reader: &mut Reader<'_>,
        at: &At<'_>,
        usual: &NamePatterns,
        (service, display_name): ((&str, &str), &str),
    ) -> Option<(String, Identifier)> {
        let values = of_service(service.0, service.1);
        let shown = [&values[..], &[(SERVICE_DISPLAY_NAME, display_name)]].concat();
        let name = filled(self.pipeline.as_ref().unwrap_or(&usual.pipeline), &shown);
        let identifier = self.pipeline_identifier.as_ref().unwrap_or(&usual.pipeline_identifier);
        let identifier = filled(identifier, &values);
        if !is_pipeline_name(&name) {
            let message = format!("`{name}` cannot be the name of a pipeline");
            let hint = "use letters, digits, spaces, dots, dashes and underscores, at most 128";
            reader.error(codes::BAD_NAME, at, message, hint);
            return None;
        }
        if identifier.contains(['-', '.', ' ']) {
            let message = format!("`{identifier}` is no identifier");
            let hint = "write `pipelineIdentifier` with underscores, as Harness shows it";
            reader.error(codes::BAD_NAME, at, message, hint);
            return None;
        }
        Some((name, identifier_of(reader, at, &identifier)?))
    }
}
