//! What Harness watches of a service in an environment where it is verified.
//!
//! Sources of the form: Harness's own editor of a monitored service's YAML, and for the health source the examples of
//! its Terraform provider (docs/resources/platform_monitored_service).

use harness_cd_model::naming::patterns::{ENVIRONMENT, ENVIRONMENT_IDENTIFIER, filled, of_service};
use harness_cd_model::naming::{monitored_service_identifier, monitored_service_path};
use harness_cd_model::{Diagnostic, EntityScope, Environment, HealthMetric, HealthSource, Service};

use super::writer::Writer;
use crate::fragments::fill;

type Text = Result<String, Vec<Diagnostic>>;

/// Writes a monitored service for each environment of a service in which it is verified, where the description says what
/// is asked.
pub(super) fn write(writer: &mut Writer<'_>, scope: &EntityScope, service: &Service) {
    let platform = writer.platform;
    let archetype = platform.archetype(&service.archetype);
    let Some(archetype) = archetype.filter(|archetype| !archetype.health_sources.is_empty()) else {
        return;
    };
    let own = platform.environments.iter();
    let own = own.filter(|known| service.environments.contains(&known.name) && archetype.is_verified_in(known));
    for environment in own {
        let path = writer.path(scope, &monitored_service_path(&service.name, &environment.name));
        let mut watched = Watched {
            writer,
            scope,
            path: &path,
            service,
            environment,
        };
        match watched.text(&archetype.health_sources) {
            Ok(text) => _ = writer.rendered.others.insert(path, text),
            Err(findings) => writer.rendered.diagnostics.extend(findings),
        }
    }
}

/// A service in an environment, and the file of what is watched there.
struct Watched<'w, 'p> {
    writer: &'w mut Writer<'p>,
    scope: &'w EntityScope,
    path: &'w str,
    service: &'w Service,
    environment: &'w Environment,
}

impl Watched<'_, '_> {
    fn text(&mut self, sources: &[HealthSource]) -> Text {
        let sources: Vec<String> = sources
            .iter()
            .map(|source| self.source(source))
            .collect::<Result<_, _>>()?;
        let (service, environment) = (self.service.identifier.as_str(), self.environment.identifier.as_str());
        let identifier = monitored_service_identifier(service, environment);
        let values = [
            ("IDENTIFIER", identifier.as_str()),
            ("SERVICE_IDENTIFIER", service),
            ("ENVIRONMENT", &self.environment.reference()),
        ];
        let text = self.part(include_str!("entities/monitored-service.yaml"), &values)?;
        Ok(fill(&text, "health sources", &sources))
    }

    fn source(&mut self, source: &HealthSource) -> Text {
        let metrics = source.metrics.iter().map(|metric| self.metric(source, metric));
        let metrics: Vec<String> = metrics.collect::<Result<_, _>>()?;
        let values = [
            ("NAME", source.name.as_str()),
            ("IDENTIFIER", source.identifier.as_str()),
            ("CONNECTOR", &source.connector),
        ];
        let text = self.part(include_str!("entities/health-source.yaml"), &values)?;
        Ok(fill(&text, "metrics", &metrics))
    }

    fn metric(&mut self, source: &HealthSource, metric: &HealthMetric) -> Text {
        let place = [
            (ENVIRONMENT, self.environment.name.as_str()),
            (ENVIRONMENT_IDENTIFIER, self.environment.identifier.as_str()),
        ];
        let service = of_service(&self.service.name, self.service.identifier.as_str());
        let query = filled(&metric.query, &[&service[..], &place].concat());
        let values = [
            ("NAME", metric.name.as_str()),
            ("IDENTIFIER", metric.identifier.as_str()),
            ("SOURCE", &source.name),
            ("QUERY", &query),
            ("RISK_CATEGORY", metric.risk_category.as_str()),
            ("THRESHOLD", metric.risk_category.threshold()),
            ("INSTANCE_FIELD", &metric.service_instance_field),
        ];
        self.part(include_str!("entities/health-metric.yaml"), &values)
    }

    /// A text with its values; its holes are filled behind that, so that it is read once for all services.
    fn part(&mut self, text: &str, values: &[(&str, &str)]) -> Text {
        self.writer.text(self.scope, self.path, text, values)
    }
}
