use serde::Serialize;

/// How a connector of a cloud logs in. Secrets are identifiers of Harness secrets, never the secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum CloudCredentials {
    /// As the delegate, by the role of its machine or its managed identity.
    #[default]
    Delegate,
    /// Amazon: as the delegate, by the role of its Kubernetes service account.
    Irsa,
    /// Amazon: by an access key.
    AccessKey {
        /// The secret with the key's identifier.
        access_key_ref: String,
        /// The secret with the key.
        secret_key_ref: String,
    },
    /// Google: by the key file of a service account.
    ServiceAccountKey {
        /// The secret with the file.
        secret_key_ref: String,
    },
    /// Azure: as an application with a secret.
    ServicePrincipal {
        /// The application's identifier.
        application: String,
        /// The tenant's identifier.
        tenant: String,
        /// The secret.
        secret_ref: String,
    },
}
