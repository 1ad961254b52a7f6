//! References to entities of Backstage's catalog.

const DEFAULT_KIND: &str = "component";
const DEFAULT_NAMESPACE: &str = "default";
/// Source: the catalog's own limit for the parts of a name.
const LONGEST_PART: usize = 63;

/// An entity reference in full and in lower case, as the catalog compares them: `component:default/payment-service` for
/// `payment-service`. `None` where the text is no reference.
#[must_use]
pub fn entity_ref(text: &str) -> Option<String> {
    let (kind, rest) = text.split_once(':').unwrap_or((DEFAULT_KIND, text));
    let (namespace, name) = rest.split_once('/').unwrap_or((DEFAULT_NAMESPACE, rest));
    let is_part = |part: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        (1..=LONGEST_PART).contains(&part.len()) && part.bytes().all(known)
    };
    [kind, namespace, name]
        .into_iter()
        .all(is_part)
        .then(|| format!("{kind}:{namespace}/{name}").to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_completed_and_compared_in_lower_case() {
        for (text, expected) in [
            ("payment-service", Some("component:default/payment-service")),
            ("shop/Payment", Some("component:shop/payment")),
            ("API:Shop/pay.v2", Some("api:shop/pay.v2")),
            ("", None),
            ("component:", None),
            ("a/b/c", None),
            ("a b", None),
            (&"x".repeat(64), None),
        ] {
            assert_eq!(entity_ref(text).as_deref(), expected, "{text}");
        }
    }
}
