//! What a name may be, and that no two make the same identifier.

use std::collections::BTreeMap;

use harness_cd_model::words::{at_other_level, did_you_mean, may_be_meant};
use harness_cd_model::{Code, EntityRef, Identifier, Level, codes};
use harness_cd_yaml::{At, Fields, Reader};

use super::declared::Declared;
use super::forms::{is_reference, looks_secret, scope_meant};

/// The names of one kind of thing, by the identifier they make.
pub(super) struct Names<'n> {
    /// For messages: `environment`.
    kind: &'static str,
    taken: BTreeMap<Identifier, Taken<'n>>,
}

/// A name, and where it stands.
struct Taken<'n> {
    name: &'n str,
    file: String,
    line: u32,
}

impl Taken<'_> {
    /// Where it stands, as seen from a file.
    fn place(&self, file: &str) -> String {
        match self.file == file {
            true => format!("line {}", self.line),
            false => format!("{}, line {}", self.file, self.line),
        }
    }
}

impl<'n> Names<'n> {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            taken: BTreeMap::new(),
        }
    }

    /// Reads a name that makes an identifier of its own.
    pub(super) fn take(&mut self, reader: &mut Reader<'_>, at: &At<'n>) -> Option<(&'n str, Identifier)> {
        let name = reader.string(at)?;
        let identifier = identifier_of(reader, at, name)?;
        if let Some(taken) = self.taken.get(&identifier) {
            let (kind, other, place) = (self.kind, taken.name, taken.place(reader.file()));
            let message = match other == name {
                true => format!("the {kind} `{name}` stands here twice, first in {place}"),
                false => format!(
                    "the {kind} `{name}` and the {kind} `{other}` ({place}) both make the identifier `{identifier}`"
                ),
            };
            reader.error(codes::SAME_IDENTIFIER, at, message, format!("rename one {kind}"));
            return None;
        }
        let taken = Taken {
            name,
            file: reader.file().to_owned(),
            line: at.node.range.line,
        };
        self.taken.insert(identifier.clone(), taken);
        Some((name, identifier))
    }

    /// As [`Names::take`], for what may belong to the organization or the account: `account.platform-team`.
    pub(super) fn take_reference(&mut self, reader: &mut Reader<'_>, at: &At<'n>) -> Option<(&'n str, EntityRef)> {
        let name = reader.string(at)?;
        let (scope, inner) = EntityRef::split(name);
        if scope.is_empty() {
            if let Some(hint) = scope_meant(name) {
                let message = format!("`{name}` has a scope that Harness does not know");
                reader.error(codes::BAD_NAME, at, message, hint);
                return None;
            }
            let (name, identifier) = self.take(reader, at)?;
            return Some((name, EntityRef::parse(identifier.as_str()).ok()?));
        }
        identifier_of(reader, at, inner)?;
        Some((name, EntityRef::from_name(name).ok()?))
    }

    /// As [`Names::take_reference`], for a name that may stand in several places.
    pub(super) fn share(&mut self, reader: &mut Reader<'_>, at: &At<'n>) -> Option<(&'n str, EntityRef)> {
        let written = at.node.as_str();
        match self.taken.iter().find(|(_, taken)| written == Some(taken.name)) {
            Some((identifier, taken)) => Some((taken.name, EntityRef::parse(identifier.as_str()).ok()?)),
            None => self.take_reference(reader, at),
        }
    }
}

/// The identifier that something has in Harness already, under `identifier`.
pub(super) fn own_identifier(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Identifier> {
    let at = reader.optional(fields, "identifier")?;
    harness_identifier(reader, &at)
}

/// An identifier as Harness has it.
pub(super) fn harness_identifier(reader: &mut Reader<'_>, at: &At<'_>) -> Option<Identifier> {
    let written = reader.string(at)?;
    let identifier = Identifier::parse(written);
    if let Err(error) = &identifier {
        reader.error(
            codes::BAD_NAME,
            at,
            error.to_string(),
            "copy the identifier from Harness",
        );
    }
    identifier.ok()
}

pub(super) fn identifier_of(reader: &mut Reader<'_>, at: &At<'_>, name: &str) -> Option<Identifier> {
    match Identifier::from_name(name) {
        Ok(identifier) => Some(identifier),
        Err(error) => {
            let hint = scope_meant(name).unwrap_or_else(|| "rename it".to_owned());
            reader.error(
                codes::BAD_NAME,
                at,
                format!("the name makes no Harness identifier: {error}"),
                hint,
            );
            None
        }
    }
}

/// Requires a name that can be a part of a Kubernetes name: a lower-case DNS label.
pub(super) fn require_label(reader: &mut Reader<'_>, at: &At<'_>, name: &str) {
    if !is_label(name) {
        let message = format!("`{name}` cannot be a part of a Kubernetes name");
        let usual = "use lower-case letters, digits and dashes between them, as in `payment-service`";
        let hint = parted(at, name, is_label).unwrap_or_else(|| usual.to_owned());
        reader.error(codes::BAD_NAME, at, message, hint);
    }
}

/// What is said of an item of a list that is several, by words that are good each.
fn parted(at: &At<'_>, written: &str, is_good: impl Fn(&str) -> bool) -> Option<String> {
    let is_item = at.pointer.rsplit('/').next()?.bytes().all(|b| b.is_ascii_digit());
    let words: Vec<&str> = written.split_whitespace().collect();
    let are_several = is_item && words.len() > 1 && words.iter().all(|word| is_good(word));
    are_several.then(|| format!("a comma is missing between them: `{}`", words.join(", ")))
}

/// Whether a name is a lower-case DNS label, but for its length.
pub(super) fn is_label(name: &str) -> bool {
    let edges_are_good = !name.starts_with('-') && !name.ends_with('-');
    edges_are_good
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// At which level something is to stand; `None` where it does not say.
pub(super) fn level(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Level> {
    let at = reader.optional(fields, "level")?;
    reader.one_of(&at, &Level::WORDS)
}

/// What stands above projects refers to nothing that stands in one: every reference below a node, to a secret or a
/// connector, leads to its level or above. Source: Harness's entity reference.
pub(super) fn require_references_at(reader: &mut Reader<'_>, below: &At<'_>, level: Level) {
    let mut lower = Vec::new();
    below.node.walk(&mut |pointer, node| {
        // What is no reference at all has been reported, and may be a secret.
        let is_one = |text: &&str| pointer.ends_with("Ref") && is_reference(text) && !looks_secret(text);
        let reference = node.text().filter(is_one);
        if let Some(reference) = reference.filter(|text| Level::of(text) < level) {
            let pointer = format!("{}{pointer}", below.pointer);
            lower.push((At { node, pointer }, reference));
        }
    });
    for (at, reference) in lower {
        let (above, own) = (level.told(), Level::of(reference).told());
        let message = format!("what stands in {above} cannot refer to `{reference}`, which is of {own}");
        let meant = level.reference(EntityRef::split(reference).1);
        reader.error(
            codes::CONTRADICTION,
            &at,
            message,
            format!("write `{meant}`, for what is there"),
        );
    }
}

/// A required text.
pub(super) fn text<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str) -> Option<&'n str> {
    let at = reader.required(fields, key)?;
    reader.string(&at)
}

/// A text that may be absent.
pub(super) fn optional_text<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str) -> Option<&'n str> {
    let at = reader.optional(fields, key)?;
    reader.string(&at)
}

/// The items of a list that must be there.
pub(super) fn required_list<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str) -> Vec<At<'n>> {
    reader
        .required(fields, key)
        .map(|at| reader.list(&at))
        .unwrap_or_default()
}

/// The items of a list that may be absent.
pub(super) fn optional_list<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str) -> Vec<At<'n>> {
    reader
        .optional(fields, key)
        .map(|at| reader.list(&at))
        .unwrap_or_default()
}

/// The items of a list of which all count where it is absent, and which is no list of none.
pub(super) fn chosen_list<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str, absent: &str) -> Vec<At<'n>> {
    let Some(at) = reader.optional(fields, key) else {
        return Vec::new();
    };
    let before = reader.count();
    let items = reader.list(&at);
    if items.is_empty() && reader.count() == before {
        let message = format!("`{key}` is empty, which would be none at all; left out it is {absent}");
        let hint = format!("remove `{key}`, or name those that are meant");
        reader.error(codes::EMPTY_CHOICE, &at, message, hint);
    }
    items
}

/// The chosen names in platform order; all of them where nothing is chosen.
pub(super) fn chosen(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    (key, kind): (&str, &str),
    known: &Declared<'_>,
) -> Vec<String> {
    let items = chosen_list(reader, fields, key, &format!("every {kind}"));
    let named = items.iter();
    let named = named.filter_map(|at| reference(reader, at, codes::UNKNOWN_REFERENCE, kind, known));
    let named: Vec<&str> = named.collect();
    let all = known.names().iter().copied();
    let meant = all.filter(|name| items.is_empty() || named.contains(name));
    meant.map(str::to_owned).collect()
}

/// A text that must be one of the declared names. Where not all of those could be read, an unknown one is no finding:
/// what could not be read is one already.
pub(super) fn reference<'n>(
    reader: &mut Reader<'_>,
    at: &At<'n>,
    code: &Code,
    kind: &str,
    known: &Declared<'_>,
) -> Option<&'n str> {
    let name = reader.string(at)?;
    if known.contains(name) {
        return Some(name);
    }
    if !known.is_whole() {
        return None;
    }
    let known = known.names();
    let mut alike = known.to_vec();
    alike.retain(|other| may_be_meant(name, other));
    let elsewhere = || at_other_level(name, known.iter().copied());
    let parted = parted(at, name, |word| known.contains(&word));
    let hint = match parted
        .or_else(elsewhere)
        .or_else(|| did_you_mean(name, alike.iter().copied()))
    {
        Some(question) => question,
        None if known.is_empty() => format!("declare the {kind} first"),
        None => format!("known: {}", known.join(", ")),
    };
    reader.error(code, at, format!("there is no {kind} `{name}`"), hint);
    None
}

/// As [`reference`], for a key that must be there.
pub(super) fn required_reference<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    key: &str,
    known: &Declared<'_>,
) -> Option<&'n str> {
    let at = reader.required(fields, key)?;
    reference(reader, &at, codes::UNKNOWN_REFERENCE, key, known)
}
