/// What Harness keeps of a delivery, each kind with endpoints and a YAML form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A pipeline.
    Pipeline,
    /// An input set of a pipeline.
    InputSet,
    /// A trigger of a pipeline.
    Trigger,
    /// A service.
    Service,
    /// An environment.
    Environment,
    /// An infrastructure definition of an environment.
    Infrastructure,
    /// A connector.
    Connector,
}
