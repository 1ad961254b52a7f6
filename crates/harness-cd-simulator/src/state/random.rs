use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A seeded generator (splitmix64): the same seed gives the same history on every machine.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator that starts at a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 for a bound below 1.
    pub(crate) fn below(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).unwrap_or(0).max(1);
        i64::try_from(self.next() % bound).unwrap_or(0)
    }

    /// One of the choices; `None` where there is none.
    pub(crate) fn choose<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let length = i64::try_from(choices.len()).ok()?;
        choices.get(usize::try_from(self.below(length)).ok()?)
    }

    /// An id as Harness writes those of executions and nodes: 128 bits in base64url, 22 characters.
    /// Source: harness-api §3.2 [MCP]: the execution id is 22 characters of base64url.
    pub(crate) fn id(&mut self) -> String {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        URL_SAFE_NO_PAD.encode(bits.to_be_bytes())
    }

    /// 24 hexadecimal digits, as Harness writes the ids of webhook events.
    /// Source: harness-api §2.1 [HUB]: `eventCorrelationId` is a 24-digit hexadecimal id.
    pub(crate) fn event_id(&mut self) -> String {
        format!("{:016x}{:08x}", self.next(), self.next() & 0xFFFF_FFFF)
    }

    /// A correlation id in the form of a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            (low >> 48) & 0xFFF,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_lengths_of_harness() {
        let mut random = Random::new(7);
        assert_eq!(random.id().len(), 22);
        assert_eq!(random.event_id().len(), 24);
        assert_eq!(random.uuid().len(), 36);
        assert_eq!(Random::new(7).id(), Random::new(7).id());
        assert_ne!(random.id(), random.id());
    }
}
