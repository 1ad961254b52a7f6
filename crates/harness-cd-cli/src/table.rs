//! Plain columns for a terminal.

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;

/// What stands where there is nothing to say.
pub(crate) const NOTHING: &str = "–";

/// Left-aligned columns without lines around them.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().copied());
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// `2026-11-27 14:02 UTC`
pub(crate) fn instant(epoch_ms: i64) -> String {
    Timestamp::from_millisecond(epoch_ms)
        .map(|instant| instant.strftime("%Y-%m-%d %H:%M UTC").to_string())
        .unwrap_or_else(|_| epoch_ms.to_string())
}

/// `40s`, `6m 40s`, `3h 05m`, `12d 03h`
pub(crate) fn duration(ms: i64) -> String {
    let seconds = ms / 1000;
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, s) => format!("{s}s"),
        (0, 0, m, s) => format!("{m}m {s:02}s"),
        (0, h, m, _) => format!("{h}h {m:02}m"),
        (d, h, ..) => format!("{d}d {h:02}h"),
    }
}
