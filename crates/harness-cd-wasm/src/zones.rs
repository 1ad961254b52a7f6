//! Time zones, asked of `Intl`.

use harness_cd_model::TimeZones;
use js_sys::Intl::{DateTimeFormatOptions, TimeZoneNameFormat};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Declared here because js-sys's own constructor does not expect the refusal of an unknown zone.
    #[wasm_bindgen(js_namespace = Intl)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new(locale: &str, options: &DateTimeFormatOptions) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn format(this: &DateTimeFormat, epoch_ms: f64) -> Result<String, JsValue>;
}

/// The zones that this JavaScript engine knows.
pub(crate) struct IntlZones;

impl TimeZones for IntlZones {
    fn offset_seconds(&self, zone: &str, epoch_ms: i64) -> Option<i32> {
        let options = DateTimeFormatOptions::new();
        options.set_time_zone(zone);
        options.set_time_zone_name(TimeZoneNameFormat::LongOffset);
        let format = DateTimeFormat::new("en-US", &options).ok()?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "the ms of 200,000 years are exact in a double"
        )]
        let text = format.format(epoch_ms as f64).ok()?;
        parse_offset(text.rsplit_once("GMT")?.1)
    }
}

/// Seconds of an offset as `Intl` writes it: nothing, `+05:30`, or with seconds for old dates.
fn parse_offset(text: &str) -> Option<i32> {
    let Some(digits) = text.strip_prefix(['+', '-', '\u{2212}']) else {
        return text.is_empty().then_some(0);
    };
    let mut parts = digits.split(':').map(|part| part.parse::<i32>().ok());
    let hours = parts.next()??;
    let minutes = parts.next().unwrap_or(Some(0))?;
    let seconds = parts.next().unwrap_or(Some(0))?;
    let size = hours * 3600 + minutes * 60 + seconds;
    Some(if text.starts_with('+') { size } else { -size })
}

#[cfg(test)]
mod tests {
    use super::parse_offset;

    #[test]
    fn offsets_as_intl_writes_them() {
        for (text, seconds) in [
            ("", 0),
            ("+01:00", 3600),
            ("-05:00", -18_000),
            ("+05:30", 19_800),
            ("-00:01:15", -75),
        ] {
            assert_eq!(parse_offset(text), Some(seconds), "{text}");
        }
        for text in ["x", "+", "+a:00", "+01:x"] {
            assert_eq!(parse_offset(text), None, "{text}");
        }
    }
}
