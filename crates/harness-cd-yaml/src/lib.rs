//! Strict YAML with positions: text to a tree that knows where every node stands.
