//! Regions and environments in the identifiers of infrastructure definitions and stages.

use std::borrow::Cow;

use harness_cd_model::naming::{infrastructure_region, underscored};

use crate::HistoryOptions;

/// The places that a platform has.
pub(crate) struct Places<'a> {
    regions: Vec<Place<'a>>,
    environments: Vec<Place<'a>>,
}

/// A region or an environment, and how identifiers write it.
struct Place<'a> {
    name: &'a str,
    word: String,
}

/// Where a stage that has not begun will deploy.
#[derive(Default)]
pub(crate) struct Target<'a> {
    /// The environment's identifier.
    pub(crate) environment: Option<Cow<'a, str>>,
    pub(crate) environment_name: Option<Cow<'a, str>>,
    pub(crate) region: Option<Cow<'a, str>>,
}

impl<'a> Place<'a> {
    fn all(names: &'a [String]) -> Vec<Self> {
        let place = |name: &'a String| Self {
            name,
            word: underscored(name),
        };
        names.iter().map(place).collect()
    }

    /// Whether the place stands in an identifier between underscores or ends.
    fn is_in(&self, identifier: &str) -> bool {
        let bounded = |start: usize| {
            let before = identifier.as_bytes().get(..start).and_then(<[u8]>::last);
            let after = identifier.as_bytes().get(start + self.word.len());
            [before, after].into_iter().flatten().all(|b| *b == b'_')
        };
        !self.word.is_empty() && identifier.match_indices(&self.word).any(|(start, _)| bounded(start))
    }

    /// The place that stands in an identifier; of several the one with the longest name.
    fn find<'p>(places: &'p [Self], identifier: &str) -> Option<&'p Self> {
        let found = places.iter().filter(|place| place.is_in(identifier));
        found.max_by_key(|place| place.name.len())
    }
}

impl<'a> Places<'a> {
    pub(crate) fn new(options: &'a HistoryOptions) -> Self {
        Self {
            regions: Place::all(&options.regions),
            environments: Place::all(&options.environments),
        }
    }

    /// The region in an infrastructure definition's identifier, `<environment>_<region>_k8s` or `…_helm`: a known region that
    /// stands there as a word, otherwise what is left between the two ends.
    pub(crate) fn region(&self, identifier: &str, environment: Option<&str>) -> Option<Cow<'a, str>> {
        let unscoped = |id| str::rsplit(id, '.').next().unwrap_or(id);
        let identifier = unscoped(identifier);
        let rest = environment.and_then(|environment| identifier.strip_prefix(unscoped(environment)));
        if let Some(region) = Place::find(&self.regions, rest.unwrap_or(identifier)) {
            return Some(Cow::Borrowed(region.name));
        }
        infrastructure_region(rest?).map(|region| region.to_owned().into())
    }

    /// What the identifier of a stage, for example `deploy_prod_euw1`, says of where it deploys. Harness itself says
    /// so only of stages that have begun.
    pub(crate) fn target(&self, stage: &str) -> Target<'a> {
        let Some(environment) = Place::find(&self.environments, stage) else {
            return Target::default();
        };
        Target {
            environment: Some(environment.word.clone().into()),
            environment_name: Some(environment.name.into()),
            region: Place::find(&self.regions, stage).map(|region| region.name.into()),
        }
    }
}
