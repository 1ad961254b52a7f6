//! Text to text: placeholders replaced inside YAML scalars, Harness expressions untouched byte for byte.

/// A template that has been read.
#[derive(Clone, Debug)]
pub struct Template {}
