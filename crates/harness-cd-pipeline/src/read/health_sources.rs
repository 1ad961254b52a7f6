//! `healthSources` of an archetype: what verifications ask.

use harness_cd_model::naming::patterns::IN_QUERIES;
use harness_cd_model::{HealthMetric, HealthSource, RiskCategory, codes};
use harness_cd_yaml::{At, Fields, Reader};

use super::forms::{checked, is_reference};
use super::keys;
use super::name_patterns::require_known;
use super::names::{Names, optional_list, optional_text, required_list};

const RISK_CATEGORIES: [(&str, RiskCategory); 5] = [
    (RiskCategory::Errors.as_str(), RiskCategory::Errors),
    (RiskCategory::Infrastructure.as_str(), RiskCategory::Infrastructure),
    (
        RiskCategory::PerformanceResponseTime.as_str(),
        RiskCategory::PerformanceResponseTime,
    ),
    (
        RiskCategory::PerformanceThroughput.as_str(),
        RiskCategory::PerformanceThroughput,
    ),
    (RiskCategory::PerformanceOther.as_str(), RiskCategory::PerformanceOther),
];

/// The label by which Prometheus usually tells pods apart.
const POD: &str = "pod";

/// Reads the health sources; those with a finding are left out.
pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<HealthSource> {
    let mut names = Names::new("health source");
    let items = optional_list(reader, fields, "healthSources").into_iter();
    items.filter_map(|item| source(reader, item, &mut names)).collect()
}

fn source<'n>(reader: &mut Reader<'_>, item: At<'n>, names: &mut Names<'n>) -> Option<HealthSource> {
    let fields = reader.object(item, keys::HEALTH_SOURCE.known)?;
    let named = reader.required(&fields, "name").and_then(|at| names.take(reader, &at));
    let kind = reader.required(&fields, "type");
    let kind = kind.and_then(|at| reader.one_of(&at, &[("Prometheus", ())]));
    let connector = reader.required(&fields, "connector");
    let wanted = "the identifier of a Harness connector, as in account.prometheus";
    let connector = connector.and_then(|at| checked(reader, &at, is_reference, wanted));
    let metrics = metrics(reader, &fields);
    let ((name, identifier), ()) = (named?, kind?);
    Some(HealthSource {
        name: name.to_owned(),
        identifier,
        connector: connector?.to_owned(),
        metrics,
    })
}

fn metrics(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<HealthMetric> {
    let before = reader.count();
    let mut names = Names::new("metric");
    let items = required_list(reader, fields, "metrics").into_iter();
    let metrics: Vec<HealthMetric> = items.filter_map(|item| metric(reader, item, &mut names)).collect();
    if let Some(at) = fields
        .at()
        .get("metrics")
        .filter(|_| metrics.is_empty() && reader.count() == before)
    {
        let message = "a health source without metrics is asked nothing";
        reader.error(codes::EMPTY_CHOICE, &at, message, "add a metric, or remove the source");
    }
    metrics
}

fn metric<'n>(reader: &mut Reader<'_>, item: At<'n>, names: &mut Names<'n>) -> Option<HealthMetric> {
    let fields = reader.object(item, keys::HEALTH_METRIC.known)?;
    let named = reader.required(&fields, "name").and_then(|at| names.take(reader, &at));
    let query = reader.required(&fields, "query").and_then(|at| {
        let text = reader.string(&at)?;
        require_known(reader, &at, text, &IN_QUERIES);
        Some(text)
    });
    let risk_category = reader.required(&fields, "riskCategory");
    let risk_category = risk_category.and_then(|at| reader.one_of(&at, &RISK_CATEGORIES));
    let field = optional_text(reader, &fields, "serviceInstanceField");
    let (name, identifier) = named?;
    Some(HealthMetric {
        name: name.to_owned(),
        identifier,
        query: query?.to_owned(),
        risk_category: risk_category?,
        service_instance_field: field.unwrap_or(POD).to_owned(),
    })
}
