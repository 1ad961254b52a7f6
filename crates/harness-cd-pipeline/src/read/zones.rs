//! Which time zones there are: the names of the IANA database, as the test holds against it. What they mean is known to
//! whoever asks the clock.

use harness_cd_model::codes;
use harness_cd_model::words::did_you_mean;
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
    let near = did_you_mean(zone, names.iter().map(String::as_str));
    let hint = near.unwrap_or_else(|| "write an IANA time zone, as in Europe/Berlin or UTC".to_owned());
    reader.error(codes::WRONG_FORM, at, format!("there is no time zone `{zone}`"), hint);
    None
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
