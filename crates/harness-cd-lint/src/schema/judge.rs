//! A document, held against the facts.

use std::borrow::Cow;

use harness_cd_yaml::scalar::{Resolved, resolve};
use harness_cd_yaml::{Node, Scalar, ScalarStyle, Value};

use super::table::{Bound, Fact, Id, Schema, Table};
use super::{Breach, Found, tell};
use crate::place::is_filled_in;
use crate::shape::word_hint;

/// One look at a node and what is below it.
pub(super) struct Judge<'n> {
    table: &'static Table,
    pub(super) found: Vec<Found<'n>>,
    /// The key under which the node stands.
    key: &'n str,
    /// The key above that.
    above: &'n str,
    /// Whether also what is filled in before Harness reads the file is judged as it stands.
    as_it_stands: bool,
}

impl<'n> Judge<'n> {
    pub(super) fn new(table: &'static Table, key: &'n str) -> Self {
        Self {
            table,
            found: Vec::new(),
            key,
            above: "",
            as_it_stands: false,
        }
    }

    /// Adds what of a node the schema refuses.
    pub(super) fn look(&mut self, node: &'n Node, id: Id) {
        if self.is_left_open(node) {
            return self.unrendered(node, id);
        }
        let schema = self.table.schema(id);
        if schema.types.is_some_and(|types| !is_kind(node, types)) {
            return self.wrong_kind(node, id);
        }
        match &node.value {
            Value::Mapping(_) => self.keys(node, schema),
            Value::Sequence(items) => self.items(node, items, schema),
            Value::Scalar(scalar) => self.scalar(node, scalar, schema),
        }
        for fact in &schema.facts {
            match fact {
                Fact::OneOf(ids) => self.choose(node, id, ids, true),
                Fact::AnyOf(ids) => self.choose(node, id, ids, false),
                Fact::If(condition, then, otherwise) => {
                    let next = if self.takes(node, *condition) { then } else { otherwise };
                    next.iter().for_each(|id| self.look(node, *id));
                }
                Fact::Not(other) if is_taken(&self.strictly(node, *other)) => self.not(node, *other),
                _ => {}
            }
        }
    }

    /// Adds what all of the alternatives refuse, though more than one may hold.
    pub(super) fn look_at_any(&mut self, node: &'n Node, ids: &[Id]) {
        if let Some(first) = ids.first() {
            self.choose(node, *first, ids, false);
        }
    }

    /// What an alternative refuses, apart from what is found already.
    fn trial(&self, node: &'n Node, id: Id) -> Vec<Found<'n>> {
        let mut judge = Self {
            table: self.table,
            found: Vec::new(),
            key: self.key,
            above: self.above,
            as_it_stands: self.as_it_stands,
        };
        judge.look(node, id);
        judge.found
    }

    /// What is filled in before Harness reads the file is anything that it has to be.
    fn is_left_open(&self, node: &Node) -> bool {
        let is_open = |text: &str| text.contains("${") || text.contains("{{");
        !self.as_it_stands && node.text().is_some_and(is_open)
    }

    /// Says that something is not judged, where Harness would refuse it as it stands.
    fn unrendered(&mut self, node: &'n Node, id: Id) {
        let Some(part) = node.text().and_then(interpolation) else {
            return;
        };
        if !is_taken(&self.strictly(node, id)) {
            self.not_judged(node, part);
        }
    }

    /// What is refused of a node as it stands, whatever is still to be filled in.
    fn strictly(&self, node: &'n Node, id: Id) -> Vec<Found<'n>> {
        let mut judge = Self {
            as_it_stands: true,
            ..Self::new(self.table, self.key)
        };
        judge.look(node, id);
        judge.found
    }

    fn not_judged(&mut self, node: &'n Node, part: &str) {
        let message = format!("`{part}` is filled in before Harness reads the file, and not judged");
        self.add(Breach::Unrendered, node, message, "lint the rendered file too");
    }

    fn takes(&self, node: &'n Node, id: Id) -> bool {
        is_taken(&self.trial(node, id))
    }

    fn add(&mut self, breach: Breach, node: &'n Node, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Found::new(breach, node, message, hint));
    }

    fn wrong_kind(&mut self, node: &'n Node, id: Id) {
        if self.table.schema(id).types == Some("") {
            return self.refused(node, self.key);
        }
        self.no_kind(node, id, &[id]);
    }

    /// What stands under a key that may not be there.
    fn refused(&mut self, node: &'n Node, key: &str) {
        let hint = "remove it; Harness refuses the file with it";
        self.add(Breach::Refused, node, format!("`{key}` may not stand here"), hint);
    }

    fn keys(&mut self, node: &'n Node, schema: &'static Schema) {
        for name in &schema.required {
            if node.get(name).is_none() {
                let (message, hint) = match name.as_ref() {
                    "spec" => (tell::missing(name).0, tell::ADD_EMPTY_SPEC.to_owned()),
                    _ => tell::missing(name),
                };
                self.add(Breach::Missing, node, message, hint);
            }
        }
        for entry in node.entries() {
            if let Some(id) = schema.property(entry.name()) {
                self.below(&entry.value, entry.name(), id);
            }
        }
        for fact in &schema.facts {
            match fact {
                Fact::Cases(key, cases) => self.cases(node, schema, key, cases),
                Fact::Additional(id, names) => self.others(node, schema, *id, names.as_deref()),
                Fact::Names(id) => {
                    for entry in node.entries() {
                        self.below(&entry.key, entry.name(), *id);
                    }
                }
                Fact::Bound(bound @ (Bound::MinKeys | Bound::MaxKeys), value) => {
                    self.bound(node, *bound, *value, count(node.entries().count()));
                }
                _ => {}
            }
        }
    }

    fn below(&mut self, node: &'n Node, key: &'n str, id: Id) {
        let outer = (self.key, self.above);
        (self.key, self.above) = (key, self.key);
        self.look(node, id);
        self.sensitivity(node);
        (self.key, self.above) = outer;
    }

    /// How sensitive a verification is, Harness's schema leaves open, and says in its description.
    fn sensitivity(&mut self, node: &'n Node) {
        const KNOWN: [&str; 3] = ["HIGH", "MEDIUM", "LOW"];
        let word = node.as_str().filter(|word| !word.is_empty() && !is_filled_in(word));
        if let Some(word) = word.filter(|word| self.key == "sensitivity" && !KNOWN.contains(word)) {
            let hint = word_hint(word, KNOWN.into_iter());
            self.add(
                Breach::OpenWord,
                node,
                format!("Harness knows no sensitivity `{word}`"),
                hint,
            );
        }
    }

    /// What the word under a key decides.
    fn cases(&mut self, node: &'n Node, schema: &'static Schema, key: &str, cases: &'static [(Cow<'static, str>, Id)]) {
        let Some(chosen) = node.get(key) else {
            // Where the key is asked for, that is said, and the rest would only confuse.
            if !schema.requires(key) && cases.iter().any(|(_, id)| !self.takes(node, *id)) {
                let hint = format!("add `{key}:`, which says what else may stand here");
                self.add(Breach::Missing, node, format!("`{key}` is missing"), hint);
            }
            return;
        };
        let Some(word) = chosen.as_str() else { return };
        let mut of_word = cases.iter().filter(|(case, _)| case == word).peekable();
        let is_listed = |id| self.table.words(id).is_some();
        let is_judged = schema.property(key).is_some_and(is_listed) || self.is_left_open(chosen);
        if of_word.peek().is_none() && key == "type" && cases.len() > 1 && !is_judged && !word.contains("<+") {
            let known = cases.iter().map(|(case, _)| case.as_ref());
            self.no_such_type(Breach::OpenWord, chosen, word, known);
        }
        for (_, id) in of_word {
            self.look(node, *id);
        }
    }

    /// The values of keys that are not named.
    fn others(&mut self, node: &'n Node, schema: &'static Schema, id: Id, names: Option<&'static [Cow<'static, str>]>) {
        for entry in node.entries() {
            let name = entry.name();
            let is_named = match names {
                Some(names) => names.iter().any(|known| known == name),
                None => schema.property(name).is_some(),
            };
            match (is_named, self.table.schema(id).types) {
                (true, _) => {}
                (false, Some("")) => self.refused(&entry.key, name),
                (false, _) => self.below(&entry.value, name, id),
            }
        }
    }

    fn items(&mut self, node: &'n Node, items: &'n [Node], schema: &'static Schema) {
        for fact in &schema.facts {
            match fact {
                Fact::Items(id) => items.iter().for_each(|item| self.look(item, *id)),
                Fact::Bound(bound @ (Bound::MinItems | Bound::MaxItems), value) => {
                    self.bound(node, *bound, *value, count(items.len()));
                }
                Fact::Unique => {
                    let texts: Vec<_> = items.iter().map(Node::text).collect();
                    let twice = |at: &usize| {
                        texts
                            .get(*at)
                            .is_some_and(|text| text.is_some() && texts.iter().take(*at).any(|above| above == text))
                    };
                    if let Some(item) = (0..items.len()).find(twice).and_then(|at| items.get(at)) {
                        self.add(Breach::Size, item, "this stands in the list twice", "remove one");
                    }
                }
                _ => {}
            }
        }
    }

    fn scalar(&mut self, node: &'n Node, scalar: &'n Scalar, schema: &'static Schema) {
        let kind = resolved(scalar);
        for fact in &schema.facts {
            match fact {
                Fact::Enum(words) if words.iter().all(|word| word != &scalar.text) => {
                    let known = words.iter().map(Cow::as_ref);
                    let hint = word_hint(&scalar.text, known);
                    let message = match scalar.text.is_empty() {
                        true => format!("`{}` is empty", self.key),
                        false => format!(
                            "Harness knows no {} `{}`",
                            tell::kind_of_word(self.key, self.above),
                            scalar.text
                        ),
                    };
                    self.add(Breach::Word, node, message, hint);
                }
                Fact::Pattern(number) if kind == Resolved::String => {
                    if let Some(pattern) = self
                        .table
                        .pattern(*number)
                        .filter(|pattern| !pattern.holds(&scalar.text))
                    {
                        let (message, hint) = tell::form(pattern);
                        self.add(Breach::Form, node, message, hint);
                    }
                }
                Fact::Bound(bound @ (Bound::MinLength | Bound::MaxLength), value) if kind == Resolved::String => {
                    self.bound(node, *bound, *value, count(scalar.text.chars().count()));
                }
                Fact::Bound(bound @ (Bound::Minimum | Bound::Maximum | Bound::Above), value) => {
                    if let (Resolved::Int(_) | Resolved::Float, Ok(number)) = (kind, scalar.text.parse()) {
                        self.bound(node, *bound, *value, number);
                    }
                }
                _ => {}
            }
        }
    }

    fn bound(&mut self, node: &'n Node, bound: Bound, value: f64, measured: f64) {
        let is_kept = match bound {
            Bound::MinLength | Bound::MinItems | Bound::MinKeys | Bound::Minimum => measured >= value,
            Bound::MaxLength | Bound::MaxItems | Bound::MaxKeys | Bound::Maximum => measured <= value,
            Bound::Above => measured > value,
        };
        if !is_kept {
            let (message, hint) = tell::bound(bound, value, self.key);
            let breach = if bound == Bound::MinItems {
                Breach::Missing
            } else {
                Breach::Size
            };
            self.add(breach, node, message, hint);
        }
    }

    /// One of several alternatives holds; `exactly` no more than one.
    fn choose(&mut self, node: &'n Node, of: Id, ids: &[Id], exactly: bool) {
        let mapping = matches!(node.value, Value::Mapping(_)).then_some(node);
        let kind = mapping.and_then(|mapping| mapping.get("type"));
        let typed = |id: &Id| self.table.types_of(*id);
        let count_typed = |ids: &[Id]| ids.iter().filter(|id| typed(id).is_some()).count();
        if mapping.is_some() && kind.is_none() && count_typed(ids) > 1 {
            return self.choose_without_type(node, ids, exactly);
        }
        let of_kind: Vec<Id> = ids
            .iter()
            .copied()
            .filter(|id| is_kind(node, self.kinds(*id)))
            .collect();
        let word = kind.and_then(Node::as_str);
        let of_type = |id: &Id| match (word, typed(id)) {
            (Some(word), Some(types)) => types.iter().any(|of| of == word),
            _ => true,
        };
        let possible: Vec<Id> = of_kind.iter().copied().filter(of_type).collect();
        if let Some(kind) = kind.filter(|_| word.is_some() && count_typed(&of_kind) > 1 && count_typed(&possible) == 0)
        {
            if !possible.iter().any(|id| self.takes(node, *id)) {
                self.unknown_type(kind, &of_kind);
            }
            return;
        }
        match (possible.as_slice(), kind) {
            ([], _) if of_kind.is_empty() => self.no_kind(node, of, ids),
            ([], Some(kind)) => self.unknown_type(kind, &of_kind),
            ([], None) => {}
            ([one], _) if of_kind.len() == 1 && !matches!(node.value, Value::Scalar(_)) => self.look(node, *one),
            ([one], _) if mapping.is_some() => self.look(node, *one),
            _ => self.compare(node, of, ids, &possible, exactly),
        }
    }

    /// As [`Self::choose`], for a mapping that lacks the type by which most of the alternatives are told.
    fn choose_without_type(&mut self, node: &'n Node, ids: &[Id], exactly: bool) {
        let asks = |id: Id| self.table.schema(id).requires("type");
        let others = ids.iter().copied().filter(|id| !asks(*id));
        let fitting: Vec<Id> = others.filter(|id| self.takes(node, *id)).collect();
        match fitting.as_slice() {
            [] => match self.begun(node, ids) {
                Some(found) => self.found.extend(found),
                None => {
                    let hint = "add `type:`, which says what this is";
                    self.add(Breach::Missing, node, "`type` is missing", hint);
                }
            },
            [_, _, ..] if exactly => self.several(node, &fitting),
            _ => {}
        }
    }

    /// What is wrong with the alternative without a type that a mapping has the keys of.
    fn begun(&self, node: &'n Node, ids: &[Id]) -> Option<Vec<Found<'n>>> {
        let is_begun = |id: &&Id| {
            let schema = self.table.schema(**id);
            let mut required = schema.required.iter();
            !schema.requires("type") && !schema.required.is_empty() && required.all(|name| node.get(name).is_some())
        };
        let trials = ids.iter().filter(is_begun).map(|id| self.trial(node, *id));
        trials.min_by_key(Vec::len)
    }

    fn kinds(&self, id: Id) -> &'static str {
        self.table.schema(id).types.unwrap_or("oasbinz")
    }

    /// A value of a kind that none of the alternatives is.
    fn no_kind(&mut self, node: &'n Node, of: Id, ids: &[Id]) {
        let message = format!(
            "{} stands where {} is wanted",
            node.describe(),
            tell::wanted(self.table, of)
        );
        let first = ids.first().copied().unwrap_or(of);
        self.add(Breach::Shape, node, message, tell::shape_hint(self.table, first, node));
    }

    fn unknown_type(&mut self, kind: &'n Node, ids: &[Id]) {
        let Some(word) = kind.text() else { return };
        if self.is_left_open(kind) {
            interpolation(word)
                .into_iter()
                .for_each(|part| self.not_judged(kind, part));
            return;
        }
        let mut known: Vec<&str> = ids
            .iter()
            .filter_map(|id| self.table.types_of(*id))
            .flatten()
            .map(Cow::as_ref)
            .collect();
        known.sort_unstable();
        known.dedup();
        self.no_such_type(Breach::Word, kind, word, known.into_iter());
    }

    fn no_such_type<'k>(
        &mut self,
        breach: Breach,
        node: &'n Node,
        word: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let message = format!("Harness knows no {} `{word}`", tell::kind_of_word("type", self.key));
        self.add(breach, node, message, word_hint(word, known));
    }

    /// Tries the alternatives that the value may be.
    fn compare(&mut self, node: &'n Node, of: Id, ids: &[Id], possible: &[Id], exactly: bool) {
        let mut trials: Vec<(Id, Vec<Found<'n>>)> = possible.iter().map(|id| (*id, self.trial(node, *id))).collect();
        let mut fitting = trials.extract_if(.., |(_, found)| is_taken(found));
        if let Some((first, found)) = fitting.next() {
            let others: Vec<Id> = fitting.map(|(id, _)| id).collect();
            self.found.extend(found);
            if exactly && !others.is_empty() {
                self.several(node, &[vec![first], others].concat());
            }
            return;
        }
        drop(fitting);
        if possible.iter().all(|id| self.table.schema(*id).is_demand_alone()) {
            return self.none_of(node, possible);
        }
        let is_here = |found: &Found<'n>| std::ptr::eq(found.fault.node, node);
        let is_scalar = matches!(node.value, Value::Scalar(_));
        let only_expressions = possible.iter().all(|id| tell::is_expression(self.table, *id));
        if is_scalar && only_expressions && possible.len() < ids.len() {
            return self.no_kind(node, of, ids);
        }
        // The nearest: what its type chooses, what is wrong deep inside rather than at once, a list of words rather than a form, few faults.
        let word = node.get("type").and_then(Node::as_str);
        let is_of_type = |id: Id| {
            let types = self.table.types_of(id);
            types.is_some_and(|types| types.iter().any(|of| Some(of.as_ref()) == word))
        };
        trials.sort_by_key(|(id, found)| {
            let nothing_deep = found.iter().all(is_here);
            let is_word = found.iter().any(|found| found.breach == Breach::Word);
            (
                !is_of_type(*id),
                nothing_deep,
                !is_word,
                tell::is_expression(self.table, *id),
                found.len(),
            )
        });
        if let Some((_, found)) = trials.into_iter().next() {
            self.found.extend(found);
        }
    }

    /// None of several keys is there, one of which has to be.
    fn none_of(&mut self, node: &'n Node, ids: &[Id]) {
        let ways: Vec<String> = ids.iter().map(|id| self.demands(*id)).collect();
        let message = format!("none of {} is there, and one has to be", ways.join(", "));
        let hint = format!("add {}", ways.first().map_or("one", String::as_str));
        self.add(Breach::Either, node, message, hint);
    }

    fn demands(&self, id: Id) -> String {
        let names: Vec<String> = self
            .table
            .schema(id)
            .required
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        names.join(" with ")
    }

    /// More than one alternative holds.
    fn several(&mut self, node: &'n Node, ids: &[Id]) {
        let ways: Vec<String> = ids
            .iter()
            .map(|id| self.demands(*id))
            .filter(|way| !way.is_empty())
            .collect();
        let (message, hint) = match ways.as_slice() {
            [one, .., last] if ways.len() == ids.len() => (
                format!("{} stand side by side, and one excludes the other", ways.join(" and ")),
                format!("keep {one}, or keep {last}"),
            ),
            _ => (
                "this may be read in more than one way".to_owned(),
                "leave out what belongs to the way that is not meant".to_owned(),
            ),
        };
        self.add(Breach::Either, node, message, hint);
    }

    /// Whether only a list without items is taken.
    fn is_emptiness(&self, id: Id) -> bool {
        let facts = &self.table.schema(id).facts;
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::Bound(Bound::MaxItems, most) if *most < 1.0))
    }

    fn not(&mut self, node: &'n Node, other: Id) {
        let schema = self.table.schema(other);
        if schema.is_demand_alone() {
            let message = format!("{} may not stand here", self.demands(other));
            return self.add(
                Breach::Either,
                node,
                message,
                "remove what belongs to the way that is not meant",
            );
        }
        if schema.is_anything() {
            return self.refused(node, self.key);
        }
        let lists: Vec<&str> = schema.properties.iter().map(|(name, _)| *name).collect();
        if let Some(first) = lists
            .first()
            .filter(|_| schema.properties.iter().all(|(_, id)| self.is_emptiness(*id)))
        {
            let names: Vec<String> = lists.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("none of {} holds anything, and one has to", names.join(", "));
            let place = lists.iter().find_map(|name| node.get(name)).unwrap_or(node);
            return self.add(
                Breach::Missing,
                place,
                message,
                format!("add one or more, as an item of `{first}`"),
            );
        }
        let message = match tell::is_expression(self.table, other) {
            true => "no expression may stand here",
            false => "this may not stand as it does",
        };
        self.add(Breach::Form, node, message, "write another value, or remove the key");
    }
}

/// The first `${…}` of Terraform in a text; not `${{…}}`, which is another's.
fn interpolation(text: &str) -> Option<&str> {
    let (at, _) = text
        .match_indices("${")
        .find(|(at, _)| !text.get(at + 2..).is_some_and(|rest| rest.starts_with('{')))?;
    let rest = text.get(at..)?;
    Some(rest.find('}').and_then(|end| rest.get(..=end)).unwrap_or(rest))
}

/// A type that nobody knows is taken all the same, and what is not rendered yet may become what it has to be.
fn is_taken(found: &[Found<'_>]) -> bool {
    let is_mild = |found: &Found<'_>| matches!(found.breach, Breach::OpenWord | Breach::Unrendered);
    found.iter().all(is_mild)
}

/// What a scalar is, in JSON.
fn resolved(scalar: &Scalar) -> Resolved {
    match scalar.style {
        ScalarStyle::Plain => resolve(&scalar.text),
        _ => Resolved::String,
    }
}

fn is_kind(node: &Node, types: &str) -> bool {
    let letters: &[char] = match &node.value {
        Value::Mapping(_) => &['o'],
        Value::Sequence(_) => &['a'],
        Value::Scalar(scalar) => match resolved(scalar) {
            Resolved::Null => &['z'],
            Resolved::Bool(_) => &['b'],
            Resolved::Int(_) => &['i', 'n'],
            Resolved::Float if is_whole(&scalar.text) => &['i', 'n'],
            Resolved::Float => &['n'],
            Resolved::String => &['s'],
        },
    };
    types.contains(letters)
}

/// `1.0` is a whole number to JSON Schema.
fn is_whole(text: &str) -> bool {
    text.parse::<f64>()
        .is_ok_and(|number| number.is_finite() && number.fract() == 0.0)
}

#[allow(clippy::cast_precision_loss, reason = "no list of a file is as long as that")]
fn count(number: usize) -> f64 {
    number as f64
}
