use harness_cd_client::{HarnessFailure, Transport};
use harness_cd_model::{ExecutionProgress, HarnessScope, NOT_VISIBLE_YET_MS};

use crate::HarnessCd;

const LOOK_EVERY_MS: u32 = 3_000;
/// How many looks in a row may fail: as many as it takes Harness to know of a run that was just started.
const MOST_FAILED_LOOKS: u32 = NOT_VISIBLE_YET_MS / LOOK_EVERY_MS;

impl<T: Transport> HarnessCd<T> {
    /// Looks at an execution until it has ended, and tells every look that was not in vain.
    ///
    /// # Errors
    /// Those of the read, once they no longer pass by themselves; what `tell` fails with.
    pub async fn follow<E: From<HarnessFailure>>(
        &self,
        scope: &HarnessScope,
        execution: &str,
        mut tell: impl FnMut(&ExecutionProgress) -> Result<(), E>,
    ) -> Result<ExecutionProgress, E> {
        let mut failed_looks = 0;
        let mut seen = false;
        loop {
            match self.execution(scope, execution).await {
                Ok(progress) => {
                    (failed_looks, seen) = (0, true);
                    tell(&progress)?;
                    if progress.phase.is_terminal() {
                        return Ok(progress);
                    }
                }
                Err(error) => {
                    let may_pass = error.code.is_passing() || (!seen && error.code.is_not_visible_yet());
                    if failed_looks >= MOST_FAILED_LOOKS || !may_pass {
                        return Err(error.into());
                    }
                    failed_looks += 1;
                }
            }
            self.client.sleep(LOOK_EVERY_MS).await;
        }
    }
}
