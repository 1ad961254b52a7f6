//! The product over a transport of the test's own.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up ends here")]

use harness_cd::HarnessCd;
use harness_cd::client::{ClientOptions, HarnessClient, Transport};
use harness_cd_model::HarnessScope;

/// The product as a key of the account `a` reaches it.
pub(crate) fn product<T: Transport>(base_url: &str, transport: T) -> HarnessCd<T> {
    let options = ClientOptions {
        base_url: base_url.into(),
        api_key: "key".into(),
        account: "a".into(),
        timeout_ms: 1_000,
    };
    HarnessCd::new(HarnessClient::new(options, transport).unwrap())
}

/// A project of that account.
pub(crate) fn scope() -> HarnessScope {
    HarnessScope {
        account: "a".into(),
        org: "o".into(),
        project: "p".into(),
    }
}
