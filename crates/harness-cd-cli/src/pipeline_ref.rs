//! A pipeline as an argument names it.

use std::str::FromStr;

use harness_cd::links::parse_url;

use harness_cd_model::PipelineRef;

use crate::harness::Project;

/// A pipeline and where it is.
#[derive(Clone, Debug)]
pub(crate) struct PipelineArgument {
    pub(crate) project: Project,
    /// Its identifier.
    pub(crate) pipeline: String,
    /// The branch that the address names, for a pipeline that is kept in Git.
    pub(crate) branch: Option<String>,
}

impl PipelineArgument {
    /// As the rules of a config repo name it: no account is named there.
    pub(crate) fn reference(&self) -> PipelineRef<'_> {
        let Project { account, org, project } = &self.project;
        PipelineRef {
            account: account.as_deref().unwrap_or_default().into(),
            org: org.into(),
            project: project.into(),
            pipeline: (&self.pipeline).into(),
            branch: None,
        }
    }
}

impl FromStr for PipelineArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return of_address(text);
        }
        match text.split('/').collect::<Vec<_>>().as_slice() {
            [org, project, pipeline] if [org, project, pipeline].iter().all(|part| !part.is_empty()) => Ok(Self {
                project: Project {
                    account: None,
                    org: (*org).to_owned(),
                    project: (*project).to_owned(),
                },
                pipeline: (*pipeline).to_owned(),
                branch: None,
            }),
            _ => Err("write the address of one of its pages in Harness, or ORG/PROJECT/IDENTIFIER".to_owned()),
        }
    }
}

fn of_address(text: &str) -> Result<PipelineArgument, String> {
    let url = parse_url(text).map_err(|error| error.to_string())?;
    match (url.org, url.project, url.pipeline) {
        (Some(org), Some(project), Some(pipeline)) => Ok(PipelineArgument {
            project: Project {
                account: Some(url.account),
                org,
                project,
            },
            pipeline,
            branch: url.branch,
        }),
        _ => Err(
            "this is an address in Harness, but not that of a pipeline; copy it from the pipeline's page".to_owned(),
        ),
    }
}
