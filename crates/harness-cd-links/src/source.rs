//! Where the source of what was deployed can be looked at: the commit that is in a version's name, at the host of the
//! entity's source.

use serde::{Deserialize, Serialize};

/// A page of the host of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SourceLink {
    /// The commit of the version, as its name has it: abbreviated, or in full.
    pub commit: String,
    /// The commit that the page compares it with; absent where the page shows the commit alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The address of the page.
    pub url: String,
}

/// The page of a version's commit, or of what lies between it and the version that ran before.
///
/// `source` is an entity's annotation `backstage.io/source-location`, for example
/// `url:https://github.com/acme/shop/tree/main/`; GitHub, GitLab, Bitbucket and Azure Repos are known, in the cloud and
/// by their usual addresses elsewhere. `None` where no commit is in the version's name, or the host is another.
#[must_use]
pub fn source_link(source: &str, version: &str, before: Option<&str>) -> Option<SourceLink> {
    let commit = commit_in(version)?;
    let repository = Repository::of(source)?;
    let since = before.and_then(commit_in).filter(|since| *since != commit);
    let url = match since {
        Some(since) => repository.comparison(since, commit),
        None => repository.commit(commit),
    };
    Some(SourceLink {
        commit: commit.to_owned(),
        since: since.map(str::to_owned),
        url,
    })
}

/// The commit in a version's name: `3f2a9c1`, `main-3f2a9c1`, `sha-3f2a9c1…`, or `v2.3.1-4-g3f2a9c1` as `git describe`
/// has it.
fn commit_in(version: &str) -> Option<&str> {
    // A digest is no commit.
    if version.contains(':') {
        return None;
    }
    let parts = version.rsplit(['-', '_', '.', '+', '/']);
    parts
        .map(|part| part.strip_prefix('g').unwrap_or(part))
        .find(|part| is_commit(part))
}

/// Whether a text can be nothing but a commit: a date has digits alone, and a word has none.
fn is_commit(text: &str) -> bool {
    const FULL: usize = 40;
    const SHORT: usize = 7;
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_mixed =
        || text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_hex && (text.len() == FULL || (SHORT..FULL).contains(&text.len()) && is_mixed())
}

/// Whose pages a repository has.
#[derive(Clone, Copy)]
enum Host {
    GitHub,
    GitLab,
    BitbucketCloud,
    BitbucketServer,
    Azure,
}

struct Repository {
    host: Host,
    /// The address of its own page, without a slash at its end.
    page: String,
}

impl Repository {
    fn of(source: &str) -> Option<Self> {
        let address = source.strip_prefix("url:").unwrap_or(source);
        let address = address.split(['?', '#']).next()?.trim_end_matches('/');
        let rest = address.strip_prefix("https://")?;
        let (name, path) = rest.split_once('/')?;
        let segments: Vec<&str> = path.split('/').collect();
        let has = |host: &str| name.split(['.', ':']).any(|part| part.eq_ignore_ascii_case(host));
        let place = |word: &str| segments.iter().position(|one| *one == word);
        let (host, length) = match (place("_git"), place("-"), segments.as_slice()) {
            (Some(git), ..) => (Host::Azure, git + 2),
            (_, _, ["projects" | "users", _, "repos", _, ..]) => (Host::BitbucketServer, 4),
            (_, Some(dash), _) => (Host::GitLab, dash),
            _ if has("gitlab") => (Host::GitLab, segments.len()),
            (_, _, [_, _, ..]) if has("bitbucket") => (Host::BitbucketCloud, 2),
            (_, _, [_, _, ..]) if has("github") => (Host::GitHub, 2),
            (_, _, [_, _, "tree" | "blob", ..]) => (Host::GitHub, 2),
            _ => return None,
        };
        let own = segments.get(..length).filter(|own| !own.is_empty())?;
        if own.contains(&"") {
            return None;
        }
        let own = own.join("/");
        let own = own.strip_suffix(".git").unwrap_or(&own);
        let page = format!("https://{name}/{own}");
        Some(Self { host, page })
    }

    fn commit(&self, commit: &str) -> String {
        let path = match self.host {
            Host::GitHub | Host::Azure => "commit",
            Host::GitLab => "-/commit",
            Host::BitbucketCloud | Host::BitbucketServer => "commits",
        };
        format!("{}/{path}/{commit}", self.page)
    }

    /// All that differs, also where the later version is the older commit.
    fn comparison(&self, since: &str, commit: &str) -> String {
        let page = &self.page;
        match self.host {
            Host::GitHub => format!("{page}/compare/{since}..{commit}"),
            Host::GitLab => format!("{page}/-/compare/{since}...{commit}?straight=true"),
            Host::BitbucketCloud => format!("{page}/branches/compare/{commit}..{since}#diff"),
            Host::BitbucketServer => format!("{page}/compare/diff?targetBranch={since}&sourceBranch={commit}"),
            Host::Azure => format!("{page}/branchCompare?baseVersion=GC{since}&targetVersion=GC{commit}"),
        }
    }
}
