use std::collections::BTreeSet;

use harness_cd_model::words::{did_you_mean, nearest};
use harness_cd_model::{Code, Diagnostic, Range, codes};

use crate::keys::{KnownKey, names_in};
use crate::tree::{Node, Scalar, ScalarStyle, Value, child_pointer};
use crate::unseen::{Unseen, has_typographic_quotes, unseen};

/// A node and the way to it.
#[derive(Clone, Debug)]
pub struct At<'n> {
    /// The node.
    pub node: &'n Node,
    /// Its RFC 6901 pointer.
    pub pointer: String,
}

impl<'n> At<'n> {
    /// The outermost node.
    #[must_use]
    pub fn root(node: &'n Node) -> Self {
        Self {
            node,
            pointer: String::new(),
        }
    }

    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        let node = self.node.get(key)?;
        Some(Self {
            node,
            pointer: child_pointer(&self.pointer, key),
        })
    }

    /// The items of a sequence.
    pub fn items(&self) -> impl Iterator<Item = Self> {
        let pointer = self.pointer.clone();
        let item = move |(index, node): (usize, &'n Node)| Self {
            node,
            pointer: child_pointer(&pointer, &index.to_string()),
        };
        self.node.items().enumerate().map(item)
    }
}

/// A mapping whose keys have been checked.
#[derive(Clone, Debug)]
pub struct Fields<'n> {
    at: At<'n>,
    /// The keys that misspelt ones are taken for: what is meant, and what is written.
    meant: Vec<(String, &'n str)>,
}

impl<'n> Fields<'n> {
    /// The mapping itself.
    #[must_use]
    pub fn at(&self) -> &At<'n> {
        &self.at
    }

    /// Whether a key stands here as one that is taken for it.
    fn is_misspelt(&self, key: &str) -> bool {
        self.meant.iter().any(|(meant, _)| meant == key)
    }

    /// The value under a key, or under the one that is a slip of the pen for it.
    fn get(&self, key: &str) -> Option<At<'n>> {
        let written = |(meant, written): &(String, &'n str)| (meant == key).then_some(*written);
        self.at
            .get(key)
            .or_else(|| self.at.get(self.meant.iter().find_map(written)?))
    }
}

/// Reads typed values from a tree and collects every finding, so that a person sees all of them at once.
///
/// What is told once has no second finding by what follows from it: a misspelt key is read as the one it is taken for,
/// and what is wrong with a text that holds a character nobody sees is that character.
///
/// Codes: `HCD0014` a character that nobody sees, `HCD0020` a key is missing, `HCD0021` an unknown key, `HCD0022` the wrong type, `HCD0023` not one of the
/// allowed words, `HCD0024` a number out of range.
pub struct Reader<'f> {
    file: &'f str,
    /// Keys of other tools.
    others: Option<&'f BTreeSet<String>>,
    findings: Vec<Diagnostic>,
}

impl<'f> Reader<'f> {
    /// A reader for one file.
    #[must_use]
    pub fn new(file: &'f str) -> Self {
        Self {
            file,
            others: None,
            findings: Vec::new(),
        }
    }

    /// The same, which leaves these keys to other tools wherever they stand.
    #[must_use]
    pub fn beside(self, others: &'f BTreeSet<String>) -> Self {
        Self {
            others: Some(others),
            ..self
        }
    }

    /// The file that is read.
    #[must_use]
    pub fn file(&self) -> &'f str {
        self.file
    }

    /// What begins with `x-` is always another tool's.
    fn is_of_others(&self, key: &str) -> bool {
        key.starts_with("x-") || self.others.is_some_and(|others| others.contains(key))
    }

    /// Everything found so far, in reading order.
    #[must_use]
    pub fn finish(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// How many findings there are so far: equal before and after a part, the part was good.
    #[must_use]
    pub fn count(&self) -> usize {
        self.findings.len()
    }

    /// What was found since there were `count` findings.
    #[must_use]
    pub fn since(&self, count: usize) -> &[Diagnostic] {
        self.findings.get(count..).unwrap_or_default()
    }

    /// Adds an error at a node.
    pub fn error(&mut self, code: &Code, at: &At<'_>, message: impl Into<String>, hint: impl Into<String>) {
        if self.refuse_unseen(at) {
            return;
        }
        let mut hint = hint.into();
        if at.node.text().is_some_and(has_typographic_quotes) {
            hint.push_str("; these are typographic quotes: write \" or none");
        }
        self.add(code, &at.pointer, at.node.range, message.into(), hint);
    }

    /// Tells of a character that nobody sees in a scalar; false if there is none.
    fn refuse_unseen(&mut self, at: &At<'_>) -> bool {
        let Some(found) = at.node.text().and_then(unseen) else {
            return false;
        };
        let range = range_in(at.node, &found).unwrap_or(at.node.range);
        let is_told = |told: &Diagnostic| told.code == codes::UNSEEN_CHARACTER.id && told.pointer == at.pointer;
        if !self.findings.iter().any(is_told) {
            let (message, hint) = (found.message(), Unseen::HINT.to_owned());
            self.add(codes::UNSEEN_CHARACTER, &at.pointer, range, message, hint);
        }
        true
    }

    /// A mapping with no keys but the known ones and those of other tools.
    pub fn mapping<'n>(&mut self, at: At<'n>, known: &[&str]) -> Option<Fields<'n>> {
        self.mapping_with(at, known, &[])
    }

    /// A mapping with no keys but the known ones; of those of a table that stand beside something else, that is said.
    fn mapping_with<'n>(&mut self, at: At<'n>, known: &[&str], table: &[KnownKey]) -> Option<Fields<'n>> {
        if !matches!(at.node.value, Value::Mapping(_)) {
            self.wrong_type(&at, "a mapping");
            return None;
        }
        let mut meant: Vec<(String, &str)> = Vec::new();
        for entry in at.node.entries() {
            let name = entry.name();
            if known.contains(&name) || self.is_of_others(name) {
                continue;
            }
            let pointer = child_pointer(&at.pointer, name);
            if let Some(beside) = table.iter().find(|key| key.name == name).and_then(|key| key.beside) {
                let found = at.node.get(beside.key).and_then(Node::text).unwrap_or_default();
                let message = format!("`{name}` says nothing beside `{}: {found}`", beside.key);
                let hint = format!("remove it; it is for `{}` of {}", beside.key, beside.words.join(", "));
                self.add(codes::UNKNOWN_KEY, &pointer, entry.key.range, message, hint);
                continue;
            }
            let joined = name
                .split_once(':')
                .filter(|(key, _)| known.contains(key) && entry.value.is_null());
            if let Some((key, value)) = joined {
                let message = "a space is missing behind the colon".to_owned();
                meant.push((key.to_owned(), name));
                self.add(
                    codes::NOT_YAML,
                    &pointer,
                    entry.key.range,
                    message,
                    format!("write `{key}: {value}`"),
                );
                continue;
            }
            // People shorten, too: `percent` is meant for `percentage`.
            let shortened = || {
                known
                    .iter()
                    .copied()
                    .find(|key| name.len() > 2 && key.starts_with(name))
            };
            let others = self.others.into_iter().flatten().map(String::as_str);
            let near = nearest(name, known.iter().copied().chain(others)).or_else(shortened);
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            meant.extend(near.map(|near| (near.to_owned(), name)));
            self.add(
                codes::UNKNOWN_KEY,
                &pointer,
                entry.key.range,
                format!("`{name}` is not known here"),
                hint,
            );
        }
        Some(Fields { at, meant })
    }

    /// A mapping with no keys but those of a table.
    pub fn object<'n>(&mut self, at: At<'n>, known: &[KnownKey]) -> Option<Fields<'n>> {
        let names = names_in(at.node, known);
        self.mapping_with(at, &names, known)
    }

    /// The value under a key that must be there and not be empty.
    pub fn required<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Option<At<'n>> {
        let found = self.optional(fields, key);
        // What is written and empty under a key that is misspelt is told with that.
        if found.is_none() && !fields.is_misspelt(key) {
            self.miss(fields, key);
        }
        found
    }

    fn miss(&mut self, fields: &Fields<'_>, key: &str) {
        let at = fields.at();
        // A whole mapping is a long place to point at: its first line is enough.
        let start = Range {
            end_line: at.node.range.line,
            end_column: at.node.range.column,
            ..at.node.range
        };
        let (pointer, range, state) = match at.node.entries().find(|entry| entry.name() == key) {
            Some(entry) => (child_pointer(&at.pointer, key), entry.key.range, "empty"),
            None => (at.pointer.clone(), start, "missing"),
        };
        self.add(
            codes::MISSING_KEY,
            &pointer,
            range,
            format!("`{key}` is {state}"),
            format!("add `{key}:` with a value"),
        );
    }

    /// The value under a key, unless it is absent or empty.
    pub fn optional<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Option<At<'n>> {
        fields.get(key).filter(|at| !at.node.is_null())
    }

    /// A name, a reference, an address: a text, not blank, without characters that nobody sees.
    pub fn string<'n>(&mut self, at: &At<'n>) -> Option<&'n str> {
        let text = self.prose(at)?;
        (!self.refuse_unseen(at)).then_some(text)
    }

    /// A text for people, not blank, of whatever characters.
    pub fn prose<'n>(&mut self, at: &At<'n>) -> Option<&'n str> {
        let text = at.node.as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            match at.node.text() {
                Some(blank) if blank.trim().is_empty() => self.wrong_type_of(at, "an empty text", "a text", ""),
                Some(other) => {
                    let quoted = format!("; put quotes around `{other}` if that is the text");
                    self.wrong_type_of(at, at.node.describe(), "a text", &quoted);
                }
                None => self.wrong_type(at, "a text"),
            }
        }
        text
    }

    /// A boolean.
    pub fn bool(&mut self, at: &At<'_>) -> Option<bool> {
        let value = at.node.as_bool();
        if value.is_none() {
            self.wrong_type(at, "true or false");
        }
        value
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, at: &At<'_>, least: i64, most: i64) -> Option<i64> {
        let Some(value) = at.node.as_i64() else {
            self.wrong_type(at, "a whole number");
            return None;
        };
        if (least..=most).contains(&value) {
            return Some(value);
        }
        self.error(
            codes::OUT_OF_RANGE,
            at,
            format!("{value} is not between {least} and {most}"),
            "choose a number in that range",
        );
        None
    }

    /// The items of a list.
    pub fn list<'n>(&mut self, at: &At<'n>) -> Vec<At<'n>> {
        let is_plain = |text: &&str| text.chars().all(|c| c.is_alphanumeric() || "-_./: ,".contains(c));
        let items = at.node.text().filter(is_plain).unwrap_or_default();
        self.list_as(at, items)
    }

    /// The same; `items` are an example of what may stand in it, for who has written no list.
    pub fn list_as<'n>(&mut self, at: &At<'n>, items: &str) -> Vec<At<'n>> {
        if !matches!(at.node.value, Value::Sequence(_)) {
            let example = match items {
                "" => String::new(),
                items => format!(", as in `[{items}]`"),
            };
            self.wrong_type_of(at, at.node.describe(), "a list", &example);
        }
        at.items().collect()
    }

    /// One of a closed list of words, and what it stands for.
    pub fn one_of<T: Copy>(&mut self, at: &At<'_>, words: &[(&str, T)]) -> Option<T> {
        let text = self.string(at)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let near = did_you_mean(text, names.iter().copied());
            let hint = near.unwrap_or_else(|| format!("use one of {}", names.join(", ")));
            self.error(
                codes::UNKNOWN_WORD,
                at,
                format!("`{text}` is not one of {}", names.join(", ")),
                hint,
            );
        }
        found
    }

    fn wrong_type(&mut self, at: &At<'_>, wanted: &str) {
        self.wrong_type_of(at, at.node.describe(), wanted, "");
    }

    fn wrong_type_of(&mut self, at: &At<'_>, what: &str, wanted: &str, more: &str) {
        let message = format!("{what} stands where {wanted} is wanted");
        self.error(codes::WRONG_TYPE, at, message, format!("write {wanted}{more}"));
    }

    fn add(&mut self, code: &Code, pointer: &str, range: Range, message: String, hint: String) {
        self.findings
            .push(code.finding(self.file, pointer, range, message, hint));
    }
}

/// Where a character of a scalar stands, as far as the text is written as it reads.
fn range_in(node: &Node, found: &Unseen) -> Option<Range> {
    let Value::Scalar(Scalar { text, style }) = &node.value else {
        return None;
    };
    let quote = u32::from(*style != ScalarStyle::Plain);
    let width = |text: &str| u32::try_from(text.encode_utf16().count()).ok();
    let Range {
        line,
        column,
        end_line,
        end_column,
    } = node.range;
    let is_as_written = line == end_line && end_column.checked_sub(column)? == width(text)? + 2 * quote;
    let column = column + quote + width(text.get(..found.at)?)?;
    is_as_written.then(|| Range {
        line,
        column,
        end_line,
        end_column: column + u32::try_from(found.character.len_utf16()).unwrap_or(1),
    })
}
