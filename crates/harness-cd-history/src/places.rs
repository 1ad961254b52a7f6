//! Regions in the identifiers of infrastructure definitions.

use std::borrow::Cow;

use harness_cd_model::naming::{infrastructure_region, underscored};

/// A known region and how identifiers write it.
pub(crate) struct Region<'a> {
    name: &'a str,
    word: String,
}

impl<'a> Region<'a> {
    pub(crate) fn new(name: &'a str) -> Self {
        Self {
            name,
            word: underscored(name),
        }
    }

    /// Whether the region stands in an identifier between underscores or ends.
    fn is_in(&self, identifier: &str) -> bool {
        let bounded = |start: usize| {
            let before = identifier.as_bytes().get(..start).and_then(<[u8]>::last);
            let after = identifier.as_bytes().get(start + self.word.len());
            [before, after].into_iter().flatten().all(|b| *b == b'_')
        };
        !self.word.is_empty() && identifier.match_indices(&self.word).any(|(start, _)| bounded(start))
    }
}

/// The region in an infrastructure definition's identifier, `<environment>_<region>_k8s`: a known region that stands
/// there as a word, otherwise what is left between the two ends.
pub(crate) fn region<'a>(identifier: &str, environment: Option<&str>, regions: &[Region<'a>]) -> Option<Cow<'a, str>> {
    let unscoped = |id| str::rsplit(id, '.').next().unwrap_or(id);
    let identifier = unscoped(identifier);
    let rest = environment.and_then(|environment| identifier.strip_prefix(unscoped(environment)));
    let known = regions.iter().filter(|region| region.is_in(rest.unwrap_or(identifier)));
    if let Some(region) = known.max_by_key(|region| region.name.len()) {
        return Some(Cow::Borrowed(region.name));
    }
    infrastructure_region(rest?).map(|region| region.to_owned().into())
}
