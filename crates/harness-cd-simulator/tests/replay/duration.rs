use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// `500ms`, `30s`, `10m` or `2h`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(pub(crate) Duration);

impl Span {
    pub(crate) fn ms(self) -> u64 {
        u64::try_from(self.0.as_millis()).expect("a span fits in 64 bits of ms")
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
        units
            .iter()
            .find_map(|(unit, ms)| Some(text.strip_suffix(unit)?.parse::<u64>().ok()? * ms))
            .map(|ms| Self(Duration::from_millis(ms)))
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no span of time: 500ms, 30s, 10m, 2h")))
    }
}
