//! What people write, and what it is taken for: the name they may have meant, tags that move, change tickets, and a
//! text as a sentence or a pointer may hold it. One rule each, for whoever checks, renders and reports.

use crate::EntityRef;

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

/// `did you mean X?` where something of the name is known at another level.
#[must_use]
pub fn at_other_level<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let inner = EntityRef::split(name).1;
    let mut known = known.into_iter();
    let same = known.find(|other| EntityRef::split(other).1 == inner)?;
    Some(format!("did you mean `{same}`?"))
}

/// Whether one name may be a slip of the pen for another. `euw1` is none for `euw2`, nor `eu-west-1` for `us-west-1`:
/// a proposal that sends a deployment elsewhere is worse than none.
#[must_use]
pub fn may_be_meant(written: &str, meant: &str) -> bool {
    let digits = |name: &'_ str| name.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    let (ours, theirs) = (written.split(SEPARATORS), meant.split(SEPARATORS));
    let is_near = |(own, other): (&str, &str)| nearest(own, [other].iter().copied()).is_some();
    digits(written) == digits(meant)
        && (ours.clone().count() != theirs.clone().count() || ours.zip(theirs).all(is_near))
}

/// Whether a name that may well be another's is a slip of the pen all the same: it differs by case or by what stands
/// between its parts alone, or by a letter in a long part. `team-a` and `team-b` are two.
#[must_use]
pub fn may_be_slip(written: &str, meant: &str) -> bool {
    let parts = |name: &str| -> Vec<String> { name.split(SEPARATORS).map(str::to_ascii_lowercase).collect() };
    let (own, other) = (parts(written), parts(meant));
    let is_long = |part: &str| part.len() >= LEAST_LONG;
    own.concat() == other.concat()
        || may_be_meant(written, meant)
            && own.len() == other.len()
            && own
                .iter()
                .zip(&other)
                .all(|(own, other)| own == other || is_long(own) && is_long(other))
}

/// The least length of a part of a name of which one letter says little.
const LEAST_LONG: usize = 4;

/// What stands between the parts of a name.
const SEPARATORS: [char; 4] = ['-', '_', '.', ' '];

/// `a, b and c`; `None` for nothing.
#[must_use]
pub fn enumerated(things: &[String]) -> Option<String> {
    let (last, others) = things.split_last()?;
    Some(match others {
        [] => last.clone(),
        _ => format!("{} and {last}", others.join(", ")),
    })
}

/// A user's text as a sentence may hold it: short, and without control characters and others that nobody sees.
#[must_use]
pub fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    let is_seen = |c: char| !c.is_control() && invisible(c).is_none();
    let shown = text.chars().take(SHOWN);
    let mut shown: String = shown
        .map(|c| if is_seen(c) { c } else { char::REPLACEMENT_CHARACTER })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// The same, in the quotes of a sentence.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("`{}`", shown(text))
}

/// The name of a character that nobody sees, or that changes what others see: those of zero width, those that part
/// lines, and those that turn the direction of writing. Source: the Unicode Character Database.
#[must_use]
pub const fn invisible(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{AD}' => "soft hyphen",
        '\u{61C}' => "Arabic letter mark",
        '\u{180E}' => "Mongolian vowel separator",
        '\u{200B}' => "zero width space",
        '\u{200C}' => "zero width non-joiner",
        '\u{200D}' => "zero width joiner",
        '\u{200E}' => "left-to-right mark",
        '\u{200F}' => "right-to-left mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202A}' => "left-to-right embedding",
        '\u{202B}' => "right-to-left embedding",
        '\u{202C}' => "pop directional formatting",
        '\u{202D}' => "left-to-right override",
        '\u{202E}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{2061}'..='\u{2064}' => "invisible operator",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "pop directional isolate",
        '\u{FEFF}' => "zero width no-break space",
        '\u{E0000}'..='\u{E007F}' => "tag character",
        _ => return None,
    })
}

/// How an expression of Harness begins in a text, in its older and its newer spellings; also where it is taken apart by
/// characters that nobody sees or written by letters that look like it, which may be put right before it is read.
#[must_use]
pub fn expression_opener(text: &str) -> Option<&'static str> {
    let is_left_out = |c: &char| c.is_control() || invisible(*c).is_some();
    let mut before = ' ';
    for character in text.chars().filter(|c| !is_left_out(c)).map(plain) {
        match (before, character) {
            ('<', '+') => return Some("<+"),
            ('$', '{') => return Some("${"),
            _ => before = character,
        }
    }
    None
}

/// The letter of ASCII that a wide or small form of it stands for. Source: Unicode's compatibility forms.
const fn plain(character: char) -> char {
    match character {
        '\u{FF1C}' | '\u{FE64}' => '<',
        '\u{FF0B}' | '\u{FE62}' => '+',
        '\u{FF04}' | '\u{FE69}' => '$',
        '\u{FF5B}' | '\u{FE5B}' => '{',
        other => other,
    }
}

/// A key of Harness's YAML as a form would call it: `environmentRef` is `Environment`.
#[must_use]
pub fn spoken(key: &str) -> String {
    let mut spoken = String::new();
    for character in key.strip_suffix("Ref").unwrap_or(key).chars() {
        if spoken.is_empty() {
            spoken.push(character.to_ascii_uppercase());
        } else if character.is_ascii_uppercase() {
            spoken.push(' ');
            spoken.push(character.to_ascii_lowercase());
        } else {
            spoken.push(character);
        }
    }
    spoken
}

/// One segment of an RFC 6901 pointer.
#[must_use]
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The names that an RFC 6901 pointer goes through.
pub fn pointer_names(pointer: &str) -> impl Iterator<Item = String> {
    let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(unescaped)
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
    }

    #[test]
    fn a_quoted_text_is_short_and_plain() {
        assert_eq!(quoted("a\u{7}b"), "`a\u{FFFD}b`");
        assert_eq!(quoted(&"x".repeat(60)), format!("`{}`", "x".repeat(60)));
        assert_eq!(quoted(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
    }

    #[test]
    fn what_nobody_sees_is_not_shown() {
        assert_eq!(shown("a\u{202E}b\u{200B}"), "a\u{FFFD}b\u{FFFD}");
    }

    #[test]
    fn expressions_are_known_in_every_spelling() {
        for (text, opener) in [
            ("<+pipeline.name>", Some("<+")),
            ("a ${ngSecretManager.obtain(\"x\", 1)}", Some("${")),
            ("${{ secrets.x }}", Some("${")),
            ("<\n+x>", Some("<+")),
            ("<\u{200B}+x>", Some("<+")),
            ("$\u{2060}{x}", Some("${")),
            ("\u{FF1C}\u{FF0B}x>", Some("<+")),
            ("latency < +5 %, costs $5 {now}", None),
            ("a<b", None),
        ] {
            assert_eq!(expression_opener(text), opener, "{text:?}");
        }
    }

    #[test]
    fn a_key_is_said_in_words() {
        assert_eq!(spoken("environmentRef"), "Environment");
        assert_eq!(spoken("deployToAll"), "Deploy to all");
        assert_eq!(spoken("tag"), "Tag");
        assert_eq!(spoken(""), "");
    }

    #[test]
    fn a_pointer_token_is_escaped() {
        assert_eq!(pointer_token("a/b~c~1"), "a~1b~0c~01");
        assert_eq!(pointer_names("/a~1b~0c~01/0").collect::<Vec<_>>(), ["a/b~c~1", "0"]);
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
