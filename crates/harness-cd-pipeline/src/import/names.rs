//! What pipelines, namespaces and releases are called: the pattern that most follow for the platform, the exceptions for
//! their services.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::EntityRef;
use harness_cd_model::naming::patterns::{
    ENVIRONMENT, ENVIRONMENT_IDENTIFIER, NamePatterns, REGION, filled, is_pipeline_name, of_service,
};
use harness_cd_yaml::Node;

use super::connectors::{Entries, text};
use super::services::Imported;
use super::sources::Known;
use super::words::taken_out;
use crate::draft::{Draft, Piece};

/// The patterns of the platform, and what services have of their own, by their names.
#[derive(Default)]
pub(super) struct Names {
    patterns: NamePatterns,
    own: BTreeMap<String, Entries>,
}

/// What an expression stands for in an infrastructure definition.
const OF_SERVICE: [(&str, &str); 2] = [
    ("<+service.name>", "SERVICE_NAME"),
    ("<+service.identifier>", "SERVICE_IDENTIFIER"),
];

/// What an expression stands for in a service's variable.
const OF_PLACE: [(&str, &str); 3] = [
    ("<+env.name>", ENVIRONMENT),
    ("<+env.identifier>", ENVIRONMENT_IDENTIFIER),
    ("<+pipeline.variables.targetRegion>", REGION),
];

/// What an infrastructure definition says of the services that it runs.
pub(super) struct PlaceNames {
    namespace: Option<String>,
    release_name: Option<String>,
}

impl PlaceNames {
    /// The patterns that an infrastructure definition follows, of an environment and a region.
    pub(super) fn read(infrastructure: &Known, environment: &str, region: &str) -> Self {
        let identifier = EntityRef::split(infrastructure.key.parent.as_deref().unwrap_or_default()).1;
        let words = [
            (ENVIRONMENT, environment),
            (ENVIRONMENT_IDENTIFIER, identifier),
            (REGION, region),
        ];
        let pattern = |key: &str| pattern(text(infrastructure.body(), &["spec", key])?, &words, &OF_SERVICE);
        Self {
            namespace: pattern("namespace"),
            release_name: pattern("releaseName"),
        }
    }
}

impl Names {
    /// Finds what most members, and most of the places, follow.
    pub(super) fn find(members: &[Imported<'_>], places: &[PlaceNames]) -> Self {
        let mut names = Self::default();
        names.find_pipelines(members);
        let namespaces = places.iter().filter_map(|place| place.namespace.clone());
        names.patterns.namespace =
            names.of_places("namespace", namespaces, members, &NamePatterns::default().namespace);
        let releases = places.iter().filter_map(|place| place.release_name.clone());
        names.patterns.release_name =
            names.of_places("releaseName", releases, members, &NamePatterns::default().release_name);
        names
    }

    /// `names` of the platform: what is not as usual.
    pub(super) fn draft(&self) -> Option<Draft> {
        let (own, usual) = (&self.patterns, NamePatterns::default());
        let all = [
            ("pipeline", &own.pipeline, usual.pipeline),
            (
                "pipelineIdentifier",
                &own.pipeline_identifier,
                usual.pipeline_identifier,
            ),
            ("namespace", &own.namespace, usual.namespace),
            ("releaseName", &own.release_name, usual.release_name),
        ];
        let others = all.into_iter().filter(|(_, own, usual)| *own != usual);
        let entries: Entries = others.map(|(key, own, _)| (key, Draft::text(own))).collect();
        (!entries.is_empty()).then(|| Draft::map(entries))
    }

    /// `names` of a service.
    pub(super) fn draft_of(&self, service: &str) -> Option<Draft> {
        self.own.get(service).cloned().map(Draft::map)
    }

    fn find_pipelines(&mut self, members: &[Imported<'_>]) {
        let name = |member: &Imported<'_>| member.pipeline.name.clone();
        let identifier = |member: &Imported<'_>| member.pipeline.key.identifier.clone();
        self.patterns.pipeline = followed(members, name, &self.patterns.pipeline);
        self.patterns.pipeline_identifier = followed(members, identifier, &self.patterns.pipeline_identifier);
        let mut taken = BTreeSet::new();
        for member in members {
            let words = words_of(member);
            let usual = filled(&self.patterns.pipeline, &words);
            let name = Some(name(member)).filter(|name| *name != usual && is_pipeline_name(name));
            // A description has no two pipelines of one name.
            if let Some(name) = name.filter(|name| taken.insert(name.clone())) {
                self.add(member, "pipeline", &name);
            }
            let identifier = identifier(member);
            if identifier != filled(&self.patterns.pipeline_identifier, &words) {
                self.add(member, "pipelineIdentifier", &identifier);
            }
        }
    }

    /// The pattern of most places. Where they take it from a variable of the service, that of most services.
    fn of_places(
        &mut self,
        key: &'static str,
        places: impl Iterator<Item = String>,
        members: &[Imported<'_>],
        usual: &str,
    ) -> String {
        let found = most(places, usual);
        if found != format!("<+serviceVariables.{key}>") {
            return found;
        }
        let own: Vec<(&Imported<'_>, String)> = members
            .iter()
            .filter_map(|member| Some((member, variable(member, key)?)))
            .collect();
        let found = most(own.iter().map(|(_, pattern)| pattern.clone()), usual);
        for (member, pattern) in own.iter().filter(|(_, pattern)| *pattern != found) {
            self.add(member, key, pattern);
        }
        found
    }

    fn add(&mut self, member: &Imported<'_>, key: &'static str, text: &str) {
        let own = self.own.entry(member.name.clone()).or_default();
        own.push((key, Draft::text(text)));
    }
}

fn words_of<'m>(member: &'m Imported<'_>) -> [(&'static str, &'m str); 2] {
    of_service(&member.name, &member.service.key.identifier)
}

/// The pattern that makes most of the members' texts; the usual one where no other makes more.
fn followed(members: &[Imported<'_>], said: impl Fn(&Imported<'_>) -> String, usual: &str) -> String {
    let tried = members.iter().flat_map(|member| {
        let text = said(member);
        words_of(member).map(|word| written(&taken_out(&text, &[word])))
    });
    let tried: BTreeSet<String> = tried.filter(|pattern| pattern.contains("{{")).collect();
    let fits = |pattern: &str| {
        let is_made = |member: &&Imported<'_>| filled(pattern, &words_of(member)) == said(member);
        members.iter().filter(is_made).count()
    };
    let best = tried.into_iter().map(|pattern| (fits(&pattern), pattern)).max();
    let best = best.filter(|(count, _)| *count > fits(usual));
    best.map_or_else(|| usual.to_owned(), |(_, pattern)| pattern)
}

/// What most are; the usual one where no other is said more often.
fn most(all: impl Iterator<Item = String>, usual: &str) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let usually = counts.get(usual).copied().unwrap_or_default();
    let best = counts.into_iter().max_by_key(|(_, count)| *count);
    let best = best.filter(|(_, count)| *count > usually);
    best.map_or_else(|| usual.to_owned(), |(one, _)| one)
}

/// The pattern of a text of a service that says where it runs; `None` for one that has braces already.
pub(super) fn of_place(text: &str, words: &[(&'static str, &str)]) -> Option<String> {
    pattern(text, words, &OF_PLACE)
}

/// A text with words and expressions as placeholders; `None` for one that has braces already.
fn pattern(text: &str, words: &[(&'static str, &str)], expressions: &[(&str, &str)]) -> Option<String> {
    if text.contains("{{") {
        return None;
    }
    let text = written(&taken_out(text, words));
    let replaced = expressions.iter().fold(text, |text, (expression, name)| {
        text.replace(expression, &format!("{{{{{name}}}}}"))
    });
    Some(replaced)
}

fn written(pieces: &[Piece]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Hole(name) => format!("{{{{{name}}}}}"),
    });
    texts.collect()
}

/// The pattern that a service's variable says.
fn variable(member: &Imported<'_>, name: &str) -> Option<String> {
    let variables = member.service.body().at(&["serviceDefinition", "spec", "variables"])?;
    let is_named = |variable: &&Node| text(variable, &["name"]) == Some(name);
    let value = variables.items().find(is_named)?;
    of_place(text(value, &["value"])?, &words_of(member))
}
