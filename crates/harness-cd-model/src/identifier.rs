use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::naming::underscored;

/// A Harness identifier: `^[a-zA-Z_][0-9a-zA-Z_]{0,127}$`, and not one of Harness's reserved words.
///
/// Source: Harness's pipeline schema and its entity identifier reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Identifier(String);

const MAX_LENGTH: usize = 128;

const RESERVED: [&str; 24] = [
    "or",
    "and",
    "eq",
    "ne",
    "lt",
    "gt",
    "le",
    "ge",
    "div",
    "mod",
    "not",
    "null",
    "true",
    "false",
    "new",
    "var",
    "return",
    "step",
    "parallel",
    "stepGroup",
    "org",
    "account",
    "status",
    "liteEngineTask",
];

/// Why a text is not an identifier. Each message says how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentifierError {
    /// The text is empty.
    #[error("an identifier cannot be empty")]
    Empty,
    /// The first character is not a letter or an underscore.
    #[error("`{0}` starts with `{1}`; an identifier starts with a letter or an underscore")]
    Start(String, char),
    /// A later character is not a letter, a digit or an underscore.
    #[error("`{0}` contains `{1}`; an identifier has only letters, digits and underscores, for example `{2}`")]
    Character(String, char, String),
    /// More than 128 characters.
    #[error("`{0}…` has {1} characters; an identifier has at most {MAX_LENGTH}")]
    TooLong(String, usize),
    /// A word that Harness keeps for itself.
    #[error("`{0}` is reserved by Harness; choose another name")]
    Reserved(String),
}

impl Identifier {
    /// Checks a text that is meant to be an identifier already.
    ///
    /// # Errors
    /// One of [`IdentifierError`], with the offending part.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let mut characters = text.chars();
        let first = characters.next().ok_or(IdentifierError::Empty)?;
        if !first.is_ascii_alphabetic() && first != '_' {
            return Err(IdentifierError::Start(shorten(text), first));
        }
        if let Some(bad) = characters.find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
            return Err(IdentifierError::Character(shorten(text), bad, alike(&shorten(text))));
        }
        if text.len() > MAX_LENGTH {
            return Err(IdentifierError::TooLong(shorten(text), text.len()));
        }
        if RESERVED.contains(&text) {
            return Err(IdentifierError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes the identifier of a name by the one rule of the product, that of [`underscored`]: `payment-service` →
    /// `payment_service`. Two names may fall on one identifier; whoever holds the list of names checks that.
    ///
    /// # Errors
    /// As [`Identifier::parse`], for what is left after the rule.
    pub fn from_name(name: &str) -> Result<Self, IdentifierError> {
        Self::parse(&underscored(name))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An identifier like a text that begins as one: `Kasse_POS` of `Kasse (POS)`.
fn alike(text: &str) -> String {
    let mut alike = String::new();
    for character in text.chars() {
        match character {
            letter if letter.is_ascii_alphanumeric() => alike.push(letter),
            _ if alike.ends_with('_') => {}
            _ => alike.push('_'),
        }
    }
    let trimmed = alike.trim_end_matches('_');
    match Identifier::parse(trimmed) {
        Ok(identifier) => identifier.0,
        Err(_) => alike,
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Identifier {
    type Error = IdentifierError;
    fn try_from(text: String) -> Result<Self, IdentifierError> {
        Self::parse(&text)
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.0
    }
}

/// The prefixes of a reference to what is not in the project: `org.jira`, `account.platform_team`.
const SCOPES: [&str; 2] = ["org.", "account."];

/// How one entity names another: an identifier, behind `org.` or `account.` where it is not one of the project.
///
/// Source: Harness's entity reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct EntityRef(String);

impl EntityRef {
    /// Reads a reference as it is written.
    ///
    /// # Errors
    /// As [`Identifier::parse`], for what is behind the scope.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        Identifier::parse(Self::split(text).1)?;
        Ok(Self(text.to_owned()))
    }

    /// Makes the reference of a name by the rule of [`Identifier::from_name`]: `account.platform-team` →
    /// `account.platform_team`.
    ///
    /// # Errors
    /// As [`Identifier::parse`], for what is behind the scope.
    pub fn from_name(name: &str) -> Result<Self, IdentifierError> {
        let (scope, name) = Self::split(name);
        Ok(Self(format!("{scope}{}", Identifier::from_name(name)?)))
    }

    /// The scope with its dot, empty for the project's, and what is behind it.
    #[must_use]
    pub fn split(text: &str) -> (&str, &str) {
        let scope = SCOPES.iter().find(|scope| text.starts_with(**scope));
        text.split_at(scope.map_or(0, |scope| scope.len()))
    }

    /// Whether it names an entity of the project.
    #[must_use]
    pub fn is_of_project(&self) -> bool {
        Self::split(&self.0).0.is_empty()
    }

    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<EntityRef> for String {
    fn from(reference: EntityRef) -> Self {
        reference.0
    }
}

/// Where a Harness entity lives: account, organization and project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HarnessScope {
    /// The account identifier, for example `vpCkHKsDSxK9_KYfjCTMKA`.
    pub account: String,
    /// The organization identifier.
    pub org: String,
    /// The project identifier.
    pub project: String,
}

/// One pipeline of all that there are: another project may have one of the same identifier.
///
/// The texts are borrowed where they can be, as those of a history's rows are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PipelineRef<'a> {
    /// The account identifier.
    pub account: Cow<'a, str>,
    /// The organization identifier.
    pub org: Cow<'a, str>,
    /// The project identifier.
    pub project: Cow<'a, str>,
    /// The pipeline identifier.
    pub pipeline: Cow<'a, str>,
    /// For a pipeline that is kept in Git: the branch that it is read, checked and run from. Absent for the default
    /// branch of its repository, and for a pipeline that Harness keeps itself. Source: run-inputs §7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Cow<'a, str>>,
}

impl HarnessScope {
    /// A pipeline of this project.
    #[must_use]
    pub fn pipeline(&self, identifier: impl Into<String>) -> PipelineRef<'static> {
        PipelineRef {
            account: self.account.clone().into(),
            org: self.org.clone().into(),
            project: self.project.clone().into(),
            pipeline: identifier.into().into(),
            branch: None,
        }
    }
}

impl PipelineRef<'_> {
    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> PipelineRef<'static> {
        PipelineRef {
            account: self.account.into_owned().into(),
            org: self.org.into_owned().into(),
            project: self.project.into_owned().into(),
            pipeline: self.pipeline.into_owned().into(),
            branch: self.branch.map(|branch| branch.into_owned().into()),
        }
    }

    /// The project that the pipeline is in.
    #[must_use]
    pub fn scope(&self) -> HarnessScope {
        HarnessScope {
            account: self.account.clone().into_owned(),
            org: self.org.clone().into_owned(),
            project: self.project.clone().into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers_by_one_rule() {
        for (name, identifier) in [
            ("payment-service", "payment_service"),
            ("k8s-int-stable-euw1", "k8s_int_stable_euw1"),
            ("a.b c", "a_b_c"),
        ] {
            assert_eq!(Identifier::from_name(name).unwrap().as_str(), identifier);
        }
    }

    #[test]
    fn an_example_is_an_identifier() {
        for (text, example) in [
            ("client-api", "client_api"),
            ("Kasse (POS)", "Kasse_POS"),
            ("status!", "status_"),
            ("_§", "_"),
            ("_1-", "_1"),
        ] {
            let Err(IdentifierError::Character(_, _, told)) = Identifier::parse(text) else {
                panic!("{text} has no bad character");
            };
            assert_eq!(told, example);
            assert!(Identifier::parse(&told).is_ok(), "{told}");
        }
    }

    #[test]
    fn refusals_name_the_offender() {
        assert_eq!(
            Identifier::parse("payment-service_cd").unwrap_err().to_string(),
            "`payment-service_cd` contains `-`; an identifier has only letters, digits and underscores, for example `payment_service_cd`"
        );
        assert!(matches!(Identifier::parse(""), Err(IdentifierError::Empty)));
        assert!(matches!(Identifier::parse("1a"), Err(IdentifierError::Start(_, '1'))));
        assert!(matches!(
            Identifier::from_name("naïve"),
            Err(IdentifierError::Character(_, 'ï', _))
        ));
        assert!(matches!(
            Identifier::parse(&"a".repeat(129)),
            Err(IdentifierError::TooLong(_, 129))
        ));
        assert!(matches!(Identifier::parse("status"), Err(IdentifierError::Reserved(_))));
        assert!(Identifier::parse(&"a".repeat(128)).is_ok());
    }

    #[test]
    fn a_reference_keeps_its_scope() {
        for (name, reference) in [
            ("platform-team", "platform_team"),
            ("account.platform-team", "account.platform_team"),
            ("org.jira.cloud", "org.jira_cloud"),
            ("organization.x", "organization_x"),
        ] {
            assert_eq!(EntityRef::from_name(name).unwrap().as_str(), reference);
        }
        assert!(EntityRef::parse("account.platform_team").is_ok_and(|known| !known.is_of_project()));
        assert!(EntityRef::parse("platform_team").is_ok_and(|known| known.is_of_project()));
        assert!(EntityRef::parse("account.platform-team").is_err());
        assert!(EntityRef::parse("account.").is_err());
    }

    #[test]
    fn deserializing_checks() {
        assert!(serde_json::from_str::<Identifier>("\"int-stable\"").is_err());
        assert_eq!(
            serde_json::to_string(&Identifier::parse("int_stable").unwrap()).unwrap(),
            "\"int_stable\""
        );
    }
}
