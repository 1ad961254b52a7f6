//! The tables of the README.

use crate::files::readme;

/// The cells of every row of the tables whose first column is called so, without their heads.
pub(crate) fn rows(first: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut inside = false;
    for line in readme().lines() {
        let cells = cells(line);
        match cells.first().map(String::as_str) {
            None => inside = false,
            Some(head) if head == first => inside = true,
            Some("---") => {}
            Some(_) if inside => rows.push(cells),
            Some(_) => {}
        }
    }
    rows
}

/// A bar inside of a code span would part cells here as it does on the page.
fn cells(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    inner
        .into_iter()
        .flat_map(|inner| inner.split('|'))
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// The code spans of a text.
pub(crate) fn spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
