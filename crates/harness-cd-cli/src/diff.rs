//! Two texts of a file, line by line.

use similar::TextDiff;

/// A diff as `git apply` and `patch` take it.
pub(crate) fn unified(file: &str, before: &str, after: &str) -> String {
    let file = file.trim_start_matches('/');
    let lines = TextDiff::from_lines(before, after);
    let diff = lines
        .unified_diff()
        .header(&format!("a/{file}"), &format!("b/{file}"))
        .to_string();
    diff.trim_end_matches('\n').to_owned()
}
