use serde::Serialize;

use crate::Identifier;

/// A Prometheus that a verification asks how a version does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthSource {
    /// For example `Prometheus`.
    pub name: String,
    /// Derived from the name.
    pub identifier: Identifier,
    /// The connector, which is in Harness already.
    pub connector: String,
    /// What it is asked, in file order; at least one.
    pub metrics: Vec<HealthMetric>,
}

/// A metric that is compared with what it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthMetric {
    /// For example `Error rate`.
    pub name: String,
    /// Derived from the name.
    pub identifier: Identifier,
    /// The query, a pattern of [`IN_QUERIES`](crate::naming::patterns::IN_QUERIES).
    pub query: String,
    /// What it tells of.
    pub risk_category: RiskCategory,
    /// The label by which one instance is told from another.
    pub service_instance_field: String,
}

/// What a metric tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the words are Harness's own")]
pub enum RiskCategory {
    Errors,
    Infrastructure,
    #[serde(rename = "Performance_ResponseTime")]
    PerformanceResponseTime,
    #[serde(rename = "Performance_Throughput")]
    PerformanceThroughput,
    #[serde(rename = "Performance_Other")]
    PerformanceOther,
}

impl RiskCategory {
    /// Harness's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Errors => "Errors",
            Self::Infrastructure => "Infrastructure",
            Self::PerformanceResponseTime => "Performance_ResponseTime",
            Self::PerformanceThroughput => "Performance_Throughput",
            Self::PerformanceOther => "Performance_Other",
        }
    }

    /// Harness's word for the direction in which the metric is a risk: a service that does less is not well, and of
    /// everything else more is worse.
    #[must_use]
    pub const fn threshold(self) -> &'static str {
        match self {
            Self::PerformanceThroughput => "ACT_WHEN_LOWER",
            _ => "ACT_WHEN_HIGHER",
        }
    }
}
