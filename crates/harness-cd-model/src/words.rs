//! What people write, and what it is taken for: the name they may have meant, tags that move, change tickets, and a
//! text as a sentence or a pointer may hold it. One rule each, for whoever checks, renders and reports.

/// Longer texts are not names, and comparing them would cost.
const MAX_LENGTH: usize = 128;

/// The candidate nearest to `name`, where one is near enough to be a slip of the pen.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let near_enough = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&name, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= near_enough)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean X?` where a candidate is near.
#[must_use]
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
}

/// The same, and where none is near the list to choose from.
#[must_use]
pub fn advice(name: &str, candidates: &[&str]) -> String {
    if let Some(question) = did_you_mean(name, candidates.iter().copied()) {
        return question;
    }
    match candidates {
        [] => "there is none to choose from".to_owned(),
        [only] => format!("the only one is `{only}`"),
        several => format!("choose one of `{}`", several.join("`, `")),
    }
}

/// A user's text as a sentence may quote it: short, and without control characters.
#[must_use]
pub fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let shown: String = text
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    let cut = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("`{shown}{cut}`")
}

/// One segment of an RFC 6901 pointer.
#[must_use]
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Tags that move by convention: `latest`, and the names of branches and channels that are pushed again and again. A
/// version such as `v2` may move as well, and is not guessed at.
pub const MOVING_TAGS: [&str; 11] = [
    "latest", "main", "master", "trunk", "develop", "dev", "head", "stable", "edge", "nightly", "snapshot",
];

/// Whether a tag is one of those that move, without regard to case.
#[must_use]
pub fn is_moving_tag(tag: &str) -> bool {
    MOVING_TAGS.iter().any(|moving| moving.eq_ignore_ascii_case(tag))
}

/// What a change ticket looks like, for Harness's approval step and for policies. [`is_change_ticket`] says the same.
pub const CHANGE_TICKET_PATTERN: &str = "^[A-Z][A-Z0-9]+-?[0-9]+$";

/// Whether a text fits [`CHANGE_TICKET_PATTERN`]; by hand, as a browser has no engine for patterns to spare.
#[must_use]
pub fn is_change_ticket(text: &str) -> bool {
    let queue = |part: &str| {
        part.len() >= 2
            && part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match text.split_once('-') {
        Some((prefix, number)) => queue(prefix) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()),
        None => text.len() >= 3 && queue(text) && text.ends_with(|c: char| c.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_lite::Regex;

    use super::*;

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        let known = ["int-stable", "pre-stable", "prod"];
        for (name, expected) in [
            ("prdo", Some("prod")),
            ("PROD", Some("prod")),
            ("int-stabel", Some("int-stable")),
            ("staging", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
        assert_eq!(nearest(&"p".repeat(MAX_LENGTH + 1), known), None);
        assert_eq!(advice("prdo", &known), "did you mean `prod`?");
        assert_eq!(
            advice("staging", &known),
            "choose one of `int-stable`, `pre-stable`, `prod`"
        );
        assert_eq!(advice("staging", &["prod"]), "the only one is `prod`");
        assert_eq!(advice("staging", &[]), "there is none to choose from");
    }

    #[test]
    fn a_quoted_text_is_short_and_plain() {
        assert_eq!(quoted("a\u{7}b"), "`a\u{FFFD}b`");
        assert_eq!(quoted(&"x".repeat(60)), format!("`{}`", "x".repeat(60)));
        assert_eq!(quoted(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
    }

    #[test]
    fn a_pointer_token_is_escaped() {
        assert_eq!(pointer_token("a/b~c~1"), "a~1b~0c~01");
    }

    #[test]
    fn moving_tags_are_told_in_any_case() {
        assert!(is_moving_tag("Main"));
        assert!(is_moving_tag("snapshot"));
        assert!(!is_moving_tag("main2"));
        assert!(!is_moving_tag(""));
    }

    proptest! {
        #[test]
        fn a_ticket_is_what_the_pattern_says(text in "[A-Z0-9a-]{0,8}") {
            let pattern = Regex::new(CHANGE_TICKET_PATTERN).unwrap();
            prop_assert_eq!(is_change_ticket(&text), pattern.is_match(&text), "{}", text);
        }
    }
}
