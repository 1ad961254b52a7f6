//! The operators of a trigger's conditions.

use crate::tables::pattern::Pattern;

/// Source: harness-api §2 [SCH]: the operators; CORE ConditionEvaluator: nothing to compare with holds, nothing found
/// does not, `In` knows quoted values and patterns, a pattern covers the whole text. `DoesNotContain` is the opposite
/// of `Contains` by inference: CORE does not have it yet.
pub(crate) fn compare(found: &str, operator: &str, wanted: &str) -> Result<bool, String> {
    let is_blank = wanted.trim().is_empty();
    Ok(match operator {
        "Equals" => found == wanted || (is_blank && found.trim().is_empty()),
        "NotEquals" if is_blank => !found.trim().is_empty(),
        "NotEquals" => found != wanted,
        "In" | "NotIn" | "StartsWith" | "EndsWith" | "Contains" | "DoesNotContain" | "Regex" if is_blank => true,
        "In" => is_listed(found, wanted),
        "NotIn" => !is_listed(found, wanted),
        "Regex" => matches_whole(found, wanted),
        "StartsWith" => found.starts_with(wanted),
        "EndsWith" => found.ends_with(wanted),
        "Contains" => found.contains(wanted),
        "DoesNotContain" => !found.contains(wanted),
        other => return Err(format!("Operator [{other}] is not supported")),
    })
}

/// Whether there is such an operator.
pub(crate) fn is_operator(name: &str) -> bool {
    compare("", name, "").is_ok()
}

fn is_listed(found: &str, wanted: &str) -> bool {
    listed(wanted)
        .iter()
        .any(|one| one == found || matches_whole(found, one))
}

/// Values between commas, trimmed; commas inside of double quotes do not part, and a doubled quote is one.
fn listed(text: &str) -> Vec<String> {
    let mut is_quoted = false;
    let parts = text.split(move |letter| {
        is_quoted ^= letter == '"';
        letter == ',' && !is_quoted
    });
    let bare = |part: &str| {
        let part = part.trim();
        let inner = part.strip_prefix('"').and_then(|tail| tail.strip_suffix('"'));
        inner.map_or_else(|| part.to_owned(), |inner| inner.replace("\"\"", "\""))
    };
    parts.map(bare).collect()
}

/// A pattern of Java's that is not understood here matches nothing.
fn matches_whole(text: &str, pattern: &str) -> bool {
    Pattern::whole(pattern).is_ok_and(|pattern| pattern.matches(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// harness-api §2
    #[test]
    fn operators() {
        for (found, operator, wanted, holds) in [
            ("main", "Equals", "main", true),
            ("main", "Equals", "mai", false),
            ("", "Equals", " ", true),
            ("main", "NotEquals", "dev", true),
            ("", "NotEquals", "", false),
            ("prod", "In", "int, prod", true),
            ("a,b", "In", "\"a,b\", c", true),
            ("prod-eu", "In", "int, prod-.*", true),
            ("prod", "NotIn", "int, prod", false),
            ("prod", "NotIn", "", true),
            ("v1.2", "Regex", "v\\d", false),
            ("v1.2", "Regex", "v\\d\\.\\d", true),
            ("v1.2", "Regex", "(", false),
            ("v1.2", "StartsWith", "v1", true),
            ("v1.2", "EndsWith", ".3", false),
            ("", "Contains", "x", false),
            ("v1.2", "Contains", "", true),
            ("v1.2", "DoesNotContain", "rc", true),
        ] {
            assert_eq!(
                compare(found, operator, wanted),
                Ok(holds),
                "{found} {operator} {wanted}"
            );
        }
        assert!(compare("a", "Like", "a").is_err());
    }
}
