//! Text to text: placeholders replaced inside YAML scalars, Harness expressions untouched byte for byte.
