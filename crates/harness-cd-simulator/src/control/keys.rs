//! Keys in what the control plane tells: each is replaced by its fingerprint, wherever a client has put it.

use serde_json::Value;

use crate::state::people::Accounts;
use crate::wire::message::fingerprint;
use crate::wire::respond::Reply;

pub(super) fn without(reply: Reply, accounts: &Accounts) -> Reply {
    let Reply::Bare(mut told) = reply else { return reply };
    let mut keys: Vec<&str> = accounts
        .0
        .values()
        .flat_map(|account| account.keys.keys())
        .map(String::as_str)
        .collect();
    keys.retain(|key| !key.is_empty());
    // A key may begin with another one.
    keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
    hide(&mut told, &keys);
    Reply::Bare(told)
}

fn hide(told: &mut Value, keys: &[&str]) {
    match told {
        Value::String(text) => {
            if let Some(hidden) = hidden(text, keys) {
                *text = hidden;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, keys)),
        // Names of fields are the simulator's own.
        Value::Object(fields) => fields.values_mut().for_each(|field| hide(field, keys)),
        _ => {}
    }
}

/// The text without the keys, where it holds one.
fn hidden(text: &str, keys: &[&str]) -> Option<String> {
    // Only an escaped text needs the slow search.
    if !text.contains('%') && !keys.iter().any(|key| text.contains(key)) {
        return None;
    }
    let (mut rest, mut hidden) = (text, String::new());
    while let Some(first) = rest.chars().next() {
        let found = keys.iter().find_map(|key| Some((key, after(rest, key)?)));
        rest = match found {
            Some((key, after)) => {
                hidden.push_str(&fingerprint(key));
                after
            }
            None => {
                hidden.push(first);
                rest.strip_prefix(first).unwrap_or_default()
            }
        };
    }
    Some(hidden)
}

/// What follows a key at the beginning of a text; any of its bytes may be percent-encoded, as in an address.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = text.as_bytes();
    for byte in key.bytes() {
        rest = match rest {
            [own, after @ ..] if *own == byte => after,
            [b'%', high, low, after @ ..] if escaped(*high, *low) == Some(byte) => after,
            _ => return None,
        };
    }
    text.get(text.len() - rest.len()..)
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
