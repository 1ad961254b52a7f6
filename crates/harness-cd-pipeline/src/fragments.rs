//! YAML put together from parts.

/// Puts blocks where the line `# <hole>` stands, as deep as it stands. Where there are none the line goes, and the key
/// above it.
pub(crate) fn fill(frame: &str, hole: &str, blocks: &[String]) -> String {
    let mark = format!("# <{hole}>");
    let mut filled: Vec<String> = Vec::new();
    for line in frame.lines() {
        let Some(indent) = line.strip_suffix(&mark) else {
            filled.push(line.to_owned());
            continue;
        };
        if blocks.is_empty() {
            filled.pop_if(|above| above.ends_with(':'));
        }
        let inner = blocks.iter().flat_map(|block| block.lines());
        filled.extend(inner.map(|line| format!("{indent}{line}")));
    }
    filled.push(String::new());
    filled.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_go_where_their_hole_is() {
        let frame = "a:\n  # <b>\nc: 1\n";
        let blocks = ["- 1\n".to_owned(), "- d:\n    e\n".to_owned()];
        assert_eq!(fill(frame, "b", &blocks), "a:\n  - 1\n  - d:\n      e\nc: 1\n");
        assert_eq!(fill(frame, "b", &[]), "c: 1\n");
        assert_eq!(fill("a: 1\n# <b>\nc: 2\n", "b", &[]), "a: 1\nc: 2\n");
    }
}
