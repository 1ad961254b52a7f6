//! The sections of the fact sheets, and how texts name them.

use std::sync::LazyLock;

use fancy_regex::Regex;

static NAMED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"harness-api|run-inputs|runtime-inputs|§(\d+)(?:\.(\d+))?").unwrap());
static BRACKETS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\[([^\]]*)\]").unwrap());

/// A sheet with its sections: the number of each, and how many numbered ones it has.
type Sheet = (&'static str, &'static [(u32, u32)]);

const SHEETS: [Sheet; 3] = [
    (
        "harness-api",
        &[
            (0, 7),
            (1, 4),
            (2, 2),
            (3, 10),
            (4, 5),
            (5, 2),
            (6, 2),
            (7, 0),
            (8, 0),
            (9, 0),
            (10, 14),
            (11, 20),
            (12, 42),
        ],
    ),
    (
        "run-inputs",
        &[
            (1, 5),
            (2, 0),
            (3, 0),
            (4, 0),
            (5, 0),
            (6, 0),
            (7, 0),
            (8, 0),
            (9, 0),
            (10, 0),
            (11, 0),
            (12, 0),
            (13, 0),
            (14, 13),
            (15, 0),
        ],
    ),
    // It has no numbers.
    ("runtime-inputs", &[]),
];

/// What is wrong with the sections that a text names; a section belongs to the sheet that was named last.
pub(crate) fn problems(text: &str) -> Vec<String> {
    let mut sheet: Option<&Sheet> = None;
    let mut problems = Vec::new();
    for found in NAMED.captures_iter(text).map(Result::unwrap) {
        let whole = &found[0];
        let number = |index: usize| found.get(index).map(|digits| digits.as_str().parse::<u32>().unwrap());
        match (number(1), sheet) {
            (None, _) => sheet = SHEETS.iter().find(|(name, _)| *name == whole),
            (Some(_), None) => problems.push(format!("{whole} is of no sheet")),
            (Some(section), Some((name, sections))) => {
                let part = number(2).unwrap_or(0);
                if !sections.iter().any(|(own, parts)| *own == section && part <= *parts) {
                    problems.push(format!("{name} has no {whole}"));
                }
            }
        }
    }
    problems
}

/// Whether a text names a sheet at all.
pub(crate) fn names_a_sheet(text: &str) -> bool {
    SHEETS.iter().any(|(name, _)| text.contains(name))
}

/// The tags of sources as the sheets write them, and the words for what no source tells.
const TAGS: [&str; 15] = [
    "CORE",
    "OAS",
    "LIVE",
    "HUB",
    "SCH",
    "MCP",
    "BSP",
    "SDK",
    "TF",
    "RL",
    "UI",
    "weak",
    "open",
    "unverified",
    "invented",
];

/// Whether a text says how sure it is: a tag in brackets, or that it is open or invented.
pub(crate) fn has_a_tag(text: &str) -> bool {
    let in_brackets = |tag: &&str| {
        BRACKETS
            .captures_iter(text)
            .map(Result::unwrap)
            .any(|found| has_word(&found[1], tag))
    };
    let plain = ["open", "invented"];
    TAGS.iter().any(in_brackets) || plain.iter().any(|word| has_word(text, word))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(|own| own == word)
}

#[test]
fn sections_are_found_by_their_sheets() {
    assert_eq!(
        problems("harness-api §12.42, §0.7; run-inputs §1.5, §15; runtime-inputs"),
        [""; 0]
    );
    assert_eq!(
        problems("§3; harness-api §12.43, §13; run-inputs §0, §2.1"),
        [
            "§3 is of no sheet",
            "harness-api has no §12.43",
            "harness-api has no §13",
            "run-inputs has no §0",
            "run-inputs has no §2.1"
        ]
    );
    assert!(has_a_tag("§1 [HUB, CORE weak]") && has_a_tag("open: the text") && !has_a_tag("§1 [x]: CORE"));
}
