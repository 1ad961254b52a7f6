//! The report as a page.

use std::fmt::Write;

use serde_json::Value as Json;

use super::report::{DraftedTemplate, ImportDifference, ImportReport, Told};

impl ImportReport {
    /// Whether there is anything that a person has to look at.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
            && self.left_alone.is_empty()
            && self.would_create.is_empty()
            && self.to_complete.is_empty()
            && self.findings.is_empty()
    }

    /// The report in Markdown; nothing of it is left out.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = format!("# Import of {}\n", self.project);
        let total: usize = self.imported.values().sum();
        let kinds: Vec<String> = self
            .imported
            .iter()
            .map(|(kind, count)| format!("{kind}: {count}"))
            .collect();
        _ = write!(
            page,
            "\nRead: {total} entities ({}). Rendered without a difference: {}. Fields that rendering would change: {}. Left alone: {}.\n",
            kinds.join(", "),
            self.reproduced,
            self.differences
                .iter()
                .flat_map(|field| &field.changes)
                .map(|change| change.entities.len())
                .sum::<usize>(),
            self.left_alone.iter().map(|left| left.entities.len()).sum::<usize>(),
        );
        self.write_to_complete(&mut page);
        self.write_templates(&mut page);
        self.write_differences(&mut page);
        self.write_left_alone(&mut page);
        self.write_would_create(&mut page);
        self.write_findings(&mut page);
        page
    }

    fn write_to_complete(&self, page: &mut String) {
        heading(
            page,
            "To complete",
            "What Harness does not say; what stands in the files is a stand-in.",
            !self.to_complete.is_empty(),
        );
        for item in &self.to_complete {
            let of = if item.of.is_empty() {
                String::new()
            } else {
                format!(": {}", item.of.join(", "))
            };
            _ = writeln!(page, "- {}{of}", item.what);
        }
    }

    fn write_templates(&self, page: &mut String) {
        heading(
            page,
            "Templates",
            "A template for each group of pipelines that deploy to the same environments in the same way.",
            !self.templates.is_empty(),
        );
        for template in &self.templates {
            write_template(page, template);
        }
    }

    fn write_differences(&self, page: &mut String) {
        heading(
            page,
            "Differences",
            "What rendering would change in what is there, by field; `{{SERVICE}}` is the name or the identifier of each service.",
            !self.differences.is_empty(),
        );
        for difference in &self.differences {
            write_difference(page, difference);
        }
    }

    fn write_left_alone(&self, page: &mut String) {
        heading(
            page,
            "Left alone",
            "What the config repository does not describe. It stays in Harness as it is.",
            !self.left_alone.is_empty(),
        );
        for left in &self.left_alone {
            _ = writeln!(page, "- {}: {}: {}", left.kind, left.reason, left.entities.join(", "));
        }
    }

    fn write_would_create(&self, page: &mut String) {
        heading(
            page,
            "Created by rendering",
            "What the config repository renders, and Harness does not have.",
            !self.would_create.is_empty(),
        );
        for (kind, entities) in &self.would_create {
            _ = writeln!(page, "- {kind}: {}", entities.join(", "));
        }
    }

    fn write_findings(&self, page: &mut String) {
        heading(
            page,
            "Findings",
            "What `harness-cd lint` finds in the config repository.",
            !self.findings.is_empty(),
        );
        for finding in &self.findings {
            let severity = format!("{:?}", finding.severity).to_lowercase();
            let (file, range) = (&finding.file, finding.range);
            _ = writeln!(
                page,
                "- {severity} {} at {file}:{}:{}: {}",
                finding.code, range.line, range.column, finding.message
            );
        }
    }
}

fn heading(page: &mut String, title: &str, about: &str, is_there: bool) {
    if is_there {
        _ = write!(page, "\n## {title}\n\n{about}\n\n");
    }
}

fn write_template(page: &mut String, template: &DraftedTemplate) {
    let DraftedTemplate {
        archetype,
        file,
        stages,
        services,
        placeholders,
    } = template;
    _ = writeln!(
        page,
        "- `{archetype}` ({file}; {}): {}",
        stages.join(", "),
        services.join(", ")
    );
    for placeholder in placeholders {
        _ = writeln!(
            page,
            "  - `{{{{{}}}}}`, that is {}",
            placeholder.name,
            placeholder
                .pointers
                .iter()
                .map(|pointer| format!("`{pointer}`"))
                .collect::<Vec<_>>()
                .join(", ")
        );
        for (value, services) in &placeholder.values {
            _ = writeln!(
                page,
                "    - {}: {}",
                code(&Json::String(value.clone())),
                counted(services)
            );
        }
    }
}

fn write_difference(page: &mut String, difference: &ImportDifference) {
    let count: usize = difference.changes.iter().map(|change| change.entities.len()).sum();
    _ = writeln!(page, "- `{}` of {}", difference.field, plural(count, difference.kind));
    let mut told: Vec<(&Told, Vec<String>)> = Vec::new();
    for change in &difference.changes {
        match told.iter_mut().find(|(known, _)| *known == &change.told) {
            Some((_, entities)) => entities.extend(change.entities.iter().cloned()),
            None => told.push((&change.told, change.entities.clone())),
        }
    }
    for ((imported, rendered), mut entities) in told {
        entities.sort();
        let said = match (imported, rendered) {
            (Some(imported), Some(rendered)) => format!("is {}, rendered {}", code(imported), code(rendered)),
            (Some(imported), None) => format!("is {}, not rendered", code(imported)),
            (None, Some(rendered)) => format!("is not there, rendered {}", code(rendered)),
            (None, None) => continue,
        };
        _ = writeln!(page, "  - {said}: {}", counted(&entities));
    }
}

fn counted(entities: &[String]) -> String {
    match entities {
        [one] => one.clone(),
        several => format!("{} ({})", several.join(", "), several.len()),
    }
}

fn plural(count: usize, kind: &str) -> String {
    format!("{count} {kind}{}", if count == 1 { "" } else { "s" })
}

/// A value on one line; what holds backticks stands between more of them.
fn code(value: &Json) -> String {
    let text = match value {
        Json::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    };
    let mut fence = "`".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    let space = if fence.len() > 1 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Whether a string reads as one without quotes.
fn is_plain(text: &str) -> bool {
    harness_cd_yaml::scalar::is_plain_in_block(text)
}
