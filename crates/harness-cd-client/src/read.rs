//! Reads: how long they may take, and how they are repeated after a passing failure.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::budget::Urgency;
use crate::failure::{Subject, failure};
use crate::transport::{Request, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// A read with its repetitions may take this many times one request's time.
const ATTEMPTS_TIME: i64 = 3;
/// Repetitions after the first attempt.
const REPETITIONS: usize = 3;
const FIRST_DELAY: Duration = Duration::from_millis(500);

impl<T: Transport> HarnessClient<T> {
    /// Until when a read that begins now may take with its repetitions, epoch ms.
    pub fn read_deadline(&self) -> i64 {
        self.transport
            .now_ms()
            .saturating_add(i64::from(self.options.timeout_ms) * ATTEMPTS_TIME)
    }

    /// Sends a request that changes nothing, again after a passing failure, until `deadline` (epoch ms).
    pub(crate) async fn read(
        &self,
        mut request: Request,
        subject: Subject<'_>,
        urgency: Urgency,
        deadline: i64,
    ) -> Result<Vec<u8>, HarnessFailure> {
        let mut delays = self.delays(FIRST_DELAY, REPETITIONS);
        loop {
            let left = u32::try_from(deadline.saturating_sub(self.transport.now_ms()).max(1)).unwrap_or(u32::MAX);
            request.timeout_ms = self.options.timeout_ms.min(left);
            self.admit(urgency, deadline).await?;
            let error = match self.send(&request).await {
                Ok(response) => match failure(&response, subject, &self.options.api_key) {
                    None => return Ok(response.body),
                    Some(error) => error,
                },
                Err(error) => self.redacted(error.into()),
            };
            let delay = delays.next().filter(|_| is_passing(&error));
            match delay {
                Some(ms) if self.transport.now_ms().saturating_add(i64::from(ms)) < deadline => {
                    self.transport.sleep(ms).await;
                }
                _ => return Err(error),
            }
        }
    }

    /// Sends a request that a delegate answers while it waits, once. That a delegate takes long says nothing of Harness,
    /// and keeps no other call from going out.
    pub(crate) async fn ask_delegate(
        &self,
        request: &Request,
        subject: Subject<'_>,
    ) -> Result<Vec<u8>, HarnessFailure> {
        self.admit(Urgency::Interactive, self.read_deadline()).await?;
        match self.send_to_delegate(request).await {
            Ok(response) => match failure(&response, subject, &self.options.api_key) {
                None => Ok(response.body),
                Some(error) => Err(error),
            },
            Err(error) => Err(self.redacted(error.into())),
        }
    }

    /// Growing delays in ms, with jitter. Harness says nothing of how long to wait, not even with status 429.
    pub(crate) fn delays(&self, first: Duration, count: usize) -> impl Iterator<Item = u32> + use<T> {
        ExponentialBuilder::default()
            .with_min_delay(first)
            .with_max_times(count)
            .with_jitter()
            .with_jitter_seed(self.transport.now_ms().unsigned_abs())
            .build()
            .map(|delay| u32::try_from(delay.as_millis()).unwrap_or(u32::MAX))
    }

    /// The key must not leave by way of somebody else's words.
    pub(crate) fn redacted(&self, error: HarnessFailure) -> HarnessFailure {
        HarnessFailure {
            message: crate::failure::harmless(&error.message, &self.options.api_key),
            ..error
        }
    }
}

/// Whether the same request may succeed a moment later.
fn is_passing(error: &HarnessFailure) -> bool {
    match error.status {
        Some(status) => matches!(status, 429 | 500 | 502 | 503 | 504),
        None => matches!(error.code, FailureCode::Timeout | FailureCode::Unavailable),
    }
}
