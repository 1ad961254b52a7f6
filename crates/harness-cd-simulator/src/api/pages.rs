//! Pages of Harness's own user interface, where its links lead.

use crate::wire::respond::Reply;

/// Source: harness-api §6.1 [MCP, CORE]: paths below `/ng` that are not `/ng/api` are pages.
pub(crate) fn is_page(path: &str) -> bool {
    path == "/ng"
        || path
            .strip_prefix("/ng/")
            .is_some_and(|rest| rest != "api" && !rest.starts_with("api/"))
}

pub(crate) fn page() -> Reply {
    Reply::Html(
        "Harness simulator",
        "This is where Harness's own page would open. You are looking at a page of the simulator.",
    )
}
