//! Where something stands, and what follows for what it is a part of.

use super::snapshot::Failed;
use crate::tables::failure::FailureKind;
use crate::tables::status::Status;

/// Where something stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Flow {
    /// Not at its end; shows this status.
    Open(Status),
    /// Ended well, skipped or with an ignored failure.
    Ended(Status, i64),
    /// Ended badly.
    Broken(Break),
}

/// A bad end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Break {
    pub(crate) status: Status,
    pub(crate) at: i64,
    pub(crate) failure: Failed,
    pub(crate) then: Then,
}

/// What a bad end means for what is around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The rollback steps of the stage run, then the stage has failed.
    RollBackStage,
    /// The stage ends, the later stages are left out, and the whole pipeline is rolled back.
    RollBackPipeline,
    /// The stage ends with this status; later stages are asked for their conditions.
    End(Status),
    /// The stage ends with this status, and nothing new begins.
    Stop(Status),
}

impl Flow {
    /// A bad end with a status of its own, which no strategy has been asked about yet.
    pub(crate) fn fails(status: Status, at: i64, kind: FailureKind, message: impl Into<String>) -> Self {
        Self::Broken(Break {
            status,
            at,
            failure: Failed {
                kind,
                message: message.into(),
            },
            then: Then::End(status),
        })
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Open(status) | Self::Ended(status, _) => *status,
            Self::Broken(broken) => broken.status,
        }
    }

    /// When it ended or is going to end of itself; never, while it waits.
    pub(crate) fn end(&self) -> Option<i64> {
        match self {
            Self::Open(_) => None,
            Self::Ended(_, at) => Some(*at),
            Self::Broken(broken) => Some(broken.at),
        }
    }

    pub(crate) fn failure(&self) -> Option<Failed> {
        match self {
            Self::Broken(broken) => Some(broken.failure.clone()),
            Self::Open(_) | Self::Ended(..) => None,
        }
    }
}

/// Which of two statuses of things side by side counts for the whole.
///
/// Source: harness-api §12.25 [CORE]: what waits for a person wins over what runs; that work wins over waiting for a
/// resource is invented. The whole is being aborted once all that is left of it is: it never goes back to work from there.
fn rank(status: Status) -> u8 {
    match status {
        Status::InterventionWaiting => 5,
        Status::InputWaiting => 4,
        Status::ApprovalWaiting => 3,
        Status::ResourceWaiting | Status::Paused | Status::Pausing => 1,
        Status::Discontinuing => 0,
        _ => 2,
    }
}

/// What a part's status means for the whole: the ways of being at work are told at the node alone.
fn of_the_whole(status: Status) -> Status {
    match status {
        Status::AsyncWaiting
        | Status::TaskWaiting
        | Status::TimedWaiting
        | Status::WaitStepRunning
        | Status::UploadWaiting => Status::Running,
        other => other,
    }
}

/// How far things that follow each other, or run side by side, have come.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// The latest end so far.
    pub(crate) at: i64,
    ignored: bool,
    pub(crate) failed: Option<Break>,
    open: Option<Status>,
    stopped: Option<Break>,
    /// How all of it ended before it began.
    cut: Option<(Status, i64)>,
}

impl Progress {
    pub(crate) fn new(at: i64) -> Self {
        Self {
            at,
            ignored: false,
            failed: None,
            open: None,
            stopped: None,
            cut: None,
        }
    }

    /// Whether something new may begin.
    pub(crate) fn goes_on(&self) -> bool {
        self.open.is_none() && self.stopped.is_none() && self.cut.is_none()
    }

    /// Whether by then nothing new may begin any more, not even beside what is at work.
    pub(crate) fn is_stopped_by(&self, at: i64) -> bool {
        self.stopped.as_ref().is_some_and(|stopped| stopped.at <= at)
    }

    /// Ends all of it before it begins.
    pub(crate) fn cut(&mut self, status: Status, at: i64) {
        self.cut = Some((status, at));
    }

    pub(crate) fn take(&mut self, flow: Flow) {
        self.at = self.at.max(flow.end().unwrap_or(self.at));
        match flow {
            Flow::Ended(status, _) => self.ignored |= status == Status::IgnoreFailed,
            Flow::Open(status) => {
                let status = of_the_whole(status);
                self.open = Some(self.open.filter(|own| rank(*own) >= rank(status)).unwrap_or(status));
            }
            Flow::Broken(broken) => match broken.then {
                Then::Stop(_) if self.is_stopped_by(broken.at) => {}
                Then::Stop(_) => self.stopped = Some(broken),
                _ => {
                    self.failed.get_or_insert(broken);
                }
            },
        }
    }

    /// Where the whole stands.
    pub(crate) fn flow(self) -> Flow {
        let at = self.at;
        if let Some((status, at)) = self.cut {
            return Flow::Ended(status, at);
        }
        match (self.open, self.stopped.or(self.failed)) {
            (Some(status), _) => Flow::Open(status),
            (None, Some(broken)) => Flow::Broken(Break { at, ..broken }),
            (None, None) if self.ignored => Flow::Ended(Status::IgnoreFailed, at),
            (None, None) => Flow::Ended(Status::Success, at),
        }
    }
}
