use harness_cd_client::{FailureCode, HarnessError, Transport};
use harness_cd_model::ExecutionProgress;

use crate::HarnessCd;

const LOOK_EVERY_MS: u32 = 3_000;
/// How many looks in a row may fail: right after a run was started Harness may answer for seconds that there is none.
const MOST_FAILED_LOOKS: u32 = 5;

impl<T: Transport> HarnessCd<T> {
    /// Looks at an execution until it has ended, and tells every look that was not in vain.
    ///
    /// # Errors
    /// Those of the read, once they no longer pass by themselves; what `tell` fails with.
    pub async fn follow<E: From<HarnessError>>(
        &self,
        execution: &str,
        mut tell: impl FnMut(&ExecutionProgress) -> Result<(), E>,
    ) -> Result<ExecutionProgress, E> {
        let mut failed_looks = 0;
        loop {
            match self.execution(execution).await {
                Ok(progress) => {
                    failed_looks = 0;
                    tell(&progress)?;
                    if progress.phase.is_terminal() {
                        return Ok(progress);
                    }
                }
                Err(error) if failed_looks < MOST_FAILED_LOOKS && may_pass(error.code) => failed_looks += 1,
                Err(error) => return Err(error.into()),
            }
            self.client.sleep(LOOK_EVERY_MS).await;
        }
    }
}

/// Whether the same look may succeed a moment later. That an execution does not exist is told with 400, 404 or 500.
fn may_pass(code: FailureCode) -> bool {
    !matches!(
        code,
        FailureCode::Unauthorized | FailureCode::Forbidden | FailureCode::WrongScope
    )
}
