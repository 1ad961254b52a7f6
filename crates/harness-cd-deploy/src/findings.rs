//! The reasons that speak against a request: in field order, and of very many the first.

use harness_cd_model::{DeployVerdict, Violation, ViolationCode};

use crate::fields::FIELDS;
use crate::sentences::Reason;

/// A request of 64 KB can be wrong in thousands of ways, and nobody reads as many.
const MOST: usize = 100;

#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<Violation>,
    more: usize,
    /// What is to be known of a request that may run.
    warnings: Vec<Violation>,
}

impl Findings {
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether one more would be told; if not, it is counted, and need not be made.
    pub(crate) fn has_room(&mut self) -> bool {
        let has_room = self.found.len() < MOST;
        self.more += usize::from(!has_room);
        has_room
    }

    pub(crate) fn push(&mut self, violation: Violation) {
        if self.has_room() {
            self.found.push(violation);
        }
    }

    pub(crate) fn warn(&mut self, warning: Violation) {
        if self.warnings.len() < MOST {
            self.warnings.push(warning);
        }
    }

    pub(crate) fn extend(&mut self, more: impl IntoIterator<Item = Violation>) {
        more.into_iter().for_each(|violation| self.push(violation));
    }

    /// Adds the reasons about fields of which nothing is said yet.
    pub(crate) fn add_news(&mut self, more: Self) {
        let known = self.found.len();
        for violation in more.found {
            let mut before = self.found.iter().take(known);
            if before.all(|old| old.path != violation.path) {
                self.push(violation);
            }
        }
        self.more += more.more;
        self.warnings.extend(more.warnings);
    }

    pub(crate) fn verdict(self) -> DeployVerdict {
        if self.is_empty() {
            let warnings = self.warnings;
            return DeployVerdict::Allowed { warnings };
        }
        let mut violations = in_field_order(self.found);
        if self.more > 0 {
            violations.push(
                Reason::new(ViolationCode::MoreViolations)
                    .count("more", self.more)
                    .at(""),
            );
        }
        DeployVerdict::Rejected { violations }
    }
}

/// A verdict with what was found out apart from it: reasons about fields of which it says nothing yet, and warnings.
#[must_use]
pub fn with_further(verdict: DeployVerdict, reasons: Vec<Violation>, warnings: Vec<Violation>) -> DeployVerdict {
    let mut found = match verdict {
        DeployVerdict::Allowed { warnings } => Findings {
            warnings,
            ..Findings::default()
        },
        DeployVerdict::Rejected { violations } => Findings {
            found: violations,
            ..Findings::default()
        },
    };
    found.add_news(Findings {
        found: reasons,
        more: 0,
        warnings,
    });
    found.verdict()
}

/// Sorted by field, and otherwise as they are. They are few, and insertion weighs a browser less than a sort does.
fn in_field_order(violations: Vec<Violation>) -> Vec<Violation> {
    let mut ordered: Vec<Violation> = Vec::with_capacity(violations.len());
    for violation in violations {
        let order = field_order(&violation.path);
        let place = ordered.partition_point(|before| field_order(&before.path) <= order);
        ordered.insert(place, violation);
    }
    ordered
}

/// Where a field stands among the fields; unknown ones come last.
fn field_order(path: &str) -> usize {
    let field = path.strip_prefix('/').and_then(|path| path.split('/').next());
    FIELDS
        .iter()
        .position(|known| field == Some(known))
        .unwrap_or(FIELDS.len())
}
