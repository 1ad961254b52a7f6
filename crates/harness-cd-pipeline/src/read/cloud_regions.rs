//! Regions that are called as a cloud calls its own: what is described there is there.

use harness_cd_model::{Cluster, ClusterAccess, codes};
use harness_cd_yaml::{At, Fields, Reader};

use super::declared::Declared;

/// Whether Amazon has regions of such a name, as `eu-west-1` and `us-gov-west-1`. Source: the regions and zones of its
/// documentation.
pub(super) fn is_amazons(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let [continent, between @ .., number] = parts.as_slice() else {
        return false;
    };
    let is_word = |part: &&str| part.bytes().all(|b| b.is_ascii_lowercase()) && part.len() > 1;
    continent.len() == 2
        && is_word(continent)
        && (1..=2).contains(&between.len())
        && between.iter().all(is_word)
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether Google has regions of such a name, as `europe-west1`. Source: the regions and zones of its documentation.
pub(super) fn is_googles(name: &str) -> bool {
    let Some((continent, place)) = name.split_once('-') else {
        return false;
    };
    let word = place.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_word = |part: &str| part.len() > 3 && part.bytes().all(|b| b.is_ascii_lowercase());
    (is_word(continent) || ["us", "me", "asia"].contains(&continent))
        && is_word(word)
        && (1..=2).contains(&(place.len() - word.len()))
}

/// Whether something in a region or a zone of a cloud is elsewhere than in a region: both are called as that cloud calls
/// its own, and differ.
fn is_elsewhere(location: &str, region: &str) -> bool {
    // A zone of Google's has a letter behind its region.
    let zone = location.rsplit_once('-').filter(|(_, letter)| letter.len() == 1);
    let of_google = zone.map_or(
        location,
        |(region, _)| if is_googles(region) { region } else { location },
    );
    let is_of = |cloud: fn(&str) -> bool, location: &str| cloud(location) && cloud(region) && location != region;
    is_of(is_amazons, location) || is_of(is_googles, of_google)
}

/// A cluster that stands in a region of a cloud stands in the region that it is described for. Answers whether it does, as
/// far as that is known.
pub(super) fn require_of_cluster(reader: &mut Reader<'_>, fields: &Fields<'_>, cluster: &Cluster) -> bool {
    let (ClusterAccess::Eks { cluster: located, .. } | ClusterAccess::Gke { cluster: located, .. }) = &cluster.access
    else {
        return true;
    };
    let Some((location, _)) = located.split_once('/') else {
        return true;
    };
    let at = fields.at().get("credentials").and_then(|at| at.get("cluster"));
    let elsewhere = at.filter(|_| is_elsewhere(location, &cluster.region));
    if let Some(at) = &elsewhere {
        let (name, region) = (&cluster.name, &cluster.region);
        let message =
            format!("`{name}` is described for the region `{region}`, and `{located}` is a cluster in `{location}`");
        let hint = format!("name the cluster in `{region}`, or write the `region` that is meant");
        reader.error(codes::CONTRADICTION, at, message, hint);
    }
    elsewhere.is_none()
}

/// The same for what the spec of an infrastructure definition says, which may name another region that is declared.
pub(super) fn require_of_spec(reader: &mut Reader<'_>, spec: &At<'_>, regions: &[String], declared: &Declared<'_>) {
    let at = spec.get("region");
    let Some((at, location)) = at.and_then(|at| Some((at.clone(), at.node.text()?))) else {
        return;
    };
    let is_other =
        |region: &&String| is_elsewhere(location, region) || declared.contains(location) && location != region.as_str();
    if let Some(region) = regions.iter().find(is_other) {
        let message = format!("what is deployed in the region `{region}` would go to `{location}`");
        let hint = "write `{{REGION}}`, or name the regions that are meant under `regions`";
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
}

#[cfg(test)]
mod tests {
    use super::is_elsewhere;

    #[test]
    fn regions_are_compared_as_one_cloud_calls_them() {
        for (location, region) in [
            ("eu-west-1", "eu-central-1"),
            ("us-gov-west-1", "us-gov-east-1"),
            ("ap-southeast-1", "ap-southeast-2"),
            ("europe-west1", "europe-west4"),
            ("europe-west1-b", "europe-west4"),
            ("us-east1", "asia-east1"),
        ] {
            assert!(is_elsewhere(location, region), "{location} {region}");
        }
        for (location, region) in [
            ("eu-west-1", "eu-west-1"),
            ("eu-west-1", "euw1"),
            ("eu-west-1", "europe-west1"),
            ("europe-west1-b", "europe-west1"),
            ("europe-west1", "frankfurt"),
            ("{{REGION}}", "eu-west-1"),
            ("<+infra.region>", "eu-west-1"),
        ] {
            assert!(!is_elsewhere(location, region), "{location} {region}");
        }
    }
}
