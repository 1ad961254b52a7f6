//! Strict YAML with positions: text to a tree that knows where every node stands.
//!
//! [`parse`] takes one document and refuses what has no place in a file that people review: duplicate keys, anchors
//! and aliases, tags, several documents, extreme depth and size; [`parse_documents`] takes several. [`Reader`] turns a tree into typed values and
//! collects every finding on the way. [`scalar`] knows which text may stand without quotes.
//!
//! ```
//! let document = harness_cd_yaml::parse("platform.yaml", b"regions: [euw1, euw2]").unwrap();
//! let regions = document.root.get("regions").unwrap();
//! assert_eq!(regions.items().filter_map(|region| region.as_str()).collect::<Vec<_>>(), ["euw1", "euw2"]);
//! ```

mod keys;
mod lines;
mod load;
mod reader;
pub mod scalar;
mod slip;
mod tree;
mod unseen;

pub use keys::{Beside, Key, Keys, Kind, KnownKey, Presence};
pub use lines::Lines;
pub use load::{MAX_BYTES, MAX_DEPTH, MAX_NODES, decode, parse, parse_documents, parse_text};
pub use reader::{At, Fields, Reader};
pub use tree::{Document, Entry, Node, Scalar, ScalarStyle, Value, child_pointer};
pub use unseen::has_unseen;
