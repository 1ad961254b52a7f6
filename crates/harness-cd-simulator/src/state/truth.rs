//! What really happened, whatever an answer said: for tests that hold a client's belief against it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::people::Principal;
use super::scope::Scope;
use crate::wire::message::Request;

/// How many runs and deliveries are remembered.
const MOST: usize = 10_000;

/// A run that was really started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Started {
    pub(crate) execution: String,
    pub(crate) pipeline: String,
    pub(crate) scope: Scope,
    /// Simulated time, epoch ms.
    pub(crate) at: i64,
    /// Nobody, where a webhook or the clock started it.
    pub(crate) by: Option<Principal>,
    /// What started it; nothing, where no request did.
    pub(crate) request: Option<StartRequest>,
}

/// The request that started a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartRequest {
    method: String,
    path: String,
    query: String,
    body: String,
}

impl From<&Request> for StartRequest {
    fn from(request: &Request) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}

/// An outbound notification that was sent, or was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Posted {
    pub(crate) url: String,
    /// Simulated time, epoch ms.
    pub(crate) at: i64,
    /// The status that it got.
    pub(crate) status: Option<u16>,
    /// Why it got none.
    pub(crate) problem: Option<String>,
}

/// What really happened, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Truth {
    pub(crate) runs: VecDeque<Started>,
    pub(crate) posts: VecDeque<Posted>,
}

impl Truth {
    /// A run was started.
    pub(crate) fn started(&mut self, run: Started) {
        push(&mut self.runs, run);
    }

    /// A notification was sent, or was not.
    pub(crate) fn posted(&mut self, post: Posted) {
        push(&mut self.posts, post);
    }
}

fn push<T>(items: &mut VecDeque<T>, item: T) {
    if items.len() >= MOST {
        items.pop_front();
    }
    items.push_back(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_remembers_the_last_ones() {
        let mut truth = Truth::default();
        for at in 0..=10_000 {
            truth.started(Started {
                execution: String::new(),
                pipeline: "shop_cd".to_owned(),
                scope: Scope::default(),
                at,
                by: None,
                request: Some(StartRequest::from(&Request::default())),
            });
        }
        assert_eq!(
            (truth.runs.len(), truth.runs.front().map(|run| run.at)),
            (MOST, Some(1))
        );
    }
}
