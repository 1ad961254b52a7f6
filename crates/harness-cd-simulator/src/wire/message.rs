//! Requests and answers as the state machine sees them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::time::Duration;

use super::delivery::Delivery;

/// A request as the state machine sees it. No `Debug`: its headers hold the key.
#[derive(Clone, Default)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// As it came, without the query.
    pub path: String,
    /// As it came, without the question mark.
    pub query: String,
    /// The query's pairs in their order, percent-decoded; a name may come several times.
    pub parameters: Vec<(String, String)>,
    /// Header names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Where it comes from, as far as that is known.
    pub peer: Option<IpAddr>,
}

impl Request {
    /// The first query parameter of that name that is not empty.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.parameters.iter();
        pairs
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every query parameter of that name that is not empty.
    pub fn parameters_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.parameters.iter();
        pairs
            .filter(move |(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A header by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A short name for the key that it carries, which shows nothing of the key.
    pub(crate) fn fingerprint(&self) -> Option<String> {
        self.header("x-api-key").map(fingerprint)
    }

    /// How long its address is, in bytes.
    pub(crate) fn address_length(&self) -> usize {
        self.path.len() + self.query.len() + usize::from(!self.query.is_empty())
    }

    /// How many characters its body has.
    pub(crate) fn body_characters(&self) -> usize {
        self.body.iter().filter(|byte| !is_continuation(**byte)).count()
    }
}

/// Whether a byte of UTF-8 goes on with a character that an earlier one began.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// See [`Request::fingerprint`].
pub(crate) fn fingerprint(key: &str) -> String {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// An answer, and how it is to leave the server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Held back for so long, in wall time.
    pub delay: Duration,
    /// Whole, cut, dripping or not at all.
    pub delivery: Delivery,
}
