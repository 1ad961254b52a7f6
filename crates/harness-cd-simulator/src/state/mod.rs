//! What the simulated Harness holds besides its runs: who and where, entities, and the answers to open questions.

pub(crate) mod body;
pub(crate) mod builds;
pub(crate) mod clock;
pub(crate) mod connectivity;
pub(crate) mod entity;
pub(crate) mod events;
pub(crate) mod git;
pub(crate) mod ids;
pub(crate) mod logs;
pub mod modes;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod preflights;
pub(crate) mod random;
pub(crate) mod scope;
pub(crate) mod store;
pub(crate) mod told;
pub(crate) mod traffic;
pub(crate) mod truth;
pub(crate) mod usages;
pub(crate) mod world_file;
