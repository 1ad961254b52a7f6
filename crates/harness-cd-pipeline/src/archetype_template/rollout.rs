//! The steps by which an archetype deploys to an environment.

use harness_cd_model::{Archetype, Deployer, Diagnostic, ManifestFormat, Strategy, VerificationStep, Workload};

use super::approval::{Approval, Asked, REQUESTER, Round, note};
use super::gate::change_window_of_swap;
use super::{Fragment, Place, item};
use crate::fragments::fill;

/// What becomes of a swap that somebody or something refuses.
const ON_REFUSED_SWAP: &str = "StageRollback";

const ROLLING: &str = include_str!("rolling.yaml");
const ROLLING_ROLLBACK: &str = include_str!("rolling-rollback.yaml");

/// What deploys a workload outside Kubernetes, and what takes that back.
fn outside(workload: Workload) -> Option<[&'static str; 2]> {
    match workload {
        Workload::Lambda => Some([include_str!("lambda.yaml"), include_str!("lambda-rollback.yaml")]),
        Workload::Ecs => Some([include_str!("ecs.yaml"), include_str!("ecs-rollback.yaml")]),
        _ => None,
    }
}

/// An archetype in a place.
pub(super) struct Rollout<'p> {
    place: &'p Place<'p>,
    archetype: &'p Archetype,
    strategy: Strategy,
}

/// What a strategy does, and how it takes that back.
pub(super) struct Steps {
    pub(super) forth: String,
    pub(super) back: Vec<String>,
}

impl<'p> Rollout<'p> {
    pub(super) fn new(place: &'p Place<'p>, archetype: &'p Archetype, strategy: Strategy) -> Self {
        Self {
            place,
            archetype,
            strategy,
        }
    }

    pub(super) fn steps(&self) -> Result<Steps, Vec<Diagnostic>> {
        let plain = |text: &str| self.fragment(text, &[]);
        if let Some([forth, back]) = outside(self.archetype.workload) {
            return Ok(Steps {
                forth: plain(forth)?,
                back: vec![plain(back)?],
            });
        }
        if self.archetype.deployer == Deployer::NativeHelm {
            return Ok(Steps {
                forth: plain(include_str!("helm.yaml"))?,
                back: vec![plain(include_str!("helm-rollback.yaml"))?],
            });
        }
        Ok(match self.strategy {
            Strategy::Rolling => Steps {
                forth: plain(ROLLING)?,
                back: vec![plain(ROLLING_ROLLBACK)?],
            },
            Strategy::Canary => Steps {
                forth: self.canary()?,
                back: vec![plain(include_str!("canary-rollback.yaml"))?, plain(ROLLING_ROLLBACK)?],
            },
            Strategy::Progressive => Steps {
                forth: self.progressive()?,
                back: vec![plain(include_str!("progressive-rollback.yaml"))?],
            },
            Strategy::BlueGreen => Steps {
                forth: self.blue_green()?,
                back: vec![plain(include_str!("blue-green-rollback.yaml"))?],
            },
            Strategy::Apply => Steps {
                forth: self.apply()?,
                back: Vec::new(),
            },
        })
    }

    fn apply(&self) -> Fragment {
        let (platform, archetype) = (self.place.platform, Some(self.archetype));
        let (format, paths) = (platform.manifest_format(archetype), platform.manifest_paths(archetype));
        let folder = paths.folder();
        let applied = match format {
            // Source: "Kustomize deployment with the Apply step", docs/continuous-delivery: the folder from the repository's
            // root, as the service has it.
            ManifestFormat::Kustomize => vec![folder],
            // The files below the folder that Harness fetches. A chart names its files itself, and is refused for this step.
            ManifestFormat::K8sManifest | ManifestFormat::HelmChart => {
                let below = |file: &String| file.strip_prefix(&format!("{folder}/")).unwrap_or(file).to_owned();
                paths.files(format).iter().map(below).collect()
            }
        };
        let applied = applied.iter().map(|pattern| item(&self.place.manifest_path(pattern)));
        let applied = applied.collect::<Result<Vec<_>, _>>()?;
        Ok(fill(
            &self.fragment(include_str!("apply.yaml"), &[])?,
            "applied",
            &applied,
        ))
    }

    fn canary(&self) -> Fragment {
        let phases = self
            .place
            .environment
            .canary
            .iter()
            .map(|phase| self.canary_phase(phase));
        let phases: Vec<String> = phases.collect::<Result<_, _>>()?;
        let groups = self.fragment(include_str!("canary.yaml"), &[])?;
        let rolling = self.fragment(ROLLING, &[])?;
        Ok(fill(&fill(&groups, "phases", &phases), "rolling", &[rolling]))
    }

    fn canary_phase(&self, phase: &VerificationStep) -> Fragment {
        let share = phase.percentage;
        let step = self.share_step(include_str!("canary-phase.yaml"), "percentage", share)?;
        Ok(step + &self.phase_verification(phase, &format!("Verify Canary {share} percent"))?)
    }

    /// The phases, and at their end all replicas.
    fn progressive(&self) -> Fragment {
        let step = |share| self.share_step(include_str!("progressive-phase.yaml"), "targetPercentage", share);
        let mut steps = String::new();
        for phase in &self.place.environment.canary {
            steps += &step(phase.percentage)?;
            steps += &self.phase_verification(phase, &format!("Verify {} percent", phase.percentage))?;
        }
        Ok(steps + &step(100)?)
    }

    /// What an environment asks for stands before the swap. Nothing is swapped back where nothing was swapped: whoever
    /// refuses keeps the old version. While people look at the new one the change window may close.
    fn blue_green(&self) -> Fragment {
        let policy = &self.place.environment.blue_green;
        let verified = policy.verify_minutes;
        let verified = verified.map(|minutes| self.verification("Bluegreen", minutes, "Verify Stage", "verify_stage"));
        let mut before: Vec<String> = verified.transpose()?.into_iter().collect();
        let round = Round {
            approvals: policy.approvals.iter().map(Approval::of_swap_by).collect(),
            stage: self.place.stage_identifier(),
            subject: format!("{} swap request", self.place.title()),
            note: note(self.archetype),
            on_refusal: ON_REFUSED_SWAP,
        };
        before.extend(round.steps(self.place, |_| Asked {
            message: vec![
                    REQUESTER.to_owned(),
                    "The new version runs beside the old one, and takes its traffic once everybody has approved."
                        .to_owned(),
                ],
            inputs: Vec::new(),
        })?);
        if !policy.approvals.is_empty() {
            before.extend(change_window_of_swap(self.place, ON_REFUSED_SWAP).transpose()?);
        }
        let steps = self.fragment(include_str!("blue-green.yaml"), &[])?;
        Ok(fill(&steps, "before the swap", &before))
    }

    /// A step that brings the new version to so many percent, which stand under `key` as a number.
    fn share_step(&self, text: &str, key: &str, share: u8) -> Fragment {
        let text = self.fragment(text, &[("PERCENTAGE", &share.to_string())])?;
        Ok(fill(&text, "percentage", &[format!("{key}: {share}")]))
    }

    fn phase_verification(&self, phase: &VerificationStep, name: &str) -> Fragment {
        let identifier = format!("verify_canary_{}", phase.percentage);
        self.verification("Canary", phase.verify_minutes, name, &identifier)
    }

    fn verification(&self, kind: &str, usual_minutes: u16, name: &str, identifier: &str) -> Fragment {
        let minutes = self.archetype.verify_minutes.unwrap_or(usual_minutes);
        self.fragment(
            include_str!("verify.yaml"),
            &[
                ("VERIFICATION", name),
                ("VERIFICATION_IDENTIFIER", identifier),
                ("VERIFICATION_TYPE", kind),
                ("SENSITIVITY", self.archetype.sensitivity.as_str()),
                ("DURATION", &format!("{minutes}m")),
                ("TIMEOUT", &format!("{}m", 15 + 3 * u32::from(minutes))),
            ],
        )
    }

    /// A fragment whose steps have the archetype's timeout, where it says no other.
    fn fragment(&self, text: &str, values: &[(&str, &str)]) -> Fragment {
        let timeout = format!("{}m", self.timeout_minutes());
        self.place
            .fragment(text, &[&[("TIMEOUT", timeout.as_str())], values].concat())
    }

    /// A progressive step moves all of a share's replicas, one batch after the other.
    fn timeout_minutes(&self) -> u16 {
        let usual = match self.strategy {
            Strategy::Progressive => 20,
            _ => 10,
        };
        self.archetype.timeout_minutes.unwrap_or(usual)
    }
}
