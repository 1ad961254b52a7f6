//! How an answer leaves the server: as it is, or as bad networks and gateways deliver it.

use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::message::Answer;

/// How an answer leaves the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Delivery {
    /// As it is.
    #[default]
    Whole,
    /// Not at all: the connection is reset.
    Reset,
    /// The head with the length of all of it, and a part of the body; then the connection ends.
    Cut {
        /// How many bytes of the body arrive; half of them where nothing is said.
        #[serde(default)]
        bytes: Option<usize>,
    },
    /// The head at once, the body little by little.
    Drip {
        /// How many bytes at a time.
        #[serde(default = "one_byte")]
        bytes: usize,
        /// How long after one another, in ms of wall time.
        #[serde(default = "usual_pause_ms")]
        every_ms: u64,
    },
    /// Filled up with blanks, which JSON allows.
    Huge {
        /// To so many bytes.
        bytes: usize,
    },
    /// Compressed, whatever the client accepts.
    Gzip,
    /// Filled up with blanks and compressed: small on the way, large at the client.
    Bomb {
        /// To so many bytes before it is compressed.
        bytes: usize,
    },
}

fn one_byte() -> usize {
    1
}

fn usual_pause_ms() -> u64 {
    100
}

impl Delivery {
    /// Whether the body is another one, which takes time to make.
    pub(crate) fn changes_body(self) -> bool {
        matches!(self, Self::Huge { .. } | Self::Gzip | Self::Bomb { .. })
    }
}

/// The answer with the body that its delivery asks for.
pub(crate) fn dress(answer: Answer) -> Answer {
    match answer.delivery {
        Delivery::Huge { bytes } => padded(answer, bytes),
        Delivery::Gzip => compressed(answer, 0),
        Delivery::Bomb { bytes } => compressed(answer, bytes),
        Delivery::Whole | Delivery::Reset | Delivery::Cut { .. } | Delivery::Drip { .. } => answer,
    }
}

fn padded(mut answer: Answer, bytes: usize) -> Answer {
    let length = bytes.max(answer.body.len());
    answer.body.resize(length, b' ');
    answer
}

fn compressed(mut answer: Answer, bytes: usize) -> Answer {
    let blanks = bytes.saturating_sub(answer.body.len());
    // Writing to memory does not fail.
    answer.body = gzip(&answer.body, blanks).unwrap_or_default();
    answer.headers.push(("content-encoding", "gzip".to_owned()));
    answer
}

fn gzip(body: &[u8], blanks: usize) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    io::copy(
        &mut io::repeat(b' ').take(u64::try_from(blanks).unwrap_or(u64::MAX)),
        &mut encoder,
    )?;
    encoder.finish()
}
