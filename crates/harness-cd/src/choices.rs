//! What may be chosen for an input: Harness's own lists, in one shape.

use harness_cd_client::{CHOICES_PER_PAGE, FailureCode, HarnessFailure, Reach, Transport, is_listed_publicly};
use harness_cd_model::{Choice, ChoiceKind, ChoiceList, ChoiceQuestion, HarnessScope};
use serde_json::Value;

use crate::HarnessCd;

impl<T: Transport> HarnessCd<T> {
    /// What may be chosen in a project: what the key may use in a run, or where Harness does not say that to a key, what
    /// it may see.
    ///
    /// # Errors
    /// Those of the lists; [`FailureCode::MalformedResponse`] for an answer that is none.
    pub async fn choices(&self, scope: &HarnessScope, question: &ChoiceQuestion) -> Result<ChoiceList, HarnessFailure> {
        self.choices_until(scope, question, self.client.read_deadline()).await
    }

    /// The same, until a deadline, epoch ms.
    pub(crate) async fn choices_until(
        &self,
        scope: &HarnessScope,
        question: &ChoiceQuestion,
        deadline: i64,
    ) -> Result<ChoiceList, HarnessFailure> {
        let list = |reach| self.client.list_choices(scope, question, reach, deadline);
        let body = match list(Reach::Runnable).await {
            Err(failure) if is_kept_from_keys(&failure) && is_listed_publicly(question) => list(Reach::Visible).await,
            listed => listed,
        }?;
        read(&body, question).ok_or_else(|| {
            let message = "Harness's answer about what may be chosen is no list".to_owned();
            HarnessFailure::new(FailureCode::MalformedResponse, message)
        })
    }
}

/// What only Harness's own page is known to ask may be closed to keys. Source: run-inputs §15.
fn is_kept_from_keys(failure: &HarnessFailure) -> bool {
    matches!(failure.code, FailureCode::Forbidden | FailureCode::NotFound)
}

static NONE: Value = Value::Array(Vec::new());

fn read(body: &[u8], question: &ChoiceQuestion) -> Option<ChoiceList> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let data = answer.get("data")?;
    // What these two hold comes all at once.
    let whole = match question.of {
        ChoiceKind::Environment if question.within.is_some() => Some(data.pointer("/envGroup/envResponse")?),
        // A service without sources has no such list.
        ChoiceKind::ArtifactSource => Some(data.get("sourceIdentifiers").unwrap_or(&NONE)),
        _ => None,
    };
    let items = whole
        .unwrap_or_else(|| data.get("content").unwrap_or(data))
        .as_array()?;
    let search = question.search.as_deref().filter(|_| whole.is_some());
    let choices = items.iter().filter_map(|item| choice(item, question.of));
    Some(ChoiceList {
        choices: choices.filter(|choice| holds(choice, search)).collect(),
        has_more: match data.get("totalItems").or_else(|| data.get("totalElements")) {
            Some(total) => total.as_u64().is_some_and(|total| total > items.len() as u64),
            None => whole.is_none() && items.len() >= CHOICES_PER_PAGE,
        },
    })
}

fn holds(choice: &Choice, search: Option<&str>) -> bool {
    let search = search.unwrap_or_default().to_lowercase();
    [&choice.name, &choice.value]
        .iter()
        .any(|text| text.to_lowercase().contains(&search))
}

/// Where an item keeps what it is. Source: run-inputs §2, §3; harness-api §4.1.
fn choice(item: &Value, of: ChoiceKind) -> Option<Choice> {
    if let Some(identifier) = item.as_str() {
        return Some(Choice {
            value: identifier.to_owned(),
            name: identifier.to_owned(),
            choice_type: None,
            agent: None,
        });
    }
    let (wrapper, key) = match of {
        ChoiceKind::Service => ("service", "identifier"),
        ChoiceKind::Environment => ("environment", "identifier"),
        ChoiceKind::EnvironmentGroup => ("envGroup", "identifier"),
        ChoiceKind::Infrastructure => ("infrastructure", "identifier"),
        ChoiceKind::Cluster => ("", "clusterRef"),
        ChoiceKind::ArtifactSource | ChoiceKind::Tag => return None,
    };
    let item = item.get(wrapper).unwrap_or(item);
    let text = |key: &str| item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let identifier = text(key)?;
    Some(Choice {
        value: match of {
            // What belongs to an environment is known by it; a cluster's reference names its scope itself.
            ChoiceKind::Infrastructure | ChoiceKind::Cluster => identifier.to_owned(),
            _ if text("orgIdentifier").is_none() => format!("account.{identifier}"),
            _ if text("projectIdentifier").is_none() => format!("org.{identifier}"),
            _ => identifier.to_owned(),
        },
        name: text("name").unwrap_or(identifier).to_owned(),
        choice_type: text("type").map(str::to_owned),
        agent: text("agentIdentifier").map(str::to_owned),
    })
}
