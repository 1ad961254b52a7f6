//! What `platform.yaml` declares by name, sound or not: what is wrong with a declaration is told where it stands, and
//! not again wherever its name is used.

use harness_cd_yaml::{At, Fields, Node, Reader, Value, has_unseen};

use super::forms::scope_meant;
use super::names::is_label;

/// The names of one kind of thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared<'n> {
    names: Vec<&'n str>,
    /// Whether every declaration has a name of its own that could be read. Where one has none, an unknown name may be its.
    is_whole: bool,
}

impl<'n> Declared<'n> {
    /// All that there is.
    pub(super) fn whole(names: Vec<&'n str>) -> Self {
        Self { names, is_whole: true }
    }

    /// The names of a list's items: each a name, or what has one under `name`.
    fn under(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str, presence: Presence) -> Self {
        match reader.optional(fields, key) {
            Some(at) => Self::in_list(&at, name_of),
            None => Self {
                is_whole: presence == Presence::Optional,
                ..Self::default()
            },
        }
    }

    fn in_list(list: &At<'n>, name_of: fn(&'n Node) -> Option<&'n str>) -> Self {
        let mut written: Vec<&str> = list.node.items().filter_map(name_of).collect();
        written.retain(|name| !has_unseen(name));
        let (read, count) = (written.len(), list.node.items().count());
        let mut names: Vec<&str> = Vec::new();
        for name in written {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // What is described there twice was meant to be another; a word alone is only repeated.
        let words = list.node.items().filter(|item| item.as_str().is_some()).count();
        let are_read = read == count && (names.len() == count || words == count);
        let is_whole = matches!(list.node.value, Value::Sequence(_)) && are_read;
        Self { names, is_whole }
    }

    /// What has to be written as a label: where it is not, whoever names it may have written it rightly.
    fn labels(mut self) -> Self {
        self.is_whole &= self.names.iter().all(|name| is_label(name));
        self
    }

    /// What may have a scope: where one is misspelt, whoever names it may have written it rightly.
    fn scoped(mut self) -> Self {
        self.is_whole &= self.names.iter().all(|name| scope_meant(name).is_none());
        self
    }

    pub(super) fn with(mut self, name: &'n str) -> Self {
        self.names.push(name);
        self
    }

    pub(super) fn names(&self) -> &[&'n str] {
        &self.names
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// Whether a name that is not among these is one that nobody declares.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }
}

/// Whether a list may be absent.
#[derive(Clone, Copy, PartialEq)]
enum Presence {
    Required,
    Optional,
}

fn name_of(item: &Node) -> Option<&str> {
    item.as_str().or_else(|| item.get("name")?.as_str())
}

/// Everything that is declared by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Declarations<'n> {
    /// The platform's own is called by its identifier.
    pub(super) projects: Declared<'n>,
    pub(super) networks: Declared<'n>,
    pub(super) delegates: Declared<'n>,
    pub(super) regions: Declared<'n>,
    pub(super) environments: Declared<'n>,
    pub(super) registries: Declared<'n>,
    pub(super) repositories: Declared<'n>,
    pub(super) archetypes: Declared<'n>,
    pub(super) approval_groups: Declared<'n>,
    pub(super) change_windows: Declared<'n>,
}

impl<'n> Declarations<'n> {
    /// `with_template` are archetypes that have a template, described or not.
    pub(super) fn of(reader: &mut Reader<'_>, fields: &Fields<'n>, with_template: &[&'n str]) -> Self {
        use Presence::{Optional, Required};
        let own_project = fields.at().get("project").and_then(|at| at.node.as_str());
        let mut under = |key: &str, presence| Declared::under(reader, fields, key, presence);
        Self {
            projects: own_project
                .into_iter()
                .fold(under("projects", Optional), Declared::with),
            networks: under("networks", Required),
            delegates: under("delegates", Required).labels(),
            regions: under("regions", Required).labels(),
            environments: under("environments", Required).labels(),
            archetypes: with_template
                .iter()
                .fold(under("archetypes", Optional), |known, name| known.with(name)),
            approval_groups: under("approvalGroups", Optional).scoped(),
            change_windows: under("changeWindows", Optional),
            registries: one_or_several(reader, fields, ("registry", "registries")),
            repositories: one_or_several(reader, fields, ("manifests", "repositories")),
        }
    }
}

/// The only one, or the first of several: each by its name, or by that of its connector.
fn one_or_several<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, (one, several): (&str, &str)) -> Declared<'n> {
    let name = |item: &'n Node| item.get("name").or_else(|| item.get("connector"))?.as_str();
    let first = reader.optional(fields, one).map(|at| name(at.node));
    let others = reader.optional(fields, several).map(|at| Declared::in_list(&at, name));
    let is_whole = match (&first, &others) {
        (None, None) => false,
        (first, others) => *first != Some(None) && others.as_ref().is_none_or(Declared::is_whole),
    };
    let others = others.unwrap_or_default();
    Declared {
        names: first.flatten().into_iter().chain(others.names).collect(),
        is_whole,
    }
}
