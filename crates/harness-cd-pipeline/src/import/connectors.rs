//! What connectors say of how something is reached.

use harness_cd_model::Identifier;
use harness_cd_yaml::Node;

use super::platform::is_label;
use super::sources::Known;
use crate::draft::Draft;

/// Keys of a description, in their order.
pub(super) type Entries = Vec<(&'static str, Draft)>;

/// The longest name of a delegate, that of its Helm release.
const MAX_DELEGATE: usize = 53;

pub(super) fn type_of(connector: &Known) -> &str {
    text(connector.body(), &["type"]).unwrap_or_default()
}

/// The first of the selectors by which a connector finds its delegate.
pub(super) fn delegate_of(connector: &Known) -> Option<String> {
    let selectors = connector.body().at(&["spec", "delegateSelectors"])?;
    let first = selectors.items().next()?.text()?;
    (is_label(first) && first.len() <= MAX_DELEGATE).then(|| first.to_owned())
}

pub(super) fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at(path)?.text()
}

/// What stands at a place, where that may stand in the description.
pub(super) fn said<'n>(node: &'n Node, path: &[&str], is_good: impl Fn(&str) -> bool) -> Option<&'n str> {
    text(node, path).filter(|text| is_good(text))
}

pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) && !text.contains([' ', '@'])
}

pub(super) fn is_secret_name(text: &str) -> bool {
    let name = text.strip_prefix("org.").or_else(|| text.strip_prefix("account."));
    Identifier::parse(name.unwrap_or(text)).is_ok()
}

pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains("<+")
}

/// A key of a description, and where Harness says its value.
pub(super) struct Field {
    key: &'static str,
    path: &'static [&'static str],
    is_good: fn(&str) -> bool,
}

impl Field {
    pub(super) const fn word(key: &'static str, path: &'static [&'static str]) -> Self {
        let is_good = is_word;
        Self { key, path, is_good }
    }

    pub(super) const fn secret(key: &'static str, path: &'static [&'static str]) -> Self {
        let is_good = is_secret_name;
        Self { key, path, is_good }
    }

    pub(super) const fn url(key: &'static str, path: &'static [&'static str]) -> Self {
        let is_good = is_url;
        Self { key, path, is_good }
    }
}

/// All of the keys with what is said of them; `None` where one is not said, or cannot stand in a description.
pub(super) fn all_said(node: &Node, fields: &[Field]) -> Option<Entries> {
    let entry = |field: &Field| Some((field.key, Draft::text(said(node, field.path, field.is_good)?)));
    fields.iter().map(entry).collect()
}

/// How a cluster is reached, as its `credentials` say it: nothing where the delegate's own do. `None` where a description
/// cannot say it.
pub(super) fn of_cluster(infrastructure: &Node, connector: Option<&Known>) -> Option<Entries> {
    const CLUSTER: Field = Field::word("cluster", &["cluster"]);
    let spec = infrastructure.get("spec")?;
    let (word, keys) = match text(infrastructure, &["type"])? {
        "KubernetesAws" => ("Eks", all_said(spec, &[CLUSTER])?),
        "KubernetesGcp" => ("Gke", all_said(spec, &[CLUSTER])?),
        "KubernetesAzure" => {
            let group = Field::word("resourceGroup", &["resourceGroup"]);
            let subscription = Field::word("subscription", &["subscriptionId"]);
            ("Aks", all_said(spec, &[CLUSTER, group, subscription])?)
        }
        "KubernetesDirect" => return connector.map_or_else(|| Some(Vec::new()), of_kubernetes),
        _ => return None,
    };
    let own = connector.map_or_else(|| Some(Vec::new()), of_cloud)?;
    let own = (!own.is_empty()).then(|| ("credentials", Draft::map(own)));
    let all = [("type", Draft::text(word))].into_iter().chain(keys).chain(own);
    Some(all.collect())
}

fn of_kubernetes(connector: &Known) -> Option<Entries> {
    let credential = connector.body().at(&["spec", "credential"])?;
    if text(credential, &["type"])? == "InheritFromDelegate" {
        return Some(Vec::new());
    }
    if text(credential, &["spec", "auth", "type"])? != "ServiceAccount" {
        return None;
    }
    let certificate = Field::secret("caCertRef", &["spec", "auth", "spec", "caCertRef"]);
    let token = Field::secret("tokenRef", &["spec", "auth", "spec", "serviceAccountTokenRef"]);
    let keys = all_said(credential, &[Field::url("url", &["spec", "masterUrl"]), token])?;
    let all = [("type", Draft::text("ServiceAccount"))].into_iter().chain(keys);
    Some(
        all.chain(all_said(credential, &[certificate]).into_iter().flatten())
            .collect(),
    )
}

/// How a cloud is asked, as `credentials` say it: nothing where the delegate's own do. `None` where a description cannot
/// say it.
pub(super) fn of_cloud(connector: &Known) -> Option<Entries> {
    let credential = connector.body().at(&["spec", "credential"])?;
    let (word, keys) = match (type_of(connector), text(credential, &["type"])?) {
        (_, "InheritFromDelegate") => return Some(Vec::new()),
        ("Aws", "Irsa") => ("Irsa", Vec::new()),
        ("Aws", "ManualConfig") => {
            let key = Field::secret("accessKeyRef", &["spec", "accessKeyRef"]);
            let secret = Field::secret("secretKeyRef", &["spec", "secretKeyRef"]);
            ("AccessKey", all_said(credential, &[key, secret])?)
        }
        ("Gcp", "ManualConfig") => {
            let secret = Field::secret("secretKeyRef", &["spec", "secretKeyRef"]);
            ("ServiceAccountKey", all_said(credential, &[secret])?)
        }
        ("Azure", "ManualConfig") => {
            let application = Field::word("application", &["spec", "applicationId"]);
            let tenant = Field::word("tenant", &["spec", "tenantId"]);
            let secret = Field::secret("secretRef", &["spec", "auth", "spec", "secretRef"]);
            (
                "ServicePrincipal",
                all_said(credential, &[application, tenant, secret])?,
            )
        }
        _ => return None,
    };
    Some([("type", Draft::text(word))].into_iter().chain(keys).collect())
}
