//! `projects`: where services go that do not go into the platform's own project.

use std::collections::BTreeMap;

use harness_cd_model::{Project, ProjectRef, codes};
use harness_cd_yaml::{At, Fields, Reader};

use super::keys;
use super::names::{Names, harness_identifier, optional_list, own_identifier, require_label};

/// Reads the further projects of a platform beside its own.
pub(super) fn read<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, own: Option<&ProjectRef>) -> Vec<Project> {
    let mut names = Names::new("project");
    let mut teams = BTreeMap::new();
    let mut projects: Vec<Project> = Vec::new();
    for item in optional_list(reader, fields, "projects") {
        let Some(project) = project(reader, item.clone(), own, &mut names, &mut teams) else {
            continue;
        };
        if let Some(own) = own {
            // What is called so is of the same place as well.
            if require_own_name(reader, &item, &project, own) {
                require_own_place(reader, &item, &project, (own, &projects));
            }
        }
        projects.push(project);
    }
    projects
}

fn project<'n>(
    reader: &mut Reader<'_>,
    item: At<'n>,
    own: Option<&ProjectRef>,
    names: &mut Names<'n>,
    teams: &mut BTreeMap<&'n str, &'n str>,
) -> Option<Project> {
    let fields = reader.object(item, keys::PROJECT.known)?;
    let at = reader.required(&fields, "name")?;
    let (name, derived) = names.take(reader, &at)?;
    require_label(reader, &at, name);
    let project = own_identifier(reader, &fields).unwrap_or(derived);
    let org = match reader.optional(&fields, "org") {
        Some(at) => harness_identifier(reader, &at),
        None => own.map(|own| own.org.clone()),
    };
    let own_teams = self::teams(reader, &fields, name, teams);
    Some(Project {
        name: name.to_owned(),
        reference: ProjectRef { org: org?, project },
        teams: own_teams,
    })
}

/// The teams whose services go into a project: each into one.
fn teams<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    project: &'n str,
    taken: &mut BTreeMap<&'n str, &'n str>,
) -> Vec<String> {
    let mut teams = Vec::new();
    for at in optional_list(reader, fields, "teams") {
        let Some(team) = reader.string(&at) else { continue };
        if let Some(other) = taken.insert(team, project) {
            let message = match other == project {
                true => format!("the team `{team}` stands here twice"),
                false => format!("the services of the team `{team}` go to `{other}` and to `{project}`"),
            };
            let hint = "name the team once, and write `project` at those of its services that go elsewhere";
            reader.error(codes::CONTRADICTION, &at, message, hint);
        }
        teams.push(team.to_owned());
    }
    teams
}

/// Services name the platform's own project by its identifier. Answers whether that is another's name.
fn require_own_name(reader: &mut Reader<'_>, item: &At<'_>, project: &Project, own: &ProjectRef) -> bool {
    if project.name == own.project.as_str()
        && let Some(at) = item.get("name")
    {
        let message = format!("`{}` is what services call the platform's own project", project.name);
        reader.error(codes::SAME_IDENTIFIER, &at, message, "rename this one");
        return false;
    }
    true
}

/// One project of Harness has one name here: what is rendered for it would stand in two folders.
fn require_own_place(
    reader: &mut Reader<'_>,
    item: &At<'_>,
    project: &Project,
    (own, others): (&ProjectRef, &[Project]),
) {
    let other = others.iter().find(|other| other.reference == project.reference);
    let other = match other {
        Some(other) => format!("the project `{}`", other.name),
        None if project.reference == *own => "the platform's own project".to_owned(),
        None => return,
    };
    let ProjectRef {
        org,
        project: identifier,
    } = &project.reference;
    let message = format!(
        "`{}` and {other} are both `{identifier}` of the organization `{org}`",
        project.name
    );
    let at = item.get("identifier").or_else(|| item.get("name"));
    let hint = "write one of them, or the `org` or `identifier` that is meant";
    reader.error(
        codes::SAME_IDENTIFIER,
        &at.unwrap_or_else(|| item.clone()),
        message,
        hint,
    );
}
