//! Links of an execution.

use harness_cd_links as url;
use harness_cd_model::{DeploymentLinks, PipelineRef};

use crate::HistoryOptions;
use crate::summary::Summary;

/// Pages of an execution and of its pipeline, where everything that is in their addresses is known.
pub(crate) fn links(summary: &Summary<'_>, options: &HistoryOptions) -> Option<DeploymentLinks> {
    let at = PipelineRef {
        account: options.account.as_deref()?.into(),
        org: summary.org.get()?.into(),
        project: summary.project.get()?.into(),
        pipeline: summary.pipeline.get()?.into(),
        branch: None,
    };
    let pipeline = url::pipeline_page(options.ui_base.as_deref()?, &at);
    Some(DeploymentLinks {
        execution: url::execution_page(&pipeline, summary.execution_id.get()?),
        pipeline: url::studio_page(&pipeline),
    })
}
