//! Paths of stages and steps, which say where they stand in a pipeline. What has no identifier there, the passes of loops
//! and steps side by side, is numbered after a sign that no identifier holds.

/// A pass of what loops.
pub(crate) fn pass(path: &str, index: usize) -> String {
    format!("{path}#{index}")
}

/// What runs side by side, by where it stands among its siblings.
pub(crate) fn fork(parent: &str, index: usize) -> String {
    format!("{parent}.#{index}")
}

/// What waits in a step: each attempt of it asks anew.
pub(crate) fn attempt(path: &str, number: usize) -> String {
    if number == 0 {
        path.to_owned()
    } else {
        format!("{path}~{number}")
    }
}

/// The path of a part of `from` as a part of `to`.
pub(crate) fn moved(path: &str, from: &str, to: &str) -> String {
    format!("{to}{}", path.strip_prefix(from).unwrap_or(path))
}

/// Whether something is the other, a pass of it or a part of it.
pub(crate) fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '#']))
}

/// As answers spell it: a pass is `name_0`; what has no identifier, and the number of an attempt, are left out [weak].
pub(crate) fn fqn(path: &str) -> String {
    let named = path.split('.').filter(|part| !part.starts_with('#'));
    let parts: Vec<String> = named
        .map(|part| part.split('~').next().unwrap_or_default().replace('#', "_"))
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_no_other_whose_name_begins_alike() {
        let fork = fork("stages.a.steps", 0);
        for (path, is_part) in [
            ("stages.a", true),
            ("stages.a.steps.b", true),
            (&*pass("stages.a", 1), true),
            (&*fork, true),
            ("stages.a_1", false),
            ("stages.ab.steps", false),
        ] {
            assert_eq!(is_within(path, "stages.a"), is_part, "{path}");
        }
        assert!(is_within(&format!("{fork}.b"), &fork));
    }

    #[test]
    fn answers_spell_passes_and_leave_out_what_has_no_identifier() {
        let step = format!("{}.b", fork(&format!("{}.steps", pass("stages.a", 12)), 3));
        assert_eq!(fqn(&step), "stages.a_12.steps.b");
        assert_eq!(fqn(&attempt(&step, 1)), "stages.a_12.steps.b");
        assert_eq!(
            moved("stages.a.steps.b", "stages.a", &pass("stages.a", 0)),
            "stages.a#0.steps.b"
        );
    }
}
