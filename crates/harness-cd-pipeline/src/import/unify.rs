//! What several pipelines have in common, as one template: where all agree it stands as it is; where they differ by a
//! word of their service a placeholder stands; where they differ otherwise a placeholder of its own, with a value for
//! each service. What only the fewer have, or what is no text, the template has as most have it.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::Placeholder;
use harness_cd_yaml::scalar::Resolved;
use harness_cd_yaml::{Node, Scalar, Value, child_pointer};

use super::words::Words;
use crate::agree::BUILD_KEYS;
use crate::compare::{meaning, named};
use crate::draft::{Draft, Piece};

/// A pipeline and the words of its service.
pub(super) struct Member<'n> {
    pub(super) words: Words,
    pub(super) root: &'n Node,
}

/// A placeholder of a template that the services give a value each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) name: String,
    /// Where it stands.
    pub(super) pointers: Vec<String>,
    /// A value for each member, in their order.
    pub(super) values: Vec<String>,
}

/// What is common to pipelines.
pub(super) struct Unified {
    pub(super) draft: Draft,
    pub(super) holes: Vec<Hole>,
}

/// Finds what pipelines have in common; there is at least one.
pub(super) fn unify(members: &[Member<'_>]) -> Unified {
    let mut unifier = Unifier {
        members,
        holes: Vec::new(),
    };
    let roots: Vec<(usize, &Node)> = members.iter().map(|member| member.root).enumerate().collect();
    let draft = unifier.node("", &roots);
    Unified {
        draft,
        holes: unifier.holes,
    }
}

/// Which placeholders may stand in a text, tried one list after the other. That fewer are tried first keeps words apart
/// that are alike by accident.
const TRIED: &[&[Placeholder]] = {
    use Placeholder::{
        ArtifactType, Environments, FirstEnvironment, FirstRegion, Image, Regions, ServiceIdentifier, ServiceName,
        Team, TeamIdentifier,
    };
    &[
        &[ServiceName],
        &[ServiceIdentifier],
        &[ServiceName, ServiceIdentifier],
        &[Image],
        &[Team],
        &[TeamIdentifier],
        &[ServiceName, Team],
        &[Image, ServiceName, ServiceIdentifier, Team, TeamIdentifier],
        &[Image, ServiceIdentifier, ServiceName, TeamIdentifier, Team],
        &[FirstEnvironment],
        &[FirstRegion],
        &[Environments, FirstEnvironment],
        &[Regions, FirstRegion],
        &[ArtifactType],
    ]
};

/// So many members' texts are looked at for a pattern; where theirs fit nobody else, no other's is likely to.
const PIVOTS: usize = 4;

struct Unifier<'m, 'n> {
    members: &'m [Member<'n>],
    holes: Vec<Hole>,
}

impl<'n> Unifier<'_, 'n> {
    /// `nodes` are what the members have at a place, those that have anything.
    fn node(&mut self, pointer: &str, nodes: &[(usize, &'n Node)]) -> Draft {
        let of_kind = |kind: fn(&Value) -> bool| -> Vec<(usize, &'n Node)> {
            nodes.iter().filter(|(_, node)| kind(&node.value)).copied().collect()
        };
        let maps = of_kind(|value| matches!(value, Value::Mapping(_)));
        let lists = of_kind(|value| matches!(value, Value::Sequence(_)));
        let scalars = of_kind(|value| matches!(value, Value::Scalar(_)));
        if maps.len() >= lists.len() && maps.len() >= scalars.len() {
            let children = maps.iter().map(|(member, node)| {
                let entries = node.entries();
                let entries =
                    entries.map(|entry| (common_key(pointer, entry.name()), entry.name().to_owned(), &entry.value));
                (*member, entries.collect())
            });
            let entries = self.children(pointer, &children.collect::<Vec<_>>());
            Draft::Map(entries)
        } else if lists.len() >= scalars.len() {
            let children = lists.iter().map(|(member, node)| (*member, self.items(*member, node)));
            let entries = self.children(pointer, &children.collect::<Vec<_>>());
            Draft::List(entries.into_iter().map(|(_, item)| item).collect())
        } else {
            self.scalar(pointer, &scalars)
        }
    }

    /// The items of a member's list: by what they are known by in all members' lists, and by their own name.
    fn items(&self, member: usize, list: &'n Node) -> Vec<Child<'n>> {
        let Value::Sequence(items) = &list.value else {
            return Vec::new();
        };
        let words = self.members.get(member).map(|member| &member.words);
        let mut taken = BTreeSet::new();
        let named = named(items).into_iter().enumerate().map(|(place, (name, item))| {
            let common = words.map_or_else(|| name.clone(), |words| words.common_name(&name));
            let is_new = taken.insert(common.clone());
            (if is_new { common } else { place.to_string() }, name, item)
        });
        named.collect()
    }

    fn children(&mut self, pointer: &str, members: &[(usize, Vec<Child<'n>>)]) -> Vec<(String, Draft)> {
        let sequences: Vec<Vec<&str>> = members
            .iter()
            .map(|(_, children)| children.iter().map(|(common, ..)| common.as_str()).collect())
            .collect();
        let kept = most_have(&sequences);
        let mut entries = Vec::new();
        for common in kept {
            let mut own_name = None;
            let mut nodes = Vec::new();
            for (member, children) in members {
                if let Some((_, name, node)) = children.iter().find(|(known, ..)| known == common) {
                    own_name.get_or_insert(name);
                    nodes.push((*member, *node));
                }
            }
            let below = child_pointer(pointer, own_name.map_or(common, String::as_str));
            entries.push((common.to_owned(), self.node(&below, &nodes)));
        }
        entries
    }

    fn scalar(&mut self, pointer: &str, nodes: &[(usize, &'n Node)]) -> Draft {
        let scalars: Vec<(usize, &Scalar)> = nodes
            .iter()
            .filter_map(|(member, node)| match &node.value {
                Value::Scalar(scalar) => Some((*member, scalar)),
                _ => None,
            })
            .collect();
        let texts: Vec<(usize, &str)> = scalars
            .iter()
            .filter(|(_, scalar)| scalar.resolve() == Resolved::String)
            .map(|(member, scalar)| (*member, scalar.text.as_str()))
            .collect();
        if texts.len() * 2 < scalars.len() || texts.is_empty() {
            return most_common(nodes);
        }
        self.text(pointer, &texts)
    }

    fn text(&mut self, pointer: &str, texts: &[(usize, &str)]) -> Draft {
        let (first, is_alone) = match texts {
            [] => return Draft::text(""),
            [(_, first), others @ ..] => (*first, self.members.len() == 1 && others.is_empty()),
        };
        if let Some(pieces) = named_by_service(pointer) {
            return Draft::Text(pieces);
        }
        let is_same = texts.iter().all(|(_, text)| *text == first);
        // The environments of a group are the same, whatever its only service is called.
        if is_same && (!is_alone || pointer.ends_with("/environmentRef")) {
            return Draft::text(first);
        }
        if let Some(pattern) = self.pattern(pointer, texts) {
            return Draft::Text(pattern);
        }
        self.hole(pointer, texts)
    }

    /// The pattern that gives every member's text.
    fn pattern(&self, pointer: &str, texts: &[(usize, &str)]) -> Option<Vec<Piece>> {
        let words = |member: usize| self.members.get(member).map(|member| &member.words);
        let fits = |pattern: &Vec<Piece>| {
            let mut all = texts.iter();
            all.all(|(member, text)| words(*member).and_then(|words| words.fill(pattern)).as_deref() == Some(*text))
        };
        // A group is known by its identifier, be that its name as well.
        let is_group = pointer.contains("/userGroups/");
        let may_stand = |which: &&&[Placeholder]| !is_group || !which.contains(&Placeholder::Team);
        let mut tried = BTreeSet::new();
        for which in TRIED.iter().filter(may_stand) {
            for (member, text) in texts.iter().take(PIVOTS) {
                let pattern = words(*member)?.pattern(text, which);
                if pattern.iter().any(|piece| matches!(piece, Piece::Hole(_)))
                    && tried.insert(pattern.clone())
                    && fits(&pattern)
                {
                    return Some(pattern);
                }
            }
        }
        let alone = [Piece::Literal(texts.first()?.1.to_owned())].to_vec();
        fits(&alone).then_some(alone)
    }

    /// A placeholder of its own; who has nothing at this place gets what most have.
    fn hole(&mut self, pointer: &str, texts: &[(usize, &str)]) -> Draft {
        let usual = most(texts.iter().map(|(_, text)| *text)).unwrap_or_default();
        let own: BTreeMap<usize, &str> = texts.iter().copied().collect();
        let values: Vec<String> = (0..self.members.len())
            .map(|member| own.get(&member).copied().unwrap_or(usual).to_owned())
            .collect();
        if let Some(known) = self.holes.iter_mut().find(|known| known.values == values) {
            known.pointers.push(pointer.to_owned());
            return Draft::Text(vec![Piece::Hole(known.name.clone())]);
        }
        let name = self.free_name(pointer);
        self.holes.push(Hole {
            name: name.clone(),
            pointers: vec![pointer.to_owned()],
            values,
        });
        Draft::Text(vec![Piece::Hole(name)])
    }

    /// `ROLL_OUT_TIMEOUT` of `…/steps/roll_out/step/timeout`, and none that is taken.
    fn free_name(&self, pointer: &str) -> String {
        const STRUCTURE: [&str; 11] = [
            "pipeline",
            "stages",
            "stage",
            "steps",
            "step",
            "spec",
            "execution",
            "stepGroup",
            "rollbackSteps",
            "type",
            "parallel",
        ];
        let parts: Vec<&str> = pointer.split('/').filter(|part| !part.is_empty()).collect();
        let last = parts.last().copied().unwrap_or("value");
        let rest = parts.split_last().map(|(_, rest)| rest).unwrap_or_default();
        let told = rest
            .iter()
            .rev()
            .find(|part| !STRUCTURE.contains(part) && part.starts_with(|c: char| c.is_ascii_alphabetic()));
        let words: Vec<&str> = told.copied().into_iter().chain([last]).collect();
        let letters: String = words
            .join("_")
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        let base = match letters.trim_matches('_') {
            name if name.starts_with(|c: char| c.is_ascii_uppercase()) => name.to_owned(),
            name => format!("VALUE_{name}"),
        };
        let is_free =
            |name: &String| Placeholder::parse(name).is_none() && self.holes.iter().all(|hole| hole.name != *name);
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        std::iter::once(base.clone())
            .chain(numbered)
            .find(is_free)
            .unwrap_or(base)
    }
}

/// What follows from the service, whatever stands there: a template renders no other pipeline.
fn named_by_service(pointer: &str) -> Option<Vec<Piece>> {
    let placeholder = match pointer {
        "/pipeline/name" => Placeholder::PipelineName,
        "/pipeline/identifier" => Placeholder::PipelineIdentifier,
        _ if pointer.ends_with("/serviceRef") => Placeholder::ServiceIdentifier,
        _ => return None,
    };
    Some(vec![Piece::Hole(placeholder.name().to_owned())])
}

/// A key that follows from the service: that under which its registry keeps which build it is.
fn common_key(pointer: &str, key: &str) -> String {
    let is_source = pointer.contains("/serviceInputs/") && pointer.contains("/artifacts/primary/");
    match is_source && pointer.ends_with("/spec") && BUILD_KEYS.contains(&key) {
        true => Placeholder::ArtifactBuild.in_braces(),
        false => key.to_owned(),
    }
}

/// What it is known by among the members, its own name, and what it is.
type Child<'n> = (String, String, &'n Node);

/// What most of several have, first come first.
fn most<T: PartialEq + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for one in all {
        match counts.iter_mut().find(|(known, _)| *known == one) {
            Some((_, count)) => *count += 1,
            None => counts.push((one, 1)),
        }
    }
    let highest = counts.iter().map(|(_, count)| *count).max()?;
    counts
        .into_iter()
        .find(|(_, count)| *count == highest)
        .map(|(one, _)| one)
}

fn most_common(nodes: &[(usize, &Node)]) -> Draft {
    let meanings: Vec<_> = nodes.iter().map(|(_, node)| meaning(node)).collect();
    let usual = most(meanings.iter());
    let found = nodes.iter().zip(&meanings).find(|(_, meaning)| Some(*meaning) == usual);
    match found.map(|((_, node), _)| &node.value) {
        Some(Value::Scalar(scalar)) if scalar.resolve() == Resolved::String => Draft::text(&scalar.text),
        Some(Value::Scalar(scalar)) if scalar.resolve() != Resolved::Null => Draft::Word(scalar.text.clone()),
        _ => Draft::Word("null".to_owned()),
    }
}

/// Those that at least half of the sequences have, in the order that most have.
fn most_have<'s>(sequences: &[Vec<&'s str>]) -> Vec<&'s str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in sequences.iter().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let is_kept = |name: &&&'s str| counts.get(**name).is_some_and(|count| count * 2 >= sequences.len());
    let cut: Vec<Vec<&'s str>> = sequences
        .iter()
        .map(|names| names.iter().filter(is_kept).copied().collect())
        .collect();
    let mut kept: Vec<&'s str> = most(cut.iter()).cloned().unwrap_or_default();
    for names in &cut {
        for (place, name) in names.iter().enumerate() {
            if kept.contains(name) {
                continue;
            }
            let before = place.checked_sub(1).and_then(|place| names.get(place));
            let at = before.and_then(|before| kept.iter().position(|known| known == before));
            kept.insert(at.map_or(0, |at| at + 1), name);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use harness_cd_yaml::parse_text;

    use super::*;
    use crate::draft::Kind;

    fn unified(texts: &[(&str, &str)]) -> (String, Vec<Hole>) {
        let roots: Vec<Node> = texts
            .iter()
            .map(|(_, text)| parse_text("p.yaml", text).unwrap().root)
            .collect();
        let members: Vec<Member<'_>> = texts
            .iter()
            .zip(&roots)
            .map(|((name, _), root)| Member {
                words: Words::new([
                    (Placeholder::ServiceName, (*name).to_owned()),
                    (Placeholder::ServiceIdentifier, name.replace('-', "_")),
                ]),
                root,
            })
            .collect();
        let unified = unify(&members);
        (unified.draft.write(Kind::Template), unified.holes)
    }

    #[test]
    fn what_follows_from_the_service_is_a_placeholder() {
        let (text, holes) = unified(&[
            (
                "a-b",
                "a: a-b-cd\ni: a_b_cd\nt: 10m\ns: [{identifier: run_a_b, x: 1}]\n",
            ),
            ("c", "a: c-cd\ni: c_cd\nt: 10m\ns: [{identifier: run_c, x: 1}]\n"),
        ]);
        let wanted = "a: {{SERVICE_NAME}}-cd\ni: {{SERVICE_IDENTIFIER}}_cd\nt: 10m\ns:\n  - identifier: run_{{SERVICE_IDENTIFIER}}\n    x: 1\n";
        assert_eq!((text.as_str(), holes.len()), (wanted, 0));
    }

    #[test]
    fn what_does_not_is_a_value_of_each() {
        let (text, holes) = unified(&[
            ("a", "roll: {timeout: 10m, other: 10m}\n"),
            ("b", "roll: {timeout: 20m, other: 20m}\n"),
            ("c", "roll: {timeout: 10m}\n"),
        ]);
        assert_eq!(text, "roll:\n  timeout: {{ROLL_TIMEOUT}}\n  other: {{ROLL_TIMEOUT}}\n");
        assert_eq!(holes[0].values, ["10m", "20m", "10m"]);
        assert_eq!(holes[0].pointers, ["/roll/timeout", "/roll/other"]);
    }

    #[test]
    fn the_template_has_what_most_have() {
        let (text, holes) = unified(&[
            ("a", "s: [{name: one}, {name: two}]\nc: 1\n"),
            ("b", "s: [{name: one}, {name: extra}, {name: two}]\nc: 2\n"),
            ("c", "s: [{name: two}]\nc: 2\n"),
        ]);
        assert_eq!(
            (text.as_str(), holes.len()),
            ("s:\n  - name: one\n  - name: two\nc: 2\n", 0)
        );
    }
}
