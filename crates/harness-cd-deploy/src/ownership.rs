//! Whose pipeline it is: an annotation says what an entity wants, and the pipeline says from the other side whether it
//! is so. Otherwise whoever writes a catalog file could run every pipeline that the portal's key reaches.

use std::collections::BTreeMap;

use harness_cd_model::naming::entity_ref;
use harness_cd_model::words::quoted;
use harness_cd_model::{Act, AnnotationTrust, DeclaredOwner, Ownership, OwnershipQuestion};

/// The pipeline's tags that name its entity, the more exact one first.
const ENTITY_TAG: &str = "backstage-entity";
/// With which a pipeline names the service that it deploys, and so the component of that name.
pub const SERVICE_TAG: &str = "service";

/// Judges whether an entity may see or run a pipeline.
///
/// Whoever is named by `services.yaml` or by a tag of the pipeline is its entity; a tag that names another refuses,
/// always. A pipeline that names nobody is judged by how far annotations are trusted.
#[must_use]
pub fn judge_ownership(question: &OwnershipQuestion) -> Ownership {
    let OwnershipQuestion { entity, pipeline, .. } = question;
    let entity = entity_ref(entity).unwrap_or_else(|| entity.clone());
    let mut is_named = false;
    for Named { owner, by, mend } in named(question, &entity) {
        if owner != entity {
            return Ownership::Foreign {
                message: format!("the pipeline {pipeline} is of {owner}, says {by}, and not of {entity}"),
                hint: format!(
                    "Name the right pipeline in the entity's harness.io annotation, or, where this one is meant, {mend}"
                ),
                owner,
            };
        }
        is_named = true;
    }
    if is_named || is_trusted(question) {
        return Ownership::Own;
    }
    Ownership::Unnamed {
        message: format!("the pipeline {pipeline} does not say that it is of {entity}"),
        hint: format!("Add the tag `{}` to the pipeline in Harness", tag_for(&entity)),
    }
}

/// An entity that the pipeline's side names.
struct Named {
    owner: String,
    /// What names it.
    by: String,
    /// What would have to say so of the entity that asks.
    mend: String,
}

/// Every entity that the pipeline's side names.
fn named(question: &OwnershipQuestion, entity: &str) -> Vec<Named> {
    // What is no reference names nobody that there is, and is still somebody else.
    let owner = |text: &str| entity_ref(text).unwrap_or_else(|| quoted(text));
    let declared = question.declared.as_ref();
    let by_services = declared.map(|declared| Named {
        owner: owner(&declared.entity),
        by: "services.yaml of the config repo".to_owned(),
        mend: format!("give the service {} `entity: {entity}` there", declared.service),
    });
    let by_tag = question.tags.as_ref().and_then(|tags| tag_owner(tags, declared));
    let by_tag = by_tag.map(|(text, tag)| Named {
        owner: owner(text),
        by: format!("its tag `{tag}`"),
        mend: format!("have its owner set the tag `{}` in Harness", instead(tag, entity)),
    });
    by_services.into_iter().chain(by_tag).collect()
}

/// Whom the tags name: by the exact one alone, where both are there, as a service need not be called as its entity is.
fn tag_owner<'q>(
    tags: &'q BTreeMap<String, String>,
    declared: Option<&'q DeclaredOwner>,
) -> Option<(&'q str, &'static str)> {
    let of = |name: &'static str| {
        let owner = tags.get(name).map(|owner| owner.trim());
        owner.filter(|owner| !owner.is_empty()).map(|owner| (owner, name))
    };
    // A rendered pipeline has its service's name there, whatever its entity is called.
    let by_service = of(SERVICE_TAG).map(|(service, how)| match declared {
        Some(declared) if declared.service == service => (declared.entity.as_str(), how),
        _ => (service, how),
    });
    of(ENTITY_TAG).or(by_service)
}

fn is_trusted(question: &OwnershipQuestion) -> bool {
    match question.trust {
        AnnotationTrust::None => false,
        AnnotationTrust::Read => question.act == Act::Read,
        AnnotationTrust::All => true,
    }
}

/// What would have to stand in place of a tag. Beside the exact one no other counts.
fn instead(tag: &str, entity: &str) -> String {
    match tag {
        ENTITY_TAG => format!("{ENTITY_TAG}: {entity}"),
        _ => tag_for(entity),
    }
}

fn tag_for(entity: &str) -> String {
    match entity.strip_prefix("component:default/") {
        Some(name) => format!("{SERVICE_TAG}: {name}"),
        None => format!("{ENTITY_TAG}: {entity}"),
    }
}
