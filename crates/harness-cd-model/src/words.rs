//! Words about what people write: the name they may have meant, and what they wrote as a sentence may quote it.

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

/// `did you mean X?` where a candidate is near, otherwise the list to choose from.
#[must_use]
pub fn advice(name: &str, candidates: &[&str]) -> String {
    if let Some(near) = nearest(name, candidates.iter().copied()) {
        return format!("did you mean `{near}`?");
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
