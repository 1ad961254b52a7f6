//! Licences of the account.

use serde_json::json;

use super::route::{Access, Call, Route};
use crate::state::people::Permission::View;
use crate::wire::respond::{Outcome, Reply};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "GET",
    "ng/api/licenses/account",
    Access::Account(View),
    account,
)];

/// Source: harness-api §4.5 [BSP]: the probe reads `data.allModuleLicenses.CD`; what a licence says is invented.
fn account(_world: &mut World, call: &Call<'_>) -> Outcome {
    let licence = json!({ "accountIdentifier": call.scope.account, "moduleType": "CD", "status": "ACTIVE" });
    Ok(Reply::Enveloped(
        json!({ "accountId": call.scope.account, "allModuleLicenses": { "CD": [licence] } }),
    ))
}
