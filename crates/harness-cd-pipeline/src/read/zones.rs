//! Which time zones there are: the names of the IANA database, as the test holds against it. What they mean is known to
//! whoever asks the clock.

use harness_cd_model::codes;
use harness_cd_model::words::nearest;
use harness_cd_yaml::{At, Reader};

/// An area in each line, with its places.
const ZONES: &str = include_str!("zones.txt");

/// A time zone that there is.
pub(super) fn time_zone<'n>(reader: &mut Reader<'_>, at: &At<'n>) -> Option<&'n str> {
    let zone = reader.string(at)?;
    let names: Vec<String> = names().collect();
    if names.iter().any(|name| name == zone) {
        return Some(zone);
    }
    let hint = match meant(zone, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a place of the IANA database, such as Europe/Helsinki, or UTC".to_owned(),
    };
    reader.error(codes::WRONG_FORM, at, format!("there is no time zone `{zone}`"), hint);
    None
}

/// What somebody may have meant: a zone in other letters, the place of a city, or a place that is misspelt. Between the
/// short names of clocks, as `EEST` and `EET` or `GMT+2` and `GMT+0`, a slip of the pen and another clock are not told apart.
fn meant<'z>(written: &str, zones: &'z [String]) -> Option<&'z str> {
    let city = written.replace(' ', "_");
    let is_city = |zone: &&str| {
        zone.rsplit('/')
            .next()
            .is_some_and(|last| last.eq_ignore_ascii_case(&city))
    };
    let mut all = zones.iter().map(String::as_str);
    let is_place = |zone: &&str| zone.contains('/') && !zone.starts_with("Etc/");
    let places = || zones.iter().map(String::as_str).filter(is_place);
    let misspelt = || is_place(&written).then(|| nearest(written, places())).flatten();
    all.find(|zone| zone.eq_ignore_ascii_case(written))
        .or_else(|| places().find(is_city))
        .or_else(misspelt)
}

fn names() -> impl Iterator<Item = String> {
    let areas = ZONES.lines().filter_map(|line| line.split_once(':'));
    areas.flat_map(|(area, places)| places.split_whitespace().map(move |place| format!("{area}{place}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_database() {
        let mut ours: Vec<String> = names().collect();
        ours.sort();
        let theirs: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        assert_eq!(
            theirs.iter().filter(|name| !ours.contains(name)).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
        assert!(
            ours.len() > 500 && ours.windows(2).all(|pair| pair[0] != pair[1]),
            "{}",
            ours.len()
        );
    }
}
