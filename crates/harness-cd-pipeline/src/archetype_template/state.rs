//! A template beside what the platform description gives by now: who changed it, and both changes in one text.
//!
//! A line of the heading is the digest of the rest of the text as it was written, so that edits by hand are seen
//! without anything else. To keep them while the platform changes, the text as it was written is needed, which stands
//! at [`written_template_path`](harness_cd_model::naming::written_template_path).

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What the line of the digest starts with.
const MARK: &str = "# Digest of what was written: ";

/// How many bytes of SHA-256 a digest keeps: enough to tell a change, and short enough for a line.
const BYTES: usize = 8;

/// How a template stands to what the platform description gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TemplateState {
    /// There is none.
    Missing,
    /// It is what the platform description gives.
    UpToDate,
    /// It is as it was written, and the platform description gives another by now.
    Outdated,
    /// It was changed by hand; the platform description gives what it was written with.
    Edited,
    /// Both.
    EditedAndOutdated,
    /// It was not written from the platform description.
    HandWritten,
}

impl TemplateState {
    /// Tells it by the texts: the template, if there is one, and what [`archetype_template`](super::archetype_template)
    /// gives, if anything. The ends of lines make no difference.
    #[must_use]
    pub fn of(present: Option<&str>, generated: Option<&str>) -> Self {
        let Some(present) = present else { return Self::Missing };
        let Some(generated) = generated else {
            return Self::HandWritten;
        };
        let now = digest(&without_digest(generated));
        let own = digest(&without_digest(present));
        if own == now {
            return Self::UpToDate;
        }
        match digest_line(present) {
            None => Self::HandWritten,
            Some((_, written)) => match (own == written, now == written) {
                (true, _) => Self::Outdated,
                (false, true) => Self::Edited,
                (false, false) => Self::EditedAndOutdated,
            },
        }
    }

    /// Whether the platform description gives another template by now.
    #[must_use]
    pub fn is_outdated(self) -> bool {
        matches!(self, Self::Outdated | Self::EditedAndOutdated)
    }
}

/// Lines that were changed by hand and by the platform description, in different ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The first of them in the template, from 1.
    pub line: usize,
    /// What stands there.
    pub present: String,
    /// What the platform description gives there.
    pub generated: String,
}

/// Why a template could not be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotMerged {
    /// The text that it was written with is not there, or is another one.
    NoBase,
    /// The conflicts, in order; never none.
    Conflicts(Vec<Conflict>),
}

/// Merges what was changed by hand with what the platform description changes. `written` is the text that the template
/// was written with.
///
/// # Errors
/// [`NotMerged`]; nothing is guessed.
pub fn merge_template(written: Option<&str>, present: &str, generated: &str) -> Result<String, NotMerged> {
    let (_, digest_written) = digest_line(present).ok_or(NotMerged::NoBase)?;
    let base = written.map(without_digest).ok_or(NotMerged::NoBase)?;
    if digest(&base) != digest_written {
        return Err(NotMerged::NoBase);
    }
    let (present, generated) = (without_digest(present), without_digest(generated));
    match diffy::merge(&base, &present, &generated) {
        Ok(text) => Ok(with_digest(&text, &digest(&generated))),
        Err(marked) => Err(NotMerged::Conflicts(conflicts(&marked))),
    }
}

/// The conflicts in a text with the marks of Git. Lines are counted as they stand in the template, with its digest.
fn conflicts(marked: &str) -> Vec<Conflict> {
    enum Side {
        Both,
        Present,
        Base,
        Generated,
    }
    let (mut found, mut side, mut line) = (Vec::new(), Side::Both, 1);
    for text in marked.lines() {
        if text.starts_with("<<<<<<< ") {
            side = Side::Present;
            found.push(Conflict {
                line: line + 1,
                present: String::new(),
                generated: String::new(),
            });
            continue;
        }
        side = match side {
            Side::Present if text.starts_with("||||||| ") => Side::Base,
            Side::Present | Side::Base if text == "=======" => Side::Generated,
            Side::Generated if text.starts_with(">>>>>>> ") => Side::Both,
            side => {
                let put = |to: &mut String| to.push_str(&format!("{text}\n"));
                match (&side, found.last_mut()) {
                    (Side::Present, Some(conflict)) => put(&mut conflict.present),
                    (Side::Generated, Some(conflict)) => put(&mut conflict.generated),
                    _ => {}
                }
                line += usize::from(matches!(side, Side::Both | Side::Present));
                side
            }
        };
    }
    found
}

/// The line of the digest, from 1, and the digest.
#[must_use]
pub fn digest_line(text: &str) -> Option<(usize, &str)> {
    let mut comments = text.lines().take_while(|line| line.starts_with('#')).enumerate();
    comments.find_map(|(index, line)| Some((index + 1, line.strip_prefix(MARK)?.trim_end())))
}

/// Where a template that was written from the platform description says so, if nobody has changed it since.
pub(crate) fn untouched_heading(text: &str) -> Option<usize> {
    let (line, written) = digest_line(text)?;
    (digest(&without_digest(text)) == written).then_some(line)
}

/// The digest of a text without a line of a digest.
pub(super) fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// A text with the line of a digest, as the last one of its heading.
pub(super) fn with_digest(text: &str, digest: &str) -> String {
    let is_comment = |line: &&str| line.starts_with('#');
    let heading: usize = text.split_inclusive('\n').take_while(is_comment).map(str::len).sum();
    let (heading, rest) = text.split_at_checked(heading).unwrap_or(("", text));
    format!("{heading}{MARK}{digest}\n{rest}")
}

/// A text without the line of its digest, with plain ends of lines.
fn without_digest(text: &str) -> String {
    let own = digest_line(text).map(|(line, _)| line);
    let lines = text.split_inclusive('\n').enumerate();
    let rest = lines.filter(|(index, _)| Some(index + 1) != own);
    rest.map(|(_, line)| line).collect::<String>().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "# An api.\npipeline:\n  name: a\n  b: 1\n  c: 2\n  d: 3\n  e: 4\n  f: 5\n  g: 6\n";

    fn written(text: &str) -> String {
        with_digest(text, &digest(text))
    }

    #[test]
    fn who_changed_a_template_is_told() {
        let old = written(WRITTEN);
        let new = written(&WRITTEN.replace("b: 1", "b: 7"));
        let edited = old.replace("f: 5", "f: 8");
        for (present, generated, state) in [
            (None, &new, TemplateState::Missing),
            (Some(old.as_str()), &old, TemplateState::UpToDate),
            (Some(old.replace('\n', "\r\n").as_str()), &old, TemplateState::UpToDate),
            // As it was written before templates had digests.
            (Some(WRITTEN), &old, TemplateState::UpToDate),
            (Some(old.as_str()), &new, TemplateState::Outdated),
            (Some(edited.as_str()), &old, TemplateState::Edited),
            (Some(edited.as_str()), &new, TemplateState::EditedAndOutdated),
            (Some("pipeline: {}\n"), &new, TemplateState::HandWritten),
        ] {
            assert_eq!(TemplateState::of(present, Some(generated)), state, "{present:?}");
            let by_hand = match present {
                Some(_) => TemplateState::HandWritten,
                None => TemplateState::Missing,
            };
            assert_eq!(TemplateState::of(present, None), by_hand, "{present:?}");
        }
    }

    #[test]
    fn edits_by_hand_are_kept_and_conflicts_are_named() {
        let old = written(WRITTEN);
        let new = written(&WRITTEN.replace("b: 1", "b: 7"));
        let edited = old.replace("f: 5", "f: 8");
        let merged = merge_template(Some(&old), &edited, &new).unwrap();
        assert_eq!(
            without_digest(&merged),
            WRITTEN.replace("b: 1", "b: 7").replace("f: 5", "f: 8")
        );
        assert_eq!(TemplateState::of(Some(&merged), Some(&new)), TemplateState::Edited);

        let other = old.replace("b: 1", "b: 9");
        let conflicts = [Conflict {
            line: other.lines().position(|line| line == "  b: 9").unwrap() + 1,
            present: "  b: 9\n".to_owned(),
            generated: "  b: 7\n".to_owned(),
        }];
        assert_eq!(
            merge_template(Some(&old), &other, &new),
            Err(NotMerged::Conflicts(conflicts.to_vec()))
        );
    }

    #[test]
    fn without_the_text_that_was_written_nothing_is_guessed() {
        let (old, new) = (written(WRITTEN), written(&WRITTEN.replace("b: 1", "b: 7")));
        let edited = old.replace("f: 5", "f: 8");
        for base in [None, Some(new.as_str()), Some(edited.as_str())] {
            assert_eq!(merge_template(base, &edited, &new), Err(NotMerged::NoBase), "{base:?}");
        }
    }
}
