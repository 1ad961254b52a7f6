//! `harness-cd.yaml`: where the parts of a config repository stand.

use std::collections::BTreeSet;

use harness_cd_model::naming::{
    LAYOUT_FILE, PLATFORM_FILE, SERVICES_FILE, TEMPLATE_FOLDER, template_name, template_name_archetype,
};
use harness_cd_model::{DescribedFiles, Diagnostic, Range};
use harness_cd_yaml::{At, Fields, Reader, parse};

use super::forms::checked;
use super::keys;
use super::names::optional_list;
use crate::Files;

/// Where the parts of a config repository stand: as its `harness-cd.yaml` says it, or as usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    platform: String,
    services: ServicesPlace,
    templates: String,
    other_keys: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ServicesPlace {
    File(String),
    /// A file for each.
    Folder(String),
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            platform: PLATFORM_FILE.to_owned(),
            services: ServicesPlace::File(SERVICES_FILE.to_owned()),
            templates: TEMPLATE_FOLDER.to_owned(),
            other_keys: BTreeSet::new(),
        }
    }
}

impl Layout {
    /// Reads the layout among the files of a config repository.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(files: &Files) -> Result<Self, Vec<Diagnostic>> {
        let Some(bytes) = files.get(LAYOUT_FILE) else {
            return Ok(Self::default());
        };
        let document = parse(LAYOUT_FILE, bytes)?;
        let mut reader = Reader::new(LAYOUT_FILE);
        let layout = layout(&mut reader, At::root(&document.root));
        let findings = reader.finish();
        layout.filter(|_| findings.is_empty()).ok_or(findings)
    }

    /// The files to read, the layout itself among them.
    #[must_use]
    pub fn described(&self) -> DescribedFiles {
        let mut described = DescribedFiles {
            files: vec![LAYOUT_FILE.to_owned(), self.platform.clone()],
            folders: vec![self.templates.clone()],
        };
        match &self.services {
            ServicesPlace::File(file) => described.files.push(file.clone()),
            ServicesPlace::Folder(folder) => described.folders.push(folder.clone()),
        }
        described
    }

    /// The platform description.
    #[must_use]
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// Where the services are, for people: `services.yaml` or `services/*.yaml`.
    #[must_use]
    pub fn services(&self) -> String {
        match &self.services {
            ServicesPlace::File(file) => file.clone(),
            ServicesPlace::Folder(folder) => format!("{folder}{EACH_FILE}"),
        }
    }

    /// Whether each file of services is one of them, which needs no list.
    pub(super) const fn is_a_service_each(&self) -> bool {
        matches!(self.services, ServicesPlace::Folder(_))
    }

    /// The files of the services, in order.
    #[must_use]
    pub fn service_files<'f>(&self, files: &'f Files) -> Vec<&'f str> {
        let names = files.keys().map(String::as_str);
        match &self.services {
            ServicesPlace::File(file) => names.filter(|name| name == file).collect(),
            ServicesPlace::Folder(folder) => names
                .filter(|name| in_folder(folder, name).is_some_and(is_yaml))
                .collect(),
        }
    }

    /// The files that look as services and templates are called, and lie in folders below those that are read.
    #[must_use]
    pub fn files_below<'f>(&self, files: &'f Files) -> Vec<&'f str> {
        let is_below = |folder: &str, path: &str| {
            let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
            rest.is_some_and(|rest| rest.contains('/'))
        };
        let is_service = |path: &str| match &self.services {
            ServicesPlace::File(_) => false,
            ServicesPlace::Folder(folder) => is_below(folder, path) && is_yaml(path),
        };
        let is_template = |path: &str| {
            let name = path.rsplit('/').next().and_then(template_name_archetype);
            name.is_some() && is_below(&self.templates, path)
        };
        let names = files.keys().map(String::as_str);
        names.filter(|path| is_service(path) || is_template(path)).collect()
    }

    /// Where the template of an archetype stands.
    #[must_use]
    pub fn template_path(&self, archetype: &str) -> String {
        format!("{}/{}", self.templates, template_name(archetype))
    }

    /// The archetype whose template stands at a path.
    #[must_use]
    pub fn template_archetype<'p>(&self, path: &'p str) -> Option<&'p str> {
        in_folder(&self.templates, path).and_then(template_name_archetype)
    }

    /// Keys of other tools, which may stand anywhere in the descriptions.
    #[must_use]
    pub fn other_keys(&self) -> &BTreeSet<String> {
        &self.other_keys
    }
}

/// The files that describe a config repository, by the text of its `harness-cd.yaml`, if it has one. Where that is wrong,
/// the usual ones: reading them tells what is wrong.
#[must_use]
pub fn described_files(layout: Option<&[u8]>) -> DescribedFiles {
    let files = layout.map(|text| (LAYOUT_FILE.to_owned(), text.to_vec()));
    Layout::read(&files.into_iter().collect())
        .unwrap_or_default()
        .described()
}

/// Where a layout names a part; `None` where it does not, or there is none.
pub(super) fn place_of(files: &Files, key: &str) -> Option<(String, Range)> {
    let document = parse(LAYOUT_FILE, files.get(LAYOUT_FILE)?).ok()?;
    let at = At::root(&document.root).get(key)?;
    Some((at.pointer, at.node.range))
}

/// Stands for each file of a folder.
const EACH_FILE: &str = "/*.yaml";

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// The name of a file that stands in a folder, and in none below it.
fn in_folder<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let name = path.strip_prefix(folder)?.strip_prefix('/')?;
    (!name.contains('/')).then_some(name)
}

/// Whether a path stays below the root of the repository.
fn is_path(path: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '*']);
    path.split('/').all(is_part)
}

fn layout(reader: &mut Reader<'_>, root: At<'_>) -> Option<Layout> {
    let fields = reader.object(root, keys::LAYOUT.known)?;
    let usual = Layout::default();
    let is_file = |path: &str| is_path(path) && is_yaml(path);
    let is_services = |path: &str| path.strip_suffix(EACH_FILE).map_or_else(|| is_file(path), is_path);
    let platform = path(
        reader,
        &fields,
        "platform",
        is_file,
        "the path of a file, as in `config/platform.yaml`",
    );
    let wanted = "the path of a file, or of a folder with a file for each service, as in `services/*.yaml`";
    let services =
        path(reader, &fields, "services", is_services, wanted).map(|path| match path.strip_suffix(EACH_FILE) {
            Some(folder) => ServicesPlace::Folder(folder.to_owned()),
            None => ServicesPlace::File(path.to_owned()),
        });
    let wanted = "the path of a folder, as in `pipelines/templates`";
    let templates = path(reader, &fields, "templates", is_path, wanted);
    let other_keys = optional_list(reader, &fields, "otherKeys");
    let other_keys = other_keys.iter().filter_map(|at| reader.string(at));
    Some(Layout {
        other_keys: other_keys.map(str::to_owned).collect(),
        platform: platform.map_or(usual.platform, str::to_owned),
        services: services.unwrap_or(usual.services),
        templates: templates.map_or(usual.templates, str::to_owned),
    })
}

fn path<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    key: &str,
    is_good: impl Fn(&str) -> bool,
    wanted: &str,
) -> Option<&'n str> {
    let at = reader.optional(fields, key)?;
    checked(reader, &at, is_good, wanted)
}
