//! Ids of executions, nodes and approvals. Each carries the number of its run, so that any of them leads to it, and
//! follows from the run and the node's path, so that a run need not keep them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const SPREAD: u32 = 0x9E37_79B1;
const UNSPREAD: u32 = inverse(SPREAD);

/// The inverse modulo 2³² of an odd number, by Newton's iteration.
const fn inverse(odd: u32) -> u32 {
    let mut x = odd;
    let mut step = 0;
    while step < 5 {
        x = x.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(x)));
        step += 1;
    }
    x
}

/// Whose id it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The execution itself; its path is empty.
    Execution,
    /// A node in the plan.
    Setup,
    /// A node in the execution.
    Node,
    /// What waits in a node: an approval, an execution input.
    Instance,
}

/// 128 bits in base64url, 22 characters. Source: harness-api §3.2 [MCP tests]: 22 characters of base64url.
pub(crate) fn id(run: u32, seed: u64, role: Role, path: &str) -> String {
    let salt = match role {
        Role::Execution => 1,
        Role::Setup => 2,
        Role::Node => 3,
        Role::Instance => 4,
    };
    let first = hash(seed ^ salt, path);
    let second = hash(first ^ 0xA5A5_5A5A, path);
    let mut bytes = [0; 16];
    let parts = run
        .wrapping_mul(SPREAD)
        .to_be_bytes()
        .into_iter()
        .chain(first.to_be_bytes())
        .chain(second.to_be_bytes());
    for (byte, value) in bytes.iter_mut().zip(parts) {
        *byte = value;
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The number of the run that an id belongs to.
pub(crate) fn run_number(id: &str) -> Option<u32> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let head: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    Some(u32::from_be_bytes(head).wrapping_mul(UNSPREAD))
}

/// FNV-1a with a final mix: a number that looks drawn and is always the same for the same text.
pub(crate) fn hash(seed: u64, text: &str) -> u64 {
    let folded = text.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let z = (folded ^ (folded >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_to_its_run() {
        for run in [0, 1, 12_000, u32::MAX] {
            let id = id(run, 7, Role::Node, "stages.a");
            assert_eq!(id.len(), 22);
            assert_eq!(run_number(&id), Some(run));
        }
        assert_eq!(run_number("short"), None);
        assert_ne!(id(1, 7, Role::Node, "a"), id(1, 7, Role::Setup, "a"));
        assert_ne!(id(1, 7, Role::Node, "a"), id(1, 8, Role::Node, "a"));
    }
}
