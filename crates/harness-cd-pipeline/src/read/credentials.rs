//! `credentials`: how the connector of a cluster or of a cloud logs in.

use harness_cd_model::words::expression_opener;
use harness_cd_model::{CloudCredentials, ClusterAccess, codes};
use harness_cd_yaml::{Fields, Node, Reader};

use super::cloud_regions::{is_amazons, is_googles};
use super::forms::{proposed, secret_reference, url};
use super::keys;
use super::names::text;

/// A cloud.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cloud {
    Amazon,
    Google,
    Azure,
}

/// Who a word for credentials is for: everybody, or one cloud.
const WORDS: [(&str, Option<Cloud>); 5] = [
    ("Delegate", None),
    ("Irsa", Some(Cloud::Amazon)),
    ("AccessKey", Some(Cloud::Amazon)),
    ("ServiceAccountKey", Some(Cloud::Google)),
    ("ServicePrincipal", Some(Cloud::Azure)),
];

/// How the connector of a cloud logs in; as the delegate where nothing is said.
pub(super) fn of_cloud(reader: &mut Reader<'_>, fields: &Fields<'_>, cloud: Cloud) -> Option<CloudCredentials> {
    let Some(at) = reader.optional(fields, "credentials") else {
        return Some(CloudCredentials::Delegate);
    };
    let fields = reader.object(at, keys::CLOUD_CREDENTIALS.known)?;
    let at = reader.required(&fields, "type")?;
    let only = reader.one_of(&at, &WORDS)?;
    let written = at.node.as_str()?;
    if only.is_some_and(|only| only != cloud) {
        let fits = |(_, only): &&(&str, Option<Cloud>)| only.is_none_or(|only| only == cloud);
        let words: Vec<&str> = WORDS.iter().filter(fits).map(|(word, _)| *word).collect();
        let message = format!("`{written}` are credentials of another cloud");
        reader.error(
            codes::WRONG_FORM,
            &at,
            message,
            format!("use one of {}", words.join(", ")),
        );
        return None;
    }
    match written {
        "Irsa" => Some(CloudCredentials::Irsa),
        "AccessKey" => {
            let access_key_ref = secret_reference(reader, &fields, "accessKeyRef");
            let secret_key_ref = secret_reference(reader, &fields, "secretKeyRef");
            Some(CloudCredentials::AccessKey {
                access_key_ref: access_key_ref?.to_owned(),
                secret_key_ref: secret_key_ref?.to_owned(),
            })
        }
        "ServiceAccountKey" => {
            let secret_key_ref = secret_reference(reader, &fields, "secretKeyRef")?.to_owned();
            Some(CloudCredentials::ServiceAccountKey { secret_key_ref })
        }
        "ServicePrincipal" => {
            let application = text(reader, &fields, "application");
            let tenant = text(reader, &fields, "tenant");
            let secret_ref = secret_reference(reader, &fields, "secretRef");
            Some(CloudCredentials::ServicePrincipal {
                application: application?.to_owned(),
                tenant: tenant?.to_owned(),
                secret_ref: secret_ref?.to_owned(),
            })
        }
        _ => Some(CloudCredentials::Delegate),
    }
}

/// How a cluster is reached; by the delegate in it where nothing is said.
pub(super) fn of_cluster(reader: &mut Reader<'_>, cluster: &Fields<'_>) -> Option<ClusterAccess> {
    let Some(at) = reader.optional(cluster, "credentials") else {
        return Some(ClusterAccess::Delegate);
    };
    let fields = reader.object(at, keys::CLUSTER_CREDENTIALS.known)?;
    let at = reader.required(&fields, "type")?;
    let words = ["Delegate", "ServiceAccount", "Eks", "Gke", "Aks"].map(|word| (word, word));
    let word = reader.one_of(&at, &words)?;
    if word == "Delegate" {
        return Some(ClusterAccess::Delegate);
    }
    if word == "ServiceAccount" {
        return service_account(reader, &fields);
    }
    let at = reader.required(&fields, "cluster");
    let region = cluster.at().node.get("region").and_then(Node::as_str);
    // Who names the cluster alone means the one in its region, where that is called as the cloud calls it.
    let located = |name: &str| {
        let is_of_cloud = |region: &&str| is_amazons(region) || is_googles(region);
        region.filter(is_of_cloud).map(|region| format!("{region}/{name}"))
    };
    let cluster = at.and_then(|at| match word {
        // Source: the lists of both clouds' clusters in Harness, whose entries are of this form.
        "Eks" => proposed(
            reader,
            &at,
            is_located,
            "a region and the name of a cluster, as in `eu-west-1/prod`",
            located,
        ),
        "Gke" => proposed(
            reader,
            &at,
            is_located,
            "a region or zone and the name of a cluster, as in `europe-west1/prod`",
            located,
        ),
        _ => reader.string(&at),
    });
    let cluster = cluster.map(str::to_owned);
    match word {
        "Eks" => Some(ClusterAccess::Eks {
            credentials: of_cloud(reader, &fields, Cloud::Amazon)?,
            cluster: cluster?,
        }),
        "Gke" => Some(ClusterAccess::Gke {
            credentials: of_cloud(reader, &fields, Cloud::Google)?,
            cluster: cluster?,
        }),
        _ => {
            let resource_group = text(reader, &fields, "resourceGroup");
            let subscription = text(reader, &fields, "subscription");
            Some(ClusterAccess::Aks {
                credentials: of_cloud(reader, &fields, Cloud::Azure)?,
                cluster: cluster?,
                resource_group: resource_group?.to_owned(),
                subscription: subscription?.to_owned(),
            })
        }
    }
}

/// Whether a cluster has its region before it; what Harness fills in may have it in itself.
fn is_located(cluster: &str) -> bool {
    let is_named = |(region, name): (&str, &str)| !region.is_empty() && !name.is_empty();
    expression_opener(cluster).is_some() || cluster.split_once('/').is_some_and(is_named)
}

fn service_account(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<ClusterAccess> {
    let address = url(reader, fields);
    let token_ref = secret_reference(reader, fields, "tokenRef");
    let has_certificate = reader.optional(fields, "caCertRef").is_some();
    let certificate = has_certificate.then(|| secret_reference(reader, fields, "caCertRef"));
    let ca_cert_ref = match certificate {
        None => None,
        Some(read) => Some(read?.to_owned()),
    };
    Some(ClusterAccess::ServiceAccount {
        url: address?.to_owned(),
        token_ref: token_ref?.to_owned(),
        ca_cert_ref,
    })
}
