//! The way from the root of a document to one of its leaves, as Harness's merge sees it.

/// A place in a document. Two documents speak of the same place where their paths are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path(Vec<Node>);

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Field(String),
    /// The elements of every `parallel` of a list. Source: run-inputs §9 [CORE FQN: which group does not matter].
    Parallel,
    Element {
        /// The one field around it, as in `- stage: {…}`.
        wrapper: Option<String>,
        key: &'static str,
        value: String,
    },
}

impl Path {
    pub(crate) fn root(name: &str) -> Self {
        Self::default().field(name)
    }

    pub(crate) fn field(&self, name: &str) -> Self {
        self.with(Node::Field(name.to_owned()))
    }

    pub(crate) fn with(&self, node: Node) -> Self {
        Self(self.0.iter().cloned().chain([node]).collect())
    }

    pub(crate) fn starts_with(&self, start: &Self) -> bool {
        self.0.starts_with(&start.0)
    }

    /// The last field's name; empty behind an element.
    pub(crate) fn last_field(&self) -> &str {
        match self.0.last() {
            Some(Node::Field(name)) => name,
            _ => "",
        }
    }

    /// Whether this is what tells the thing that holds it from others: `type`, `identifier`, the name of a variable.
    /// Source: run-inputs §1.3 [CORE MergeHelper].
    pub(crate) fn tells_apart(&self) -> bool {
        let named_by_name = || {
            matches!(
                self.0.as_slice(),
                [.., Node::Element { wrapper: None, .. }, Node::Field(_)]
            )
        };
        match self.last_field() {
            "type" | "identifier" => true,
            "name" => named_by_name(),
            _ => false,
        }
    }

    /// Whether one of the fields is the last of the path, and none of them stands before.
    pub(crate) fn first_ends_with(&self, names: &[&str]) -> bool {
        let named = |node: &Node| matches!(node, Node::Field(name) if names.contains(&name.as_str()));
        self.0
            .iter()
            .position(named)
            .is_some_and(|first| first + 1 == self.0.len())
    }

    /// The place in Harness's messages: fields and the keys of elements joined by dots, without wrappers, `parallel`
    /// and the `value` of a variable. Source: run-inputs §1.3, §6 [CORE FQN]; harness-api §0.5.
    pub(crate) fn fqn(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        let mut behind_name = false;
        for node in &self.0 {
            match node {
                Node::Field(name) if behind_name && name == "value" => {}
                Node::Field(name) => words.push(name),
                Node::Parallel => {}
                Node::Element { value, .. } => words.push(value),
            }
            behind_name = matches!(node, Node::Element { key: "name", .. });
        }
        words.join(".")
    }
}
