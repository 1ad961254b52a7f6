//! The table of modes, and that of their settings.

use harness_cd_simulator::Modes;
use serde_json::{Value, json};

use crate::tables::rows;

/// `stale_if_match` as answers spell it.
fn of_field(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &with_first(word, char::to_ascii_uppercase))
}

/// `AsServerSource` as answers spell it.
fn of_choice(name: &str) -> String {
    with_first(name, char::to_ascii_lowercase)
}

fn with_first(word: &str, change: fn(&char) -> char) -> String {
    let mut letters = word.chars();
    letters.next().iter().map(change).chain(letters).collect()
}

#[test]
fn every_mode_is_told_with_its_choices_the_default_first() {
    let told: Vec<Vec<String>> = rows("mode").into_iter().map(|row| row[..3].to_vec()).collect();
    let expected: Vec<Vec<String>> = Modes::TABLE
        .iter()
        .map(|(field, choices, source)| {
            let choices: Vec<String> = choices
                .iter()
                .map(|choice| format!("`{}`", of_choice(choice)))
                .collect();
            vec![
                format!("`{}`", of_field(field)),
                choices.join(", "),
                (*source).to_owned(),
            ]
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn every_setting_is_told_with_its_default() {
    let told = rows("setting").into_iter().map(|row| {
        let value: Value = serde_json::from_str(row[1].trim_matches('`')).unwrap();
        (row[0].trim_matches('`').to_owned(), value)
    });
    assert_eq!(json!(Modes::default().settings), told.collect::<Value>());
}

/// The first choice of each mode is what it has without a word.
#[test]
fn the_first_choice_is_the_default() {
    let defaults = json!(Modes::default());
    for (field, choices, _) in Modes::TABLE {
        assert_eq!(defaults[of_field(field)], of_choice(choices[0]), "{field}");
    }
}
