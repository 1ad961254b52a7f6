//! What a filter says about deployments.

use serde_json::Value;

use super::texts::Texts;
use crate::api::filter_body::object;
use crate::engine::run::Run;
use crate::engine::runs::reached;
use crate::engine::target::Target;
use crate::view::module_info::gitops_application;
use crate::wire::respond::Failure;
use crate::world::World;

type Pick = fn(&Target) -> Option<String>;

/// What of a deployment is asked for by which name. Source: harness-api §3.4, §3.5 [OAS, CORE].
const PICKS: [(&str, Pick); 6] = [
    ("serviceIdentifiers", |target| Some(target.service.clone())),
    ("envIdentifiers", |target| Some(target.environment.clone())),
    ("artifactDisplayNames", Target::artifact_name),
    ("serviceDefinitionTypes", |target| Some(target.deployment_type.clone())),
    ("helmChartVersions", |target| {
        target.chart.as_ref().map(|(_, version)| version.clone())
    }),
    ("gitOpsAppIdentifiers", gitops_application),
];

/// The filters below `moduleProperties.cd`: each has to fit some deployment of the run, not all of them the same.
pub(super) struct Targets(Vec<(Pick, Texts)>);

impl Targets {
    pub(super) fn read(body: &Value) -> Result<Self, Failure> {
        let cd = object(object(body, "moduleProperties")?, "cd")?;
        let of = |(name, pick): (&str, Pick)| Texts::of(cd, name).map(|texts| (pick, texts));
        let mut all = PICKS.into_iter().map(of).collect::<Result<Vec<_>, _>>()?;
        all.retain(|(_, texts)| !texts.is_empty());
        Ok(Self(all))
    }

    /// Whether a run fits with what it has brought somewhere so far.
    pub(super) fn take(&self, world: &World, run: &Run, now: i64) -> bool {
        if self.0.is_empty() {
            return true;
        }
        // What was never planned need not be looked for in what was reached.
        self.fit(&run.all_targets().flat_map(Target::everywhere).collect::<Vec<_>>())
            && self.fit(&so_far(world, run, now))
    }

    fn fit(&self, targets: &[&Target]) -> bool {
        let fits = |(pick, texts): &(Pick, Texts)| {
            targets
                .iter()
                .filter_map(|target| pick(target))
                .any(|text| texts.take(&text))
        };
        self.0.iter().all(fits)
    }
}

/// The targets that a run has come to.
fn so_far<'w>(world: &'w World, run: &'w Run, now: i64) -> Vec<&'w Target> {
    let reached = match world.runs.ended(run, now) {
        Some(ended) => ended.reached.clone(),
        None => reached(run, &world.runs.at(run, now)),
    };
    let places = run
        .all_targets()
        .enumerate()
        .filter(|(place, _)| reached.contains(place));
    places.flat_map(|(_, target)| target.everywhere()).collect()
}
