//! Several answers as one.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::HistoryPage;

/// Several pages as one, in which each execution is told once: as its end has it, and otherwise as the last page that
/// has it. Pages that are read one after the other overlap when something new comes in front, and a run that was one
/// row has others once its stages have begun.
#[must_use]
pub fn latest<'a>(pages: Vec<HistoryPage<'a>>) -> HistoryPage<'a> {
    let mut best: BTreeMap<String, (bool, usize)> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        for row in &page.deployments {
            let found = (row.run_ended_at.is_some(), number);
            let best = best.entry(row.execution_id.as_ref().to_owned()).or_insert(found);
            *best = found.max(*best);
        }
    }
    let mut whole = HistoryPage::default();
    let mut ids = BTreeSet::new();
    for (number, page) in pages.into_iter().enumerate() {
        let is_told = |execution: &str| best.get(execution).is_some_and(|(_, place)| *place == number);
        let told = page.deployments.into_iter().filter(|row| is_told(&row.execution_id));
        whole.deployments.extend(told.filter(|row| ids.insert(row.id.clone())));
        whole.ran_without_deploying += page.ran_without_deploying;
        whole.quarantined.extend(page.quarantined);
        whole.quarantined_total += page.quarantined_total;
    }
    whole.quarantined.truncate(HistoryPage::MAX_QUARANTINED);
    whole
}
