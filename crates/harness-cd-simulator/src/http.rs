use std::time::Duration;

use crate::faults::Delivery;

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
}

/// An answer, and how it is to leave the server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Held back for so long, in wall time.
    pub delay: Duration,
    /// Whole, cut or not at all.
    pub delivery: Delivery,
}
