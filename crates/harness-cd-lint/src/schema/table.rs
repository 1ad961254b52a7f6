//! The table of facts, read.
//!
//! Its lines stand in four parts. `kinds`: a kind of entity and the node of its document. `patterns`: one a line.
//! `keys`: a key and the nodes that its value may have; the pairs are counted through. `nodes`: one a line, its facts
//! separated by spaces. Numbers have 62 digits (`0-9a-zA-Z`); in words `%2c` stands for a comma, and so on.
//!
//! | fact | what it says |
//! |---|---|
//! | `tos` | the kinds of value: object, array, string, boolean, integer, number, null (`z`) |
//! | `p4a!,7` | the pairs of keys with what their values are; `!` where the key is required |
//! | `rname` | other required keys |
//! | `ctype:A\|B=4a` | where `type` is `A` or `B`, node `4a` holds as well |
//! | `eA,B` | the words of a complete list |
//! | `x3` | pattern 3 |
//! | `i4a` | what each item is |
//! | `O1,2` `A1,2` | exactly one of, at least one of |
//! | `?1,2,-` | if node 1 holds, so does 2; otherwise nothing more |
//! | `N1` | what may not hold |
//! | `d1:a,b` | what the values of all keys are but `a` and `b`; but those described, without the list |
//! | `K1` | what the keys are |
//! | `*` | other keys may stand |
//! | `minItems=1` | a bound, by its name in JSON Schema |

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::pattern::Pattern;

/// A node, by its number.
pub(super) type Id = u32;
type Word = Cow<'static, str>;

pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("facts.txt")).unwrap_or_default());

#[derive(Default)]
pub(super) struct Table {
    kinds: Vec<(&'static str, Id)>,
    patterns: Vec<Pattern>,
    nodes: Vec<Schema>,
}

/// What holds for a value.
#[derive(Default)]
pub(super) struct Schema {
    pub(super) types: Option<&'static str>,
    pub(super) properties: Vec<(&'static str, Id)>,
    /// What the value of `type` is, which is asked for more often than that of all other keys.
    of_type: Option<Id>,
    pub(super) required: Vec<Word>,
    pub(super) facts: Vec<Fact>,
    pub(super) is_open: bool,
}

pub(super) enum Fact {
    Cases(&'static str, Vec<(Word, Id)>),
    Enum(Vec<Word>),
    Pattern(usize),
    Items(Id),
    OneOf(Vec<Id>),
    AnyOf(Vec<Id>),
    If(Id, Option<Id>, Option<Id>),
    Not(Id),
    Additional(Id, Option<Vec<Word>>),
    Names(Id),
    Bound(Bound, f64),
    Unique,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    MinLength,
    MaxLength,
    MinItems,
    MaxItems,
    Minimum,
    Maximum,
    Above,
    MinKeys,
    MaxKeys,
}

impl Table {
    pub(super) fn kinds(&self) -> impl Iterator<Item = (&'static str, Id)> {
        self.kinds.iter().copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = Id> {
        (0..self.nodes.len()).filter_map(|at| Id::try_from(at).ok())
    }

    pub(super) fn schema(&self, id: Id) -> &Schema {
        static NOTHING: Schema = Schema {
            types: None,
            properties: Vec::new(),
            of_type: None,
            required: Vec::new(),
            facts: Vec::new(),
            is_open: true,
        };
        usize::try_from(id)
            .ok()
            .and_then(|id| self.nodes.get(id))
            .unwrap_or(&NOTHING)
    }

    pub(super) fn pattern(&self, number: usize) -> Option<&Pattern> {
        self.patterns.get(number)
    }

    /// What the value of a key is.
    pub(super) fn property(&self, of: Id, key: &str) -> Option<Id> {
        self.schema(of).property(key)
    }

    /// The body of a kind of entity.
    pub(super) fn body(&self, kind: &str) -> Option<Id> {
        let (_, document) = self.kinds().find(|(known, _)| *known == kind)?;
        self.property(document, kind)
    }

    /// The words of a complete list that a node is restricted to.
    pub(super) fn words(&self, id: Id) -> Option<&[Word]> {
        self.schema(id).facts.iter().find_map(|fact| match fact {
            Fact::Enum(words) => Some(words.as_slice()),
            _ => None,
        })
    }

    /// The words that the `type` of such a mapping may be, where they are a complete list.
    pub(super) fn types_of(&self, id: Id) -> Option<&[Word]> {
        self.words(self.schema(id).of_type?)
    }

    fn parse(text: &'static str) -> Option<Self> {
        let mut table = Self::default();
        let mut pairs = Vec::new();
        let mut part = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match (part, line) {
                (_, "kinds" | "patterns" | "keys" | "nodes") if part != "nodes" => part = line,
                ("kinds", _) => {
                    let (kind, id) = line.split_once(' ')?;
                    table.kinds.push((kind, number(id)?));
                }
                ("patterns", _) => table.patterns.push(Pattern::new(line)),
                ("keys", _) => {
                    let (key, ids) = line.split_once(' ')?;
                    for id in ids.split(' ') {
                        pairs.push((key, number(id)?));
                    }
                }
                _ => table.nodes.push(Schema::parse(line, &pairs)?),
            }
        }
        Some(table)
    }
}

impl Schema {
    pub(super) fn property(&self, key: &str) -> Option<Id> {
        self.properties.iter().find(|(name, _)| *name == key).map(|(_, id)| *id)
    }

    pub(super) fn requires(&self, key: &str) -> bool {
        self.required.iter().any(|name| name == key)
    }

    /// Whether nothing is said but which keys have to be there.
    pub(super) fn is_demand_alone(&self) -> bool {
        self.properties.is_empty() && self.facts.is_empty() && !self.required.is_empty()
    }

    /// Whether nothing is said at all.
    pub(super) fn is_anything(&self) -> bool {
        self.types.is_none() && self.properties.is_empty() && self.facts.is_empty() && self.required.is_empty()
    }

    fn parse(line: &'static str, pairs: &[(&'static str, Id)]) -> Option<Self> {
        let mut schema = Self::default();
        for fact in line.split(' ').filter(|fact| !fact.is_empty()) {
            schema.add(fact, pairs)?;
        }
        Some(schema)
    }

    fn add(&mut self, fact: &'static str, pairs: &[(&'static str, Id)]) -> Option<()> {
        if let Some((name, value)) = fact
            .split_once('=')
            .filter(|(name, _)| name.len() > 3 && !name.contains(':'))
        {
            self.facts.push(match (name, value) {
                ("uniqueItems", "true") => Fact::Unique,
                _ => Fact::Bound(Bound::named(name)?, value.parse().ok()?),
            });
            return Some(());
        }
        let (letter, rest) = fact.split_at_checked(1)?;
        match letter {
            "t" => self.types = Some(rest),
            "p" => {
                for pair in rest.split(',') {
                    let bare = pair.trim_end_matches('!');
                    let (key, id) = pairs.get(usize::try_from(number(bare)?).ok()?)?;
                    self.properties.push((key, *id));
                    self.of_type = self.of_type.or((*key == "type").then_some(*id));
                    self.required
                        .extend((bare.len() < pair.len()).then_some(Word::Borrowed(*key)));
                }
            }
            "r" => self.required.extend(words(rest, ',')),
            "*" => self.is_open = true,
            _ => self.facts.push(Fact::parse(letter, rest)?),
        }
        Some(())
    }
}

impl Fact {
    fn parse(letter: &str, rest: &'static str) -> Option<Self> {
        Some(match letter {
            "c" => {
                let (key, cases) = rest.split_once(':')?;
                let mut of_words = Vec::new();
                for case in cases.split(',') {
                    let (of, id) = case.split_once('=')?;
                    let id = number(id)?;
                    of_words.extend(words(of, '|').map(|word| (word, id)));
                }
                Self::Cases(key, of_words)
            }
            "e" => Self::Enum(words(rest, ',').collect()),
            "x" => Self::Pattern(usize::try_from(number(rest)?).ok()?),
            "i" => Self::Items(number(rest)?),
            "O" => Self::OneOf(numbers(rest)?),
            "A" => Self::AnyOf(numbers(rest)?),
            "N" => Self::Not(number(rest)?),
            "K" => Self::Names(number(rest)?),
            "?" => {
                let mut parts = rest.split(',');
                let mut next = || parts.next().map(number);
                Self::If(next()??, next()?, next()?)
            }
            "d" => match rest.split_once(':') {
                Some((id, names)) => Self::Additional(number(id)?, Some(words(names, ',').collect())),
                None => Self::Additional(number(rest)?, None),
            },
            _ => return None,
        })
    }
}

impl Bound {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "minLength" => Self::MinLength,
            "maxLength" => Self::MaxLength,
            "minItems" => Self::MinItems,
            "maxItems" => Self::MaxItems,
            "minimum" => Self::Minimum,
            "maximum" => Self::Maximum,
            "exclusiveMinimum" => Self::Above,
            "minProperties" => Self::MinKeys,
            "maxProperties" => Self::MaxKeys,
            _ => return None,
        })
    }
}

fn number(text: &str) -> Option<Id> {
    let digit = |digit: u8| {
        Some(Id::from(match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' => digit - b'A' + 36,
            _ => return None,
        }))
    };
    text.bytes()
        .try_fold(0, |sum: Id, next| sum.checked_mul(62)?.checked_add(digit(next)?))
}

fn numbers(text: &str) -> Option<Vec<Id>> {
    text.split(',').map(number).collect()
}

fn words(text: &'static str, separator: char) -> impl Iterator<Item = Word> {
    text.split(separator)
        .filter(|word| !word.is_empty())
        .map(|word| match word.contains('%') {
            true => Word::Owned(unescaped(word)),
            false => Word::Borrowed(word),
        })
}

fn unescaped(word: &str) -> String {
    let marks = BTreeMap::from([
        ("%25", "%"),
        ("%2c", ","),
        ("%7c", "|"),
        ("%3d", "="),
        ("%3a", ":"),
        ("%20", " "),
    ]);
    let mut text = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let (mark, after) = from.split_at_checked(3).unwrap_or((from, ""));
        text.push_str(marks.get(mark).unwrap_or(&mark));
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_is_read() {
        let table = Table::parse(include_str!("facts.txt")).unwrap();
        let entities: Vec<&str> = table.kinds().map(|(kind, _)| kind).collect();
        let expected = [
            "connector",
            "environment",
            "infrastructureDefinition",
            "pipeline",
            "secret",
            "service",
            "trigger",
        ];
        assert_eq!(entities, expected);
        assert!(expected.iter().all(|kind| table.body(kind).is_some()));
        let unread = table.patterns.iter().filter(|pattern| !pattern.is_read());
        let unread: Vec<&str> = unread.map(|pattern| pattern.text).collect();
        assert_eq!(unread, [""; 0]);
    }

    #[test]
    fn words_are_read_as_they_were_written() {
        assert_eq!(unescaped("a%2cb%20%25%zz"), "a,b %%zz");
        assert_eq!(
            (number("0"), number("10"), number("Z"), number("-")),
            (Some(0), Some(62), Some(61), None)
        );
    }
}
