//! What follows from a service in the texts of its pipeline.

use harness_cd_model::naming::Placeholder;
use harness_cd_template::expressions;

use super::report::SERVICE;
use crate::draft::Piece;

/// The placeholders that stand for a word of a service, and the word.
#[derive(Clone, Debug)]
pub(super) struct Words(Vec<(Placeholder, String)>);

impl Words {
    pub(super) fn new(words: impl IntoIterator<Item = (Placeholder, String)>) -> Self {
        Self(words.into_iter().filter(|(_, word)| !word.is_empty()).collect())
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(placeholder, _)| placeholder.name() == name);
        found.map(|(_, word)| word.as_str())
    }

    /// A text with the words of some placeholders taken out, as [`taken_out`] does it.
    pub(super) fn pattern(&self, text: &str, which: &[Placeholder]) -> Vec<Piece> {
        let words = which.iter().map(|wanted| (wanted.name(), self.value(wanted.name())));
        let words: Vec<(&str, &str)> = words.filter_map(|(name, word)| Some((name, word?))).collect();
        taken_out(text, &words)
    }

    /// A pattern with this service's words; `None` where it has none for a placeholder.
    pub(super) fn fill(&self, pattern: &[Piece]) -> Option<String> {
        let parts = pattern.iter().map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::Hole(name) => self.value(name),
        });
        parts.collect()
    }

    /// A text in which the services' names and identifiers are alike: `deploy_payments` and `deploy_orders`.
    pub(super) fn common_name(&self, name: &str) -> String {
        let which = [Placeholder::ServiceName, Placeholder::ServiceIdentifier];
        let parts = self.pattern(name, &which).into_iter().map(|piece| match piece {
            Piece::Literal(text) => text,
            Piece::Hole(_) => SERVICE.to_owned(),
        });
        parts.collect()
    }
}

/// A text with words taken out, each given with the name of its placeholder; where two are the same word, the first
/// counts. Nothing is taken out of an expression, where a template writes nothing in.
pub(super) fn taken_out(text: &str, words: &[(&str, &str)]) -> Vec<Piece> {
    let mut words: Vec<&(&str, &str)> = words.iter().filter(|(_, word)| !word.is_empty()).collect();
    words.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
    let spans = expressions(text);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(span) = spans.iter().find(|span| span.start == at) {
            literal.push_str(text.get(span.clone()).unwrap_or_default());
            at = span.end;
            continue;
        }
        let is_start = !literal.ends_with(is_letter);
        let is_word = |word: &str| {
            let behind = rest.strip_prefix(word);
            behind.is_some_and(|behind| !behind.starts_with(is_letter))
        };
        match words.iter().find(|(_, word)| is_start && is_word(word)) {
            Some((name, word)) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Hole((*name).to_owned()));
                at += word.len();
            }
            None => {
                let next = rest.chars().next().unwrap_or_default();
                literal.push(next);
                at += next.len_utf8();
            }
        }
    }
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::new([
            (Placeholder::ServiceName, "pay-api".to_owned()),
            (Placeholder::ServiceIdentifier, "pay_api".to_owned()),
            (Placeholder::Image, "shop/pay-api".to_owned()),
        ])
    }

    #[test]
    fn words_are_taken_out_and_put_back() {
        let which = [
            Placeholder::ServiceName,
            Placeholder::ServiceIdentifier,
            Placeholder::Image,
        ];
        for text in [
            "pay-api",
            "deploy pay-api to x",
            "shop/pay-api:1",
            "pay_api_cd",
            "xpay-api",
            "pay-apis",
            "<+pay-api>",
            "",
        ] {
            let pattern = words().pattern(text, &which);
            assert_eq!(words().fill(&pattern).as_deref(), Some(text));
        }
        assert_eq!(
            words().pattern("xpay-api", &which),
            [Piece::Literal("xpay-api".to_owned())]
        );
        assert_eq!(
            words().pattern("<+f('pay-api')>", &which),
            [Piece::Literal("<+f('pay-api')>".to_owned())]
        );
        assert_eq!(
            words().pattern("shop/pay-api", &which),
            [Piece::Hole("IMAGE".to_owned())]
        );
    }
}
