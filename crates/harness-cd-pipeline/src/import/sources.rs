//! What is imported: texts read as entities of one project.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{Entity, EntityKind, Identifier, ProjectRef};
use harness_cd_yaml::{Node, parse};

use super::ImportSource;
use super::report::{LeftAlone, kind_name};

/// The key at the root of an entity's YAML. Source: harness-api §1.1, §2, §3.3, §4.
const ROOTS: [(&str, EntityKind); 7] = [
    ("pipeline", EntityKind::Pipeline),
    ("inputSet", EntityKind::InputSet),
    ("trigger", EntityKind::Trigger),
    ("service", EntityKind::Service),
    ("environment", EntityKind::Environment),
    ("infrastructureDefinition", EntityKind::Infrastructure),
    ("connector", EntityKind::Connector),
];

/// What tells an entity from every other of its project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: EntityKind,
    pub(super) parent: Option<String>,
    pub(super) identifier: String,
}

impl Key {
    pub(super) fn of(entity: &Entity) -> Self {
        Self {
            kind: entity.kind,
            parent: entity.parent.clone(),
            identifier: entity.identifier.clone(),
        }
    }

    /// As a report names it: `orders_cd`, or `orders_cd/nightly` for what belongs to something.
    pub(super) fn told(&self) -> String {
        match &self.parent {
            Some(parent) => format!("{parent}/{}", self.identifier),
            None => self.identifier.clone(),
        }
    }
}

/// An entity as it stands in Harness.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) name: String,
    /// The whole document.
    pub(super) root: Node,
    /// Whether a secret stands in it in plain text.
    pub(super) holds_secret: bool,
}

impl Known {
    /// What stands under the root key.
    pub(super) fn body(&self) -> &Node {
        let root = ROOTS.iter().find(|(_, kind)| *kind == self.key.kind);
        root.and_then(|(root, _)| self.root.get(root)).unwrap_or(&self.root)
    }

    pub(super) fn tag(&self, names: &[&str]) -> Option<&str> {
        let tags = self.body().get("tags")?;
        let found = names.iter().find_map(|name| tags.get(name)?.text());
        found.filter(|text| !text.is_empty())
    }
}

/// What the file of a policy ends with.
const POLICY: &str = ".rego";

/// A policy in Rego.
#[derive(Debug)]
pub(super) struct PolicyText {
    /// As its file is called, without folder and ending.
    pub(super) name: String,
    pub(super) text: String,
}

/// The entities of a project.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) scope: Option<ProjectRef>,
    pub(super) entities: Vec<Known>,
    pub(super) policies: Vec<PolicyText>,
    /// Texts that no report repeats.
    pub(super) secrets: BTreeSet<String>,
}

impl Project {
    pub(super) fn of_kind(&self, kind: EntityKind) -> impl Iterator<Item = &Known> {
        self.entities.iter().filter(move |known| known.key.kind == kind)
    }

    /// An entity of the project itself that has no parent.
    pub(super) fn find(&self, kind: EntityKind, identifier: &str) -> Option<&Known> {
        self.of_kind(kind).find(|known| known.key.identifier == identifier)
    }
}

/// Reads the entities of one project; of the one that most texts name, where none is given.
pub(super) fn read(sources: &[ImportSource], scope: Option<&ProjectRef>, left: &mut Vec<LeftAlone>) -> Project {
    let mut project = Project::default();
    let mut found = Vec::new();
    for source in sources {
        if let Some(path) = source.name.strip_suffix(POLICY) {
            project.policies.push(PolicyText {
                name: path.rsplit('/').next().unwrap_or(path).to_owned(),
                text: source.text.clone(),
            });
            continue;
        }
        match entity(source) {
            Ok(known) => {
                let secrets = source
                    .secrets
                    .iter()
                    .filter_map(|pointer| known.root.at_pointer(pointer)?.text().map(str::to_owned));
                project.secrets.extend(secrets);
                found.push((source, known));
            }
            Err(reason) => left.push(LeftAlone::new("file", &source.name, &reason)),
        }
    }
    project.scope = scope.cloned().or_else(|| usual_scope(&found));
    let mut seen = BTreeSet::new();
    for (source, known) in found {
        let place = place_of(&known);
        let foreign = place.filter(|place| project.scope.as_ref().is_some_and(|scope| scope != place));
        let reason = match foreign {
            Some(ProjectRef { org, project }) => Some(format!("it is of another project: {org}/{project}")),
            None if !seen.insert(known.key.clone()) => Some(format!("{} describes it a second time", source.name)),
            None => None,
        };
        match reason {
            Some(reason) => left.push(LeftAlone::of(&known.key, &reason)),
            None => project.entities.push(known),
        }
    }
    project.entities.sort_by(|one, other| one.key.cmp(&other.key));
    project
}

fn entity(source: &ImportSource) -> Result<Known, String> {
    let document = parse(&source.name, source.text.as_bytes()).map_err(|findings| {
        let first = findings.first();
        let told = first.map(|finding| format!("line {}: {}", finding.range.line, finding.message));
        format!("it cannot be read as YAML: {}", told.unwrap_or_default())
    })?;
    let root = ROOTS.iter().find(|(root, _)| document.root.get(root).is_some());
    let Some((root, kind)) = root else {
        let keys: Vec<&str> = document.root.entries().map(harness_cd_yaml::Entry::name).collect();
        let roots: Vec<&str> = ROOTS.iter().map(|(root, _)| *root).collect();
        let (keys, roots) = (keys.join(", "), roots.join(", "));
        return Err(format!(
            "it begins with `{keys}`, and what is imported with one of: {roots}"
        ));
    };
    let body = document.root.get(root).ok_or_else(String::new)?;
    let identifier = |name: &str, node: Option<&Node>| {
        let text = node.and_then(Node::text).unwrap_or_default();
        Identifier::parse(text).map_err(|error| format!("its `{name}` is no identifier: {error}"))
    };
    let parent = match kind {
        EntityKind::Trigger => Some(identifier("pipelineIdentifier", body.get("pipelineIdentifier"))?),
        EntityKind::InputSet => Some(identifier("pipeline.identifier", body.at(&["pipeline", "identifier"]))?),
        EntityKind::Infrastructure => Some(identifier("environmentRef", body.get("environmentRef"))?),
        EntityKind::Pipeline | EntityKind::Service | EntityKind::Environment | EntityKind::Connector => None,
    };
    let key = Key {
        kind: *kind,
        parent: parent.map(|parent| parent.to_string()),
        identifier: identifier("identifier", body.get("identifier"))?.to_string(),
    };
    let name = body
        .get("name")
        .and_then(Node::text)
        .unwrap_or(&key.identifier)
        .to_owned();
    Ok(Known {
        key,
        name,
        holds_secret: !source.secrets.is_empty(),
        root: document.root,
    })
}

/// The project that an entity names; a service names none.
fn place_of(known: &Known) -> Option<ProjectRef> {
    let named = |key: &str| Identifier::parse(known.body().get(key)?.text()?).ok();
    Some(ProjectRef {
        org: named("orgIdentifier")?,
        project: named("projectIdentifier")?,
    })
}

fn usual_scope(found: &[(&ImportSource, Known)]) -> Option<ProjectRef> {
    let mut counts: BTreeMap<ProjectRef, usize> = BTreeMap::new();
    for place in found.iter().filter_map(|(_, known)| place_of(known)) {
        *counts.entry(place).or_default() += 1;
    }
    let most = counts.values().max().copied()?;
    counts
        .into_iter()
        .find(|(_, count)| *count == most)
        .map(|(place, _)| place)
}

/// How many entities of which kind there are, for a report.
pub(super) fn counts(project: &Project) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for known in &project.entities {
        *counts.entry(kind_name(known.key.kind)).or_default() += 1;
    }
    counts
}
