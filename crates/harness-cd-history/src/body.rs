//! A body as a whole.

use serde::de::DeserializeSeed;

use crate::ShapeError;

/// Reads a whole body, and says what it is where it is no JSON.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(body: &'de [u8], seed: S) -> Result<S::Value, ShapeError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    match body.first() {
        None => return Err(ShapeError::Empty),
        Some(b'<') => return Err(ShapeError::WebPage),
        Some(_) => {}
    }
    // Checked as a whole: every text in it would otherwise be checked by itself.
    let body = str::from_utf8(body).map_err(|error| ShapeError::NotJson(error.to_string()))?;
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let value = seed.deserialize(&mut deserializer);
    value
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| match error.is_data() {
            // Everything else that is JSON can be read.
            true => ShapeError::TooMany,
            false => ShapeError::NotJson(error.to_string()),
        })
}
