//! What a mapping that a person writes may hold: one table for the reader, the schema of an editor and the page that
//! people read.

use crate::tree::Node;

/// The keys of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// Everything about them, in the order in which people write them.
    pub all: &'static [Key],
    /// What a reader needs of them. Words for people stay out of a program that only reads.
    pub known: &'static [KnownKey],
}

/// A key of a mapping, and what its value is.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// For example `verifyMinutes`.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it may be absent.
    pub presence: Presence,
    /// A value, as YAML in one line.
    pub example: &'static str,
    /// What it says, one sentence.
    pub doc: &'static str,
    /// What follows from it in Harness.
    pub becomes: &'static str,
    /// Beside what it may stand; `None` for everywhere.
    pub beside: Option<Beside>,
}

/// The part of a [`Key`] by which unknown keys are told.
#[derive(Clone, Copy, Debug)]
pub struct KnownKey {
    /// The key.
    pub name: &'static str,
    /// The words that it may have, where its words are closed.
    pub words: &'static [&'static str],
    /// Beside what it may stand.
    pub beside: Option<Beside>,
}

/// A key may stand where another has one of some words.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// The other key.
    pub key: &'static str,
    /// Its words.
    pub words: &'static [&'static str],
}

/// Whether a key may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has to be there.
    Required,
    /// What holds where it is absent, in words.
    Optional(&'static str),
}

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text that is not blank.
    Text,
    /// A text of a form: what it is in words, and a pattern of ECMA-262 that lets every good one pass.
    Form(&'static str, &'static str),
    /// The name of something declared elsewhere, which the words tell.
    Reference(&'static str),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A whole number, from the first to the second.
    Number(i64, i64),
    /// `true` or `false`.
    Bool,
    /// A text, a number or a boolean, taken as it is written.
    Scalar,
    /// A list.
    List(&'static Kind),
    /// A mapping with known keys.
    Mapping(Keys),
    /// The first in short, or a mapping with known keys.
    Either(&'static Kind, Keys),
    /// A mapping whose keys are free, or known elsewhere: what they are in words, and what stands under each.
    Map(&'static str, &'static Kind),
    /// A mapping that is not looked into here: what it is, in words.
    Free(&'static str),
}

impl Key {
    /// A key that has to be there.
    #[must_use]
    pub const fn required(
        name: &'static str,
        kind: Kind,
        example: &'static str,
        doc: &'static str,
        becomes: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            presence: Presence::Required,
            example,
            doc,
            becomes,
            beside: None,
        }
    }

    /// A key that may be absent, and what holds then.
    #[must_use]
    pub const fn optional(
        name: &'static str,
        kind: Kind,
        otherwise: &'static str,
        example: &'static str,
        doc: &'static str,
        becomes: &'static str,
    ) -> Self {
        Self {
            presence: Presence::Optional(otherwise),
            ..Self::required(name, kind, example, doc, becomes)
        }
    }

    /// The same, where another key has one of some words.
    #[must_use]
    pub const fn beside(self, key: &'static str, words: &'static [&'static str]) -> Self {
        Self {
            beside: Some(Beside { key, words }),
            ..self
        }
    }

    /// The part of it that a reader needs.
    #[must_use]
    pub const fn known(&self) -> KnownKey {
        KnownKey {
            name: self.name,
            words: match self.kind {
                Kind::Word(words) => words,
                _ => &[],
            },
            beside: self.beside,
        }
    }
}

impl Beside {
    /// Whether a mapping has one of the words. Beside a word that there is not, everything may stand: what is wrong
    /// there is the word.
    fn holds(&self, mapping: &Node, all: &[KnownKey]) -> bool {
        let Some(word) = mapping.get(self.key).and_then(Node::text) else {
            return true;
        };
        let there_is = |other: &KnownKey| other.name == self.key && other.words.contains(&word);
        self.words.contains(&word) || !all.iter().any(there_is)
    }
}

/// The names that may stand in a mapping, by what stands there.
#[must_use]
pub(crate) fn names_in(mapping: &Node, known: &[KnownKey]) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for key in known {
        if !names.contains(&key.name) && key.beside.is_none_or(|beside| beside.holds(mapping, known)) {
            names.push(key.name);
        }
    }
    names
}

/// The [`Keys`] of a list of [`Key`]s.
#[macro_export]
macro_rules! keys {
    ($($key:expr),* $(,)?) => {{
        const ALL: &[$crate::Key] = &[$($key),*];
        const KNOWN: [$crate::KnownKey; ALL.len()] = [$($key.known()),*];
        $crate::Keys { all: ALL, known: &KNOWN }
    }};
}
