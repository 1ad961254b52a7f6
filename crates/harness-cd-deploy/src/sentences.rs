//! What is wrong with a request, in English: one table, made of codes and parameters alone, so that a page may say the
//! same in its own words.

use harness_cd_model::words::{nearest, pointer_token, shown};
use harness_cd_model::{Param, Params, Violation, ViolationCode as Code};

/// For each code its sentences: the first whose parameters are all there is said. A stop is left to whoever shows it.
const SENTENCES: &[(Code, &str)] = &[
    (
        Code::RequestMalformed,
        "The request cannot be read in line {line}, column {column}: {why}",
    ),
    (Code::RequestMalformed, "The request cannot be read: {why}"),
    (
        Code::FieldUnknown,
        "“{given}” is given as {field}, a field of the request; give it there",
    ),
    (
        Code::FieldUnknown,
        "{label} means nothing to a pipeline that is in no config repo; leave it out",
    ),
    (Code::FieldUnknown, "“{given}” is no field of a deploy request"),
    (Code::FieldType, "{label} takes {expected}, not {given}"),
    (
        Code::FieldType,
        "{label} takes a list of names, or of objects that each have {nameOrElement}",
    ),
    (
        Code::FieldType,
        "{label} takes a list of objects that each have {element}",
    ),
    (Code::FieldType, "{label} takes {expected}"),
    (Code::FieldTwice, "{label} names “{given}” twice; keep one"),
    (Code::FieldTwice, "{label} is given twice; keep one"),
    (
        Code::FieldRequired,
        "{label} is empty; leave it out to run with “{default}”, or give a value",
    ),
    (Code::FieldRequired, "{label} is missing; {environment} requires it"),
    (
        Code::FieldRequired,
        "{label} is missing; the pipeline requires it{pipeline}",
    ),
    (Code::FieldRequired, "{label} is missing; every deploy request has it"),
    (
        Code::FieldTooLong,
        "{label} has {length} characters; shorten it by {excess}",
    ),
    (
        Code::FieldControlCharacter,
        "{label} holds a character that nobody sees, {character} ({name}); take it out",
    ),
    (
        Code::ExpressionForbidden,
        "{label} holds “{opener}”, where Harness would begin to evaluate; write it without",
    ),
    (
        Code::ServiceUnknown,
        "“{given}” is not the service asked about; write {service}",
    ),
    (
        Code::ImageTagInvalid,
        "“{given}” is not an image tag; a tag has letters, digits, “_”, “.” and “-”, and starts with neither of the last two",
    ),
    (
        Code::ImageTagMutable,
        "“{given}” moves, so nobody could say later what ran; give a tag that stays, such as v2.3.1",
    ),
    (Code::EnvironmentUnknown, "“{given}” is not an environment of {service}"),
    (Code::RegionUnknown, "“{given}” is not a region of {service}"),
    (
        Code::RegionNotInEnvironment,
        "{service} does not run in {given} of {environment}",
    ),
    (
        Code::ChangeTicketInvalid,
        "“{given}” is not a ticket; write it in capitals with its number, for example CHG-1234",
    ),
    (
        Code::InputUnknown,
        "{label} would not be followed: the pipeline in Harness asks for no “{variable}”; bring it in step with the config repo",
    ),
    (
        Code::InputUnknown,
        "{label} is asked for by {unchosen}, a stage that is not chosen; leave it out, or choose the stage",
    ),
    (
        Code::InputUnknown,
        "The pipeline asks for no “{given}”, so Harness would drop it without a word",
    ),
    (Code::InputOnlyInHarness, "{label} {why} in Harness"),
    (
        Code::StagesFixed,
        "The pipeline does not allow to run “{given}” alone; run all of its stages, or allow the choice in Harness",
    ),
    (Code::StageUnknown, "The pipeline has no stage “{given}”"),
    (
        Code::StageIncomplete,
        "The stage {given} uses the stage {needs}, which is not chosen; choose both, or neither",
    ),
    (
        Code::StageUnguarded,
        "The stage {given} follows the approval {gate}, without which nothing may go to {environment}; choose both",
    ),
    (
        Code::StageElsewhere,
        "The stage {given} deploys to {elsewhere}, and {environment} is asked for; leave it out, or ask for {elsewhere}",
    ),
    (
        Code::NothingDeployed,
        "None of the chosen stages deploys to {environment}; choose one that does",
    ),
    (
        Code::ApprovalLeftOut,
        "The stage {given} follows the approval {gate}, which is not chosen: nobody is asked",
    ),
    (Code::InputSetUnknown, "The pipeline has no input set “{given}”"),
    (
        Code::InputSetUnfit,
        "The input set “{given}” does not fit the pipeline: {reason}; bring it in step in Harness, or leave it out",
    ),
    (
        Code::TargetsContradict,
        "{label} names some, and {all} takes all of them; leave it empty, or set {all} to false",
    ),
    (Code::ValueNotAllowed, "{label} does not allow “{given}”"),
    (
        Code::ChoiceUnknown,
        "Harness lists no “{given}” in {within} for {label}",
    ),
    (Code::ChoiceUnknown, "Harness lists no “{given}” for {label}"),
    (
        Code::ChoiceUnchecked,
        "Harness did not say in full what may be chosen for {label}, so nobody looked whether there is “{given}”",
    ),
    (
        Code::ValueMalformed,
        "“{given}” is not what {label} asks for ({description}); the whole of it has to match {pattern}",
    ),
    (
        Code::ValueMalformed,
        "“{given}” does not have the form of {label}; the whole of it has to match {pattern}",
    ),
    (
        Code::YamlMalformed,
        "{label} cannot be read as YAML: line {line}, column {column}: {reason}",
    ),
    (Code::ValueOutOfRange, "{label} is at least {least}, not {given}"),
    (Code::ValueOutOfRange, "{label} is at most {greatest}, not {given}"),
    (
        Code::ChangeWindowClosed,
        "The change window {window} of {environment} is closed and opens next on {opens}",
    ),
    (
        Code::ChangeWindowClosed,
        "The change window {window} of {environment} is closed and has no next opening; correct it in the platform description",
    ),
    (
        Code::ChangeWindowLater,
        "The change window {window} of {environment} is closed and opens next on {opens}; who approves may do so before, and the pipeline looks at the time behind that",
    ),
    (
        Code::TimeZoneUnknown,
        "The change window {window} is in the time zone {timeZone}, which is not known here; correct it in the platform description",
    ),
    (Code::MoreViolations, "There are {more} more reasons; mend these first"),
];

/// What follows where a name may be misspelt.
const ADVICE: &[&str] = &[
    "; did you mean {suggestion}?",
    "; it may be {choices} and {more} others",
    "; it may be {choices}",
];

/// The words that stand for others in a sentence.
const PHRASES: &[(&str, &str)] = &[
    ("text", "a text in double quotes"),
    ("oneValue", "one value"),
    ("texts", "a list of texts"),
    ("inputs", "an object with a member for each input"),
    ("value", "a text, a number, true or false, a list of such, or an object"),
    ("number", "a number, such as 3 or 0.5"),
    ("wholeNumber", "a whole number, such as 3"),
    ("boolean", "true or false"),
    ("duration", "a time span, such as 10m or 1h 30m"),
    (
        "build",
        "an object with one of “branch”, “tag”, “number” (of a pull request) and “commitSha”",
    ),
    ("pullRequest", "the number of a pull request, such as 12"),
    ("object", "an object, or YAML of one"),
    ("list", "a list, or YAML of one"),
    ("cut", "it ends in the middle; send the whole of it"),
    (
        "syntax",
        "there it is no JSON; write texts and names in double quotes, with a comma between members and none after the last",
    ),
    (
        "noObject",
        "it is no JSON object; send one with a member for each field, such as “imageTag”",
    ),
    (
        "tooDeep",
        "an input is nested more deeply than anything that a pipeline asks for",
    ),
    ("midRun", "is asked for while the pipeline runs; answer it"),
];

/// The parameters whose texts are words of ours.
const PHRASED: [&str; 2] = ["expected", "why"];

fn sentence(code: Code, params: &Params) -> String {
    let mut fitting = SENTENCES.iter().filter(|(known, _)| *known == code);
    let mut sentence = fitting
        .find_map(|(_, template)| filled(template, params))
        .unwrap_or_default();
    // More reasons have nothing to choose from.
    sentence.extend(ADVICE.iter().find_map(|template| filled(template, params)));
    sentence
}

/// A template with its parameters; `None` where one is not there.
fn filled(template: &str, params: &Params) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        match params.get(name)? {
            Param::Text(text) if PHRASED.contains(&name) => {
                filled.extend(PHRASES.iter().find(|(word, _)| word == text).map(|(_, phrase)| *phrase));
            }
            Param::Text(text) => filled.push_str(text),
            Param::Number(number) => filled.push_str(&number.to_string()),
            Param::List(texts) => filled.push_str(&texts.join(", ")),
        }
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// A violation in the making. It is boxed, as it goes through many hands.
pub(crate) struct Reason(Box<Violation>);

impl Reason {
    pub(crate) fn new(code: Code) -> Self {
        Self(Box::new(Violation {
            code,
            path: String::new(),
            params: Params::default(),
            message: String::new(),
            allowed_from: None,
        }))
    }

    /// With a text of ours, or of the pipeline or the config repo.
    pub(crate) fn with(self, name: &'static str, text: &str) -> Self {
        self.and(name, Param::Text(text.to_owned()))
    }

    /// With a text of a person.
    pub(crate) fn given(self, text: &str) -> Self {
        self.with("given", &shown(text))
    }

    pub(crate) fn count(self, name: &'static str, number: usize) -> Self {
        self.and(name, Param::Number(number))
    }

    /// With the name that may have been meant, or else those to choose from.
    pub(crate) fn advised(self, given: &str, candidates: &[&str]) -> Self {
        const LISTED: usize = 10;
        if let Some(near) = nearest(given, candidates.iter().copied()) {
            return self.with("suggestion", &shown(near));
        }
        if candidates.is_empty() {
            return self;
        }
        let choices = candidates.iter().take(LISTED).map(|name| shown(name)).collect();
        let reason = self.and("choices", Param::List(choices));
        match candidates.len().checked_sub(LISTED) {
            None | Some(0) => reason,
            Some(more) => reason.count("more", more),
        }
    }

    fn and(mut self, name: &'static str, param: Param) -> Self {
        self.0.params.push(name, param);
        self
    }

    /// The reason why the value at a path is refused.
    pub(crate) fn at(mut self, path: &str) -> Violation {
        self.0.message = sentence(self.0.code, &self.0.params);
        path.clone_into(&mut self.0.path);
        *self.0
    }
}

/// A pointer to a member of a request. A name that is longer than any of Harness's is cut.
pub(crate) fn path_of(parent: &str, name: &str) -> String {
    const LONGEST: usize = 1024;
    let cut: String = name.chars().take(LONGEST).collect();
    let mark = if cut.len() < name.len() { "…" } else { "" };
    format!("{parent}/{}{mark}", pointer_token(&cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_that_can_be_said_is_said() {
        let required = || Reason::new(Code::FieldRequired).with("label", "Image tag");
        assert_eq!(
            required().at("").message,
            "Image tag is missing; every deploy request has it"
        );
        assert_eq!(
            required().with("environment", "prod").at("").message,
            "Image tag is missing; prod requires it"
        );
    }

    #[test]
    fn every_code_has_its_sentences() {
        let mut codes: Vec<Code> = SENTENCES.iter().map(|(code, _)| *code).collect();
        codes.dedup();
        assert_eq!(codes.len(), Code::MoreViolations as usize + 1);
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::MoreViolations as usize + 1, "they stand together");
    }

    #[test]
    fn advice_is_short() {
        let names: Vec<String> = (0..40).map(|index| format!("environment-{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let told = |candidates: &[&str]| {
            let reason = Reason::new(Code::ValueNotAllowed).with("label", "stage").given("x");
            reason.advised("x", candidates).at("").message
        };
        assert!(
            told(&names).ends_with("environment-9 and 30 others"),
            "{}",
            told(&names)
        );
        assert_eq!(told(&["prod"]), "stage does not allow “x”; it may be prod");
        assert_eq!(told(&[]), "stage does not allow “x”");
    }

    #[test]
    fn a_path_is_bounded() {
        assert_eq!(path_of("/inputs", "a/b~"), "/inputs/a~1b~0");
        assert!(path_of("", &"x".repeat(70_000)).len() < 1100);
    }
}
