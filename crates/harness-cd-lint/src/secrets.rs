//! Secrets in plain text. No message repeats one.

use harness_cd_yaml::Node;

use crate::place::{Faults, Place, literal, type_of};

/// The ends of keys whose value nobody may read, in lower case without separators.
const SECRET_KEYS: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "passphrase",
];

/// The beginnings of tokens that say by themselves what they are, and how long they are at least.
const TOKENS: [(&str, usize); 13] = [
    ("ghp_", 40),
    ("gho_", 40),
    ("ghs_", 40),
    ("github_pat_", 60),
    ("glpat-", 26),
    ("xoxb-", 40),
    ("xoxp-", 40),
    ("AKIA", 20),
    ("AIza", 39),
    ("sk_live_", 28),
    ("npm_", 40),
    ("pat.", 70),
    ("sat.", 70),
];

/// A secret is named, not written down.
pub(crate) fn plain_text<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(text) = place.node.text() else { return };
    let hint = "keep it in a secret manager, write `<+secrets.getValue(\"…\")>`, and revoke what stood here";
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        faults.add_part(
            place.node,
            "-----BEGIN ",
            "a private key stands here in plain text",
            hint,
        );
    } else if let Some(token) = text
        .split(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c))
        .find(|word| is_token(word))
    {
        faults.add_part(place.node, token, "an access token stands here in plain text", hint);
    } else if let Some(name) = secret_name(place).filter(|_| literal(place.node).is_some_and(is_secret_value)) {
        faults.add(
            place.node,
            format!("the value of `{name}` stands here in plain text"),
            hint,
        );
    }
}

fn is_token(word: &str) -> bool {
    let begins = |(prefix, length): &(&str, usize)| {
        // The Harness kinds have an account, an identifier and a key, apart by dots.
        let is_harness = prefix.ends_with('.');
        word.starts_with(prefix)
            && word.len() >= *length
            && (!is_harness || word.split('.').count() == 4)
            && word.chars().any(|c| c.is_ascii_digit())
    };
    TOKENS.iter().any(begins)
}

/// The name under which a secret stands: the key, or for a variable its name.
fn secret_name<'n>(place: &Place<'n, '_>) -> Option<&'n str> {
    if !place.is_value() {
        return None;
    }
    let mapping = place.mapping?;
    let name = match place.key() {
        "value" | "default" if type_of(mapping) != Some("Secret") => mapping.get("name")?.text()?,
        key => key,
    };
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    // `existingDelegateToken` of a chart's values names a Kubernetes secret that is there already.
    let is_of_other = plain.starts_with("existing");
    (!is_of_other && SECRET_KEYS.iter().any(|end| plain.ends_with(end))).then_some(name)
}

/// A word of some length. A sentence, a path or a number is no secret, and what is made of one kind of letters names
/// one.
fn is_secret_value(text: &str) -> bool {
    let is_word = text.len() >= 6 && text.chars().all(|c| c.is_ascii_graphic() && c != '/');
    let is_scoped = text.starts_with("account.") || text.starts_with("org.");
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| c.is_ascii_punctuation() && !"-_.".contains(c),
    ];
    let mixed = kinds.iter().filter(|is_kind| text.contains(**is_kind)).count() > 1;
    let is_number = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    is_word && !is_scoped && mixed && !is_number
}

/// A Kubernetes Secret that is written down is none.
pub(crate) fn manifest_secret<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.trail.is_empty() || place.node.get("kind").and_then(Node::text) != Some("Secret") {
        return;
    }
    let data = ["data", "stringData"].into_iter().filter_map(|key| place.node.get(key));
    for entry in data.flat_map(Node::entries) {
        if literal(&entry.value).is_some_and(|text| !text.is_empty()) {
            let message = format!(
                "the value of `{}` stands here in plain text; base64 hides nothing",
                entry.name()
            );
            faults.add(
                &entry.value,
                message,
                "let a secret operator write the Secret, or fill it in with `<+secrets.getValue(\"…\")>`",
            );
        }
    }
}
