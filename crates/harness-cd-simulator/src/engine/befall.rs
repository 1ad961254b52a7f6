//! What happens to a run from outside, and what becomes of whatever is at work then.

use super::approval::ApprovalSpec;
use super::blueprint::Node;
use super::course::Course;
use super::flow::{Break, Flow, Then};
use super::path;
use super::run::What;
use super::snapshot::Failed;
use crate::tables::failure::FailureKind;
use crate::tables::instant::later;
use crate::tables::invented;
use crate::tables::status::Status;

impl Course<'_> {
    /// Where an approval stands; `None` when nothing ends it before its deadline.
    ///
    /// Source: harness-api §3.10: with a minimum count above 1 it keeps waiting after one approval; §12.27 [CORE]: a
    /// rejection follows the failure strategies.
    pub(crate) fn approval(&self, node: &Node, spec: &ApprovalSpec, path: &str, start: i64) -> Option<Flow> {
        let deadline = later(start, node.timeout_ms);
        let mut approved = 0;
        let in_time = |at: i64| start <= at && at <= self.now && at < deadline;
        for (at, decision) in self.run.decisions(path).filter(|(at, _)| in_time(*at)) {
            if !decision.approves {
                let message = format!("Approval step [{}] was rejected by {}", node.name, decision.by.name);
                return Some(Flow::fails(
                    Status::ApprovalRejected,
                    at,
                    FailureKind::ApprovalRejection,
                    message,
                ));
            }
            approved += 1;
            if approved >= spec.minimum_count {
                return Some(Flow::Ended(Status::Success, at));
            }
        }
        let scheduled = spec
            .auto_approval
            .as_ref()
            .map(|auto| auto.at.max(start))
            .filter(|at| *at < deadline)?;
        Some(Flow::Ended(Status::Success, scheduled))
    }

    /// What becomes of something that began at `start` and would go its way, once what happened to the run and the time
    /// have their say. `shows` is its status while it is not over.
    pub(crate) fn settle(&self, path: &str, start: i64, natural: Flow, shows: Status) -> Flow {
        let (mut flow, mut held) = (natural, None);
        for happening in self.happenings().filter(|happening| happening.at <= self.now) {
            let is_abort = matches!(happening.what, What::Abort { .. });
            // Nothing undoes an abort.
            let is_open = is_abort || held != Some(Status::Discontinuing);
            let befalls = is_open && start <= happening.at && flow.end().is_none_or(|end| happening.at < end);
            if befalls && let Some(next) = self.befallen(&happening.what, happening.at, path) {
                if let Flow::Open(status) = next {
                    held = Some(status);
                }
                flow = next;
                if is_abort {
                    break;
                }
            }
        }
        match flow.end() {
            Some(end) if end > self.now => Flow::Open(if flow_is_cut(&flow) {
                Status::Discontinuing
            } else {
                held.unwrap_or(shows)
            }),
            _ => flow,
        }
    }

    /// What happens to whatever is at work, where it concerns this node.
    fn befallen(&self, what: &What, at: i64, path: &str) -> Option<Flow> {
        let concerns = |node: &Option<String>| node.as_ref().is_none_or(|node| path::is_within(path, node));
        match what {
            // Source: harness-api §3.8 [OAS, CORE]: the status goes Discontinuing, then Aborted.
            What::Abort { by, node } if concerns(node) => Some(Flow::Broken(Break {
                status: Status::Aborted,
                at: later(at, self.paced(invented::ABORT_MS)),
                failure: Failed {
                    kind: FailureKind::Unknown,
                    message: format!("Aborted by {}", by.name),
                },
                then: Then::Stop(Status::Aborted),
            })),
            What::MarkFailed { by, node } if concerns(node) => {
                let message = format!("Marked as failed by {}", by.name);
                let at = later(at, invented::AFTERMATH_MS);
                Some(Flow::fails(Status::Failed, at, FailureKind::UserMarkedFailure, message))
            }
            What::Held { status, message } => Some(held(*status, at, message.clone().unwrap_or_default())),
            _ => None,
        }
    }
}

/// Whether an abort has cut something short that is not yet over.
fn flow_is_cut(flow: &Flow) -> bool {
    matches!(
        flow,
        Flow::Broken(Break {
            then: Then::Stop(Status::Aborted),
            ..
        })
    )
}

fn held(status: Status, at: i64, message: String) -> Flow {
    match status {
        open if !open.has_ended() => Flow::Open(open),
        well if well.ended_well() => Flow::Ended(well, at),
        bad => Flow::Broken(Break {
            status: bad,
            at,
            failure: Failed {
                kind: FailureKind::Unknown,
                message,
            },
            then: Then::Stop(bad),
        }),
    }
}
