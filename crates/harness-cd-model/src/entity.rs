use crate::EntityScope;

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

/// An entity as a config repository describes it.
///
/// Its kind, scope, parent and identifier together tell it from every other: Harness asks for no more to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Where it stands.
    pub scope: EntityScope,
    /// The identifier of what it belongs to: the pipeline of an input set or trigger, the environment of an
    /// infrastructure definition. `None` for what stands on its own.
    pub parent: Option<String>,
    /// Its identifier; of its own among its kind in its scope and parent.
    pub identifier: String,
    /// Its text.
    pub yaml: String,
}
