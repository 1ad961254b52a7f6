//! Walks the two graphs of an execution: its stages, and the steps of a stage.

/// Finds nodes by their ids.
pub(crate) struct Index<'a>(Vec<(&'a str, usize)>);

impl<'a> Index<'a> {
    pub(crate) fn new(ids: impl Iterator<Item = &'a str>) -> Self {
        let mut sorted: Vec<_> = ids.enumerate().map(|(node, id)| (id, node)).collect();
        sorted.sort_unstable();
        Self(sorted)
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        let place = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.0.get(place).map(|(_, node)| *node)
    }
}

/// A node met on the walk, and the visit of the node it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) node: usize,
    pub(crate) parent: Option<usize>,
}

/// Nodes from `starts` on in the order of execution: a node, then what lies in it, then what follows it. Each is met
/// once, whatever the edges say.
pub(crate) fn walk<C, N>(
    count: usize,
    starts: impl IntoIterator<Item = usize>,
    edges: impl Fn(usize) -> (C, N),
) -> Vec<Visit>
where
    C: DoubleEndedIterator<Item = usize>,
    N: DoubleEndedIterator<Item = usize>,
{
    let mut met = vec![false; count];
    let mut order = Vec::with_capacity(count);
    let mut ahead: Vec<Visit> = starts.into_iter().map(|node| Visit { node, parent: None }).collect();
    ahead.reverse();
    while let Some(visit) = ahead.pop() {
        match met.get_mut(visit.node) {
            Some(met) if !*met => *met = true,
            _ => continue,
        }
        let place = order.len();
        order.push(visit);
        let (children, next) = edges(visit.node);
        ahead.extend(next.rev().map(|node| Visit { node, ..visit }));
        ahead.extend(children.rev().map(|node| Visit {
            node,
            parent: Some(place),
        }));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(starts: &[usize], edges: &[(&[usize], &[usize])]) -> Vec<usize> {
        let visits = walk(edges.len(), starts.iter().copied(), |node| {
            let (children, next) = edges[node];
            (children.iter().copied(), next.iter().copied())
        });
        visits.iter().map(|visit| visit.node).collect()
    }

    #[test]
    fn children_come_before_what_follows() {
        let edges: [(&[usize], &[usize]); 5] = [(&[], &[3]), (&[], &[2]), (&[], &[]), (&[1, 4], &[]), (&[], &[])];
        assert_eq!(order(&[0], &edges), [0, 3, 1, 2, 4]);
    }

    #[test]
    fn circles_and_strangers_end() {
        assert_eq!(order(&[0, 7], &[(&[0, 1], &[1, 9]), (&[], &[0])]), [0, 1]);
    }
}
