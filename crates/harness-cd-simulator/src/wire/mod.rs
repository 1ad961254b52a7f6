//! What goes over the wire: requests, answers, faults, limits, and the sockets below.

pub(crate) mod armed;
pub(crate) mod body;
pub(crate) mod delivery;
pub(crate) mod faults;
pub(crate) mod limits;
pub(crate) mod message;
pub(crate) mod refusal;
pub(crate) mod request_log;
pub(crate) mod respond;
pub(crate) mod socket;
