//! Each behaviour names its fact: a section that exists, and how sure it is.

use harness_cd_simulator::Modes;

use crate::files::rust_files;
use crate::sections::{has_a_tag, names_a_sheet, problems};

/// Blocks of comments that follow each other, each as one line; a blank line of a comment parts them.
fn comments(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        let line = line.trim_start();
        let comment = ["///", "//!", "//"]
            .into_iter()
            .find_map(|start| line.strip_prefix(start))
            .map(str::trim);
        match (comment, blocks.last_mut()) {
            (Some(words), Some(last)) if !words.is_empty() => {
                last.push_str(words);
                last.push(' ');
            }
            _ => blocks.push(String::new()),
        }
    }
    blocks
}

fn comments_of(folder: &str) -> impl Iterator<Item = (String, String)> + use<> {
    let files = rust_files(folder).into_iter();
    files.flat_map(|(file, text)| comments(&text).into_iter().map(move |comment| (file.clone(), comment)))
}

#[test]
fn every_section_that_a_comment_names_exists() {
    let mut wrong = Vec::new();
    let of_tests = ["tests/http", "tests/replay"].into_iter().flat_map(comments_of);
    for (file, comment) in comments_of("src").chain(of_tests) {
        wrong.extend(
            problems(&comment)
                .into_iter()
                .map(|problem| format!("{file}: {problem}: {comment}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_names_a_sheet_and_says_how_sure_it_is() {
    let mut wrong = Vec::new();
    for (file, comment) in comments_of("src") {
        for source in comment.split("Source:").skip(1) {
            if !names_a_sheet(source) || !has_a_tag(source) {
                wrong.push(format!("{file}:{source}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_mode_names_its_fact() {
    for (field, _, source) in Modes::TABLE {
        assert!(names_a_sheet(source) && has_a_tag(source), "{field}: {source}");
        assert_eq!(problems(source), [""; 0], "{field}");
    }
}
