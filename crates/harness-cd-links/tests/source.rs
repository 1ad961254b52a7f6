//! Links to the source of a version.

use harness_cd_links::{SourceLink, source_link};
use proptest::prelude::*;

const GITHUB: &str = "url:https://github.com/acme/shop/tree/main/services/cart/";

fn url(source: &str, version: &str, before: Option<&str>) -> Option<String> {
    source_link(source, version, before).map(|link| link.url)
}

#[test]
fn the_commit_is_read_off_the_names_that_tags_have() {
    let full = "3f2a9c1b5d6e7f8091a2b3c4d5e6f708192a3b4c";
    for (version, commit) in [
        ("3f2a9c1", "3f2a9c1"),
        (full, full),
        ("main-3f2a9c1", "3f2a9c1"),
        ("sha-3f2a9c1b", "3f2a9c1b"),
        ("v2.3.1-4-g3f2a9c1", "3f2a9c1"),
        ("2.3.1+3f2a9c1", "3f2a9c1"),
        ("20261128-3f2a9c1", "3f2a9c1"),
        ("3f2a9c1-amd64", "3f2a9c1"),
    ] {
        let link = source_link(GITHUB, version, None);
        assert_eq!(link.map(|link| link.commit).as_deref(), Some(commit), "{version}");
    }
}

#[test]
fn what_may_be_something_else_is_no_commit() {
    let digest = format!("sha256:{}", "3f2a9c1b".repeat(8));
    for version in [
        "v2.3.1", "20261128", "1234567", "defaced", "latest", "3f2a9c", "3F2A9C1", "", &digest,
    ] {
        assert_eq!(source_link(GITHUB, version, None), None, "{version}");
    }
}

#[test]
fn each_host_has_its_pages() {
    for (source, commit, comparison) in [
        (
            GITHUB,
            "https://github.com/acme/shop/commit/3f2a9c1",
            "https://github.com/acme/shop/compare/1a2b3c4..3f2a9c1",
        ),
        (
            "url:https://github.acme.example/team/shop.git",
            "https://github.acme.example/team/shop/commit/3f2a9c1",
            "https://github.acme.example/team/shop/compare/1a2b3c4..3f2a9c1",
        ),
        (
            "url:https://code.acme.example/team/shop/blob/main/catalog-info.yaml",
            "https://code.acme.example/team/shop/commit/3f2a9c1",
            "https://code.acme.example/team/shop/compare/1a2b3c4..3f2a9c1",
        ),
        (
            "url:https://gitlab.com/acme/retail/shop/-/tree/main/",
            "https://gitlab.com/acme/retail/shop/-/commit/3f2a9c1",
            "https://gitlab.com/acme/retail/shop/-/compare/1a2b3c4...3f2a9c1?straight=true",
        ),
        (
            "https://gitlab.acme.example:8443/retail/shop",
            "https://gitlab.acme.example:8443/retail/shop/-/commit/3f2a9c1",
            "https://gitlab.acme.example:8443/retail/shop/-/compare/1a2b3c4...3f2a9c1?straight=true",
        ),
        (
            "url:https://bitbucket.org/acme/shop/src/main/",
            "https://bitbucket.org/acme/shop/commits/3f2a9c1",
            "https://bitbucket.org/acme/shop/branches/compare/3f2a9c1..1a2b3c4#diff",
        ),
        (
            "url:https://bb.acme.example/projects/SHOP/repos/cart/browse/",
            "https://bb.acme.example/projects/SHOP/repos/cart/commits/3f2a9c1",
            "https://bb.acme.example/projects/SHOP/repos/cart/compare/diff?targetBranch=1a2b3c4&sourceBranch=3f2a9c1",
        ),
        (
            "url:https://dev.azure.com/acme/retail/_git/shop?path=/services/cart",
            "https://dev.azure.com/acme/retail/_git/shop/commit/3f2a9c1",
            "https://dev.azure.com/acme/retail/_git/shop/branchCompare?baseVersion=GC1a2b3c4&targetVersion=GC3f2a9c1",
        ),
    ] {
        assert_eq!(url(source, "main-3f2a9c1", None).as_deref(), Some(commit), "{source}");
        let compared = url(source, "main-3f2a9c1", Some("main-1a2b3c4"));
        assert_eq!(compared.as_deref(), Some(comparison), "{source}");
    }
}

#[test]
fn a_version_before_without_a_commit_leaves_the_commit_alone() {
    let alone = "https://github.com/acme/shop/commit/3f2a9c1".to_owned();
    let link = SourceLink {
        commit: "3f2a9c1".to_owned(),
        since: None,
        url: alone,
    };
    for before in [None, Some("v2.3.0"), Some("main-3f2a9c1")] {
        assert_eq!(
            source_link(GITHUB, "main-3f2a9c1", before),
            Some(link.clone()),
            "{before:?}"
        );
    }
}

#[test]
fn what_is_no_repository_of_a_known_host_has_no_link() {
    for source in [
        "",
        "url:",
        "file:/catalog-info.yaml",
        "url:http://github.com/acme/shop",
        "url:https://github.com",
        "url:https://github.com/acme",
        "url:https://github.com//shop/tree/main",
        "url:https://acme.example/shop/cart",
        "url:https://dev.azure.com/acme/retail/_git",
        "url:javascript:alert(1)",
    ] {
        assert_eq!(url(source, "3f2a9c1", None), None, "{source}");
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_every_address_is_below_the_source(source in ".{0,80}", version in ".{0,40}", before in ".{0,40}") {
        if let Some(link) = source_link(&source, &version, Some(&before)) {
            prop_assert!(link.url.starts_with("https://"));
        }
    }

    #[test]
    fn paths_of_all_kinds_are_read(path in "(/[a-z_.-]{0,6}){0,8}") {
        let _ = source_link(&format!("url:https://github.com{path}"), "3f2a9c1", None);
    }
}
