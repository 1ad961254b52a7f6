/// A step where the simulator is known to answer otherwise than the facts say.
#[derive(Debug)]
pub(crate) struct KnownDifference {
    /// The file below `examples/requests`, such as `agent-server/04-abort.yaml`.
    pub(crate) file: &'static str,
    /// The name of the step.
    pub(crate) step: &'static str,
    /// Why the simulator is right all the same, or what stands in the way.
    pub(crate) reason: &'static str,
}

/// The steps that may differ. One that does not differ any more fails the test, so that the list cannot grow old.
pub(crate) const KNOWN_DIFFERENCES: &[KnownDifference] = &[];
