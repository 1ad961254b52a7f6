//! What a text must look like: addresses, references to what lives in Harness, networks.

use harness_cd_model::words::nearest;
use harness_cd_model::{Identifier, codes};
use harness_cd_yaml::{At, Fields, Reader};

/// The address under `url`.
pub(super) fn url<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>) -> Option<&'n str> {
    let at = reader.required(fields, "url")?;
    address(reader, &at)
}

/// The same, of what versions and manifests are taken from: nobody reads or changes it on the way.
pub(super) fn secure_url<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>) -> Option<&'n str> {
    let address = url(reader, fields)?;
    let at = fields.at().get("url").filter(|_| address.starts_with("http://"));
    if let Some(at) = at {
        let message = format!("`{address}` is not encrypted: credentials and what is deployed go over it");
        reader.error(codes::WRONG_FORM, &at, message, "write it with https://");
    }
    Some(address)
}

/// The address at a node.
pub(super) fn address<'n>(reader: &mut Reader<'_>, at: &At<'n>) -> Option<&'n str> {
    let is_url = |text: &str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        host.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) && !text.contains([' ', '@'])
    };
    checked(
        reader,
        at,
        is_url,
        "an address with https:// and without user name, as in https://gcr.io",
    )
}

/// The identifier of a Harness secret, with an optional scope. What looks like the secret itself is refused, and not
/// repeated.
pub(super) fn secret_reference<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str) -> Option<&'n str> {
    let at = reader.required(fields, key)?;
    let written = reader.string(&at)?;
    if !is_reference(written) || looks_secret(written) {
        let message = format!("`{key}` is not the identifier of a Harness secret");
        let hint = scope_meant(written).unwrap_or_else(|| {
            "store the secret in Harness and write its identifier here; a secret itself never belongs into a file"
                .to_owned()
        });
        reader.error(codes::WRONG_FORM, &at, message, hint);
        return None;
    }
    Some(written)
}

/// Whether a text may be a secret itself: no message repeats it.
pub(super) fn looks_secret(text: &str) -> bool {
    let heads = ["ghp_", "github_pat_1", "gho_", "pat.", "sat.", "glpat-"];
    heads.iter().any(|head| text.starts_with(head))
}

/// An identifier with an optional scope, as in `org.jira`.
pub(super) fn is_reference(text: &str) -> bool {
    let name = text
        .strip_prefix("org.")
        .or_else(|| text.strip_prefix("account."))
        .unwrap_or(text);
    Identifier::parse(name).is_ok()
}

/// A text that passes a check, or the finding that says what is wanted.
pub(super) fn checked<'n>(
    reader: &mut Reader<'_>,
    at: &At<'n>,
    is_good: impl Fn(&str) -> bool,
    wanted: &str,
) -> Option<&'n str> {
    proposed(reader, at, is_good, wanted, |_| None)
}

/// The same, with the text that was meant, where that can be told.
pub(super) fn proposed<'n>(
    reader: &mut Reader<'_>,
    at: &At<'n>,
    is_good: impl Fn(&str) -> bool,
    wanted: &str,
    meant: impl Fn(&str) -> Option<String>,
) -> Option<&'n str> {
    let text = reader.string(at)?;
    if is_good(text) {
        return Some(text);
    }
    let meant = meant(text).filter(|meant| is_good(meant));
    let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
    let hint = meant.or_else(|| scope_meant(text));
    let hint = hint.unwrap_or_else(|| format!("write {wanted}"));
    reader.error(codes::WRONG_FORM, at, format!("`{text}` is not {wanted}"), hint);
    None
}

/// `did you mean account.jira?` of a reference whose scope is misspelt.
pub(super) fn scope_meant(text: &str) -> Option<String> {
    let (scope, name) = text.split_once('.')?;
    let meant = nearest(scope, ["org", "account"]).filter(|meant| *meant != scope)?;
    (Identifier::from_name(name).is_ok() && !looks_secret(text)).then(|| format!("did you mean `{meant}.{name}`?"))
}

/// A network in CIDR notation.
pub(super) fn cidr<'n>(reader: &mut Reader<'_>, at: &At<'n>) -> Option<&'n str> {
    let wanted = "a network in CIDR notation, as in 10.1.0.0/16";
    let meant = |text: &str| {
        let (address, _) = text.split_once('/').unwrap_or((text, ""));
        // As long as the zeros at its end say.
        let octets = address.parse::<std::net::Ipv4Addr>().ok()?.octets();
        let zeros = octets.iter().rev().take_while(|octet| **octet == 0).count();
        Some(format!("{address}/{}", 8 * octets.len().checked_sub(zeros)?))
    };
    proposed(reader, at, is_cidr, wanted, meant)
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(address) if address.is_ipv4() => 32,
        Ok(_) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert!(is_cidr("10.1.0.0/16") && is_cidr("fd00::/8"));
        assert!(!is_cidr("10.1.0.0") && !is_cidr("10.1.0.0/33") && !is_cidr("10.1/16"));
    }
}
