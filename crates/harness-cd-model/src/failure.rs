use serde::{Deserialize, Serialize};

macro_rules! failure_codes {
    ($($(#[$doc:meta])* $code:ident,)+) => {
        /// The closed list of failures: why something could not be done, whoever asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum FailureCode {
            $($(#[$doc])* $code,)+
        }

        impl FailureCode {
            /// The whole list.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];
        }
    };
}

failure_codes! {
    /// Harness refused the API key.
    Unauthorized,
    /// The key may not do this.
    Forbidden,
    /// The project has no such pipeline.
    PipelineNotFound,
    /// Something else does not exist.
    NotFound,
    /// Account, organization or project do not fit together, or the key is not of that account.
    WrongScope,
    /// It exists already, or somebody else changed it.
    Conflict,
    /// Harness refused the request as wrong.
    InvalidRequest,
    /// Too many requests.
    RateLimited,
    /// Harness did not answer, or answered that it cannot.
    Unavailable,
    /// Harness did not answer in time.
    Timeout,
    /// An answer that cannot be read.
    MalformedResponse,
    /// Whether something was started is not known.
    OutcomeUnknown,
    /// The pipeline is not the entity's that asks for it, or does not say so.
    ForeignPipeline,
    /// The product is not configured correctly.
    InvalidConfig,
    /// A defect of the product.
    Internal,
}

/// So long after a start, in ms, Harness may not know the execution yet. Source: harness-api §3.6 [MCP].
pub const NOT_VISIBLE_YET_MS: u32 = 30_000;

impl FailureCode {
    /// Whether the same read may succeed a moment later.
    #[must_use]
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::RateLimited | Self::Unavailable | Self::Timeout | Self::MalformedResponse
        )
    }

    /// Whether it may only mean that an execution cannot be read yet, for seconds after it was started.
    ///
    /// Source: harness-api §3.6 [MCP]: told with 400, 404 or 500.
    #[must_use]
    pub fn is_not_visible_yet(self) -> bool {
        matches!(self, Self::NotFound | Self::InvalidRequest)
    }
}
