//! Infrastructure definitions: releases and namespaces.

use harness_cd_pipeline::InputExpression;

use crate::expressions::outside_expressions;
use crate::place::{Faults, Place};

fn is_setting(place: &Place<'_, '_>, key: &str) -> bool {
    place.key() == key
        && (place.is_at(&format!("/ infrastructureDefinition spec {key}"))
            || place.is_at(&format!("infrastructureDefinitions inputs spec {key}")))
}

/// A release name tells releases in one cluster apart.
pub(crate) fn constant_release_name<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if is_setting(place, "releaseName") && place.literal().is_some_and(|text| !text.is_empty()) {
        let message =
            "the release name is the same everywhere: two deployments in one cluster would share their history";
        faults.add(place.node, message, "write `release-<+INFRA_KEY_SHORT_ID>`");
    }
}

/// A namespace is a DNS label.
pub(crate) fn namespace<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(text) = place.node.text().filter(|_| is_setting(place, "namespace")) else {
        return;
    };
    if text.contains("${") || text.contains("{{") || InputExpression::is_one(text) {
        return;
    }
    let parts = outside_expressions(text);
    let is_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let length: usize = parts.iter().map(String::len).sum();
    let message = if let Some(bad) = parts.iter().flat_map(|part| part.chars()).find(|c| !is_label(*c)) {
        format!("`{bad}` stands in the namespace; Kubernetes allows lower-case letters, digits and dashes")
    } else if text.starts_with('-') || text.ends_with('-') {
        "the namespace begins or ends with a dash".to_owned()
    } else if length > 63 {
        format!("the namespace has {length} characters; Kubernetes allows 63")
    } else {
        return;
    };
    faults.add(
        place.node,
        message,
        "write a DNS label, or an expression that makes one",
    );
}
