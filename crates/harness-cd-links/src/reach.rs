//! What of Harness the catalog may reach: whoever writes an entity's file writes any address into it, and the portal's
//! keys reach further than its entities should.

use serde::{Deserialize, Serialize};

use crate::is_page_of;

/// Something of Harness that an entity names, and what the portal may reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ReachQuestion {
    /// What it is about, as a sentence begins: `The pipeline shop_cd`.
    pub what: String,
    /// The address that names it, where one does.
    #[serde(default)]
    pub url: Option<String>,
    /// Its account.
    pub account: String,
    /// Its organization; absent for a page of an account.
    #[serde(default)]
    pub org: Option<String>,
    /// Its project; absent for a page of an account or an organization.
    #[serde(default)]
    pub project: Option<String>,
    /// The accounts that the portal is configured for.
    pub accounts: Vec<AccountReach>,
}

/// An account that a portal has a key of, and how far its entities reach in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AccountReach {
    /// The account's identifier.
    pub id: String,
    /// Where its Harness is.
    pub base_url: String,
    /// Projects as `org/project`; a `*` in either part stands for any text.
    pub projects: Vec<String>,
    /// Where in the configuration the projects stand, for the sentence.
    pub configured_at: String,
}

/// Whether something of Harness may be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Reach {
    /// It may.
    Within,
    /// It may not.
    Outside {
        /// Where it is, and what is configured.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// Judges whether something of Harness is in an account and a project that the portal is configured for: the account by
/// its identifier and by the host of its address, the project by the account's list.
#[must_use]
pub fn judge_reach(question: &ReachQuestion) -> Reach {
    let ReachQuestion {
        what,
        account,
        accounts,
        ..
    } = question;
    let mut of_id = accounts.iter().filter(|own| own.id == *account).peekable();
    let is_there = |own: &AccountReach| question.url.as_ref().is_none_or(|url| is_page_of(url, &own.base_url));
    let Some(first) = of_id.peek().copied() else {
        return outside(
            format!("{what} is in the account {account}, of which harnessCd in app-config has no key"),
            "Compare the account in the entity's harness.io annotation with those of harnessCd in app-config",
        );
    };
    let Some(own) = of_id.find(|own| is_there(own)) else {
        let url = question.url.as_deref().unwrap_or_default();
        return outside(
            format!(
                "{what} is at {}; the Harness of the account {account} is {} by app-config",
                host_of(url),
                first.base_url
            ),
            "Compare the host in the entity's harness.io annotation with the account's baseUrl in app-config",
        );
    };
    let (Some(org), Some(project)) = (&question.org, &question.project) else {
        return outside(
            format!("{what} is in the account {account} and in none of its projects"),
            "Name a pipeline or a service of a project in the entity's harness.io annotation",
        );
    };
    if own.projects.iter().any(|pattern| covers(pattern, org, project)) {
        return Reach::Within;
    }
    let AccountReach {
        configured_at,
        projects,
        ..
    } = own;
    outside(
        format!(
            "{what} is in the project {org}/{project} of the account {account}; app-config allows {} there ({configured_at})",
            projects.join(", ")
        ),
        &format!("Correct the entity's harness.io annotation, or allow {org}/{project} in {configured_at}"),
    )
}

fn outside(message: String, hint: &str) -> Reach {
    Reach::Outside {
        message,
        hint: hint.to_owned(),
    }
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Whether `org/project` with wildcards covers a project.
fn covers(pattern: &str, org: &str, project: &str) -> bool {
    let parts = pattern.split_once('/');
    parts.is_some_and(|(orgs, projects)| is_like(orgs, org) && is_like(projects, project))
}

/// Whether a text is like a pattern in which `*` stands for any text.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    let mut ends = starts.filter_map(|at| rest.get(at..));
    ends.any(|end| is_like(after, end))
}
