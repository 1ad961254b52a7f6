//! How often an engine that tries one way after the other may go back over a text.

/// Whether an engine that backtracks, such as JavaScript's `RegExp`, compares a text with a pattern in no time anybody
/// would notice. Told from the pattern's marks, and rather too seldom than too often: every repetition multiplies the ways
/// through a text by its length, every other choice by two, and where a group is repeated there may be a choice at
/// every letter.
#[must_use]
pub fn backtracks_seldom(pattern: &str, text: &str) -> bool {
    /// In powers of two, by an estimate that lies far above the truth.
    const MOST_WAYS: usize = 28;
    let length = bits(text.len());
    let (mut repetitions, mut choices, mut repeats_group, mut before) = (0, 0, false, b' ');
    for mark in pattern.bytes() {
        match mark {
            b'*' | b'+' | b'{' => {
                repetitions += 1;
                repeats_group |= before == b')';
            }
            b'?' | b'|' => choices += 1,
            _ => {}
        }
        before = mark;
    }
    let ways = match repeats_group {
        true => text.len() * bits(repetitions + choices),
        false => repetitions * length + choices,
    };
    ways + length <= MOST_WAYS
}

/// How many bits a number takes.
const fn bits(number: usize) -> usize {
    (usize::BITS - number.leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_compared_at_once() {
        for (pattern, text) in [
            ("v[0-9]+(\\.[0-9]+)*", "v1.2.3"),
            (r"^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$", "v12.30.100-rc.1"),
            (
                "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
                "a-rather-long-name-for-a-service",
            ),
            (r"^CHG\d+$", "CHG0012345"),
            ("(foo|bar|baz)", "bar"),
            (".*", "x"),
            (r"(?=.*\d).+", "no digit"),
        ] {
            assert!(backtracks_seldom(pattern, text), "{pattern} {text}");
        }
        assert!(backtracks_seldom("[^<>]*", &"x".repeat(4096)));
    }

    #[test]
    fn what_would_take_long_is_not() {
        let text = "a".repeat(31);
        for pattern in [
            "([a-zA-Z0-9]+[-._]?)+",
            "(a+)+",
            "(a*)*",
            "(a|a)*",
            "(a|aa)+$",
            "(?:a?){31}a{31}",
            "(a{0,200}){0,200}",
            "((a{1,9}){1,9}){1,9}",
            "(([a]+)?b?){1,31}",
            "(.*a){12}",
            ".*.*.*.*.*.*",
            "(x+x+)+y",
            "((a|b)+|c)+",
            "[)]+(a+)+",
            r"\((a+)+",
            &"a?".repeat(31),
        ] {
            assert!(!backtracks_seldom(pattern, &text), "{pattern}");
        }
        assert!(!backtracks_seldom("a*a*", &"a".repeat(4096)));
    }
}
