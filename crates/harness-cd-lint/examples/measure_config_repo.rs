//! Measures a config repository as large as a large company's: `measure_config_repo DIR [SERVICES]`. The services of the
//! folder are repeated under other names until there are so many (1,000). Prints how long rendering and linting take and
//! the peak of the process's memory, each beside its budget; fails over one.
#![allow(clippy::print_stdout, reason = "printing is the example's purpose")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, io};

use harness_cd_lint::lint_config_repo;
use harness_cd_model::Diagnostic;
use harness_cd_model::naming::{LINT_FILE, PLATFORM_FILE, SERVICES_FILE, TEMPLATE_FOLDER, template_path};
use harness_cd_pipeline::{Files, archetype_template, read_config_repo, render};

const RENDER_MS: f64 = 1_500.0;
const LINT_MS: f64 = 6_000.0;
const PEAK_MB: f64 = 300.0;

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        return Err(io::Error::other("usage: measure_config_repo DIR [SERVICES]"));
    };
    let count = arguments.next().and_then(|text| text.to_str()?.parse().ok());
    let files = repeated(read(&folder)?, count.unwrap_or(1_000))?;

    let repo = read_config_repo(&files);
    let rendered = render(&repo, &[]);
    require_none(repo.diagnostics.iter().chain(&rendered.diagnostics))?;
    let (pipelines, written) = (repo.catalog.services.len(), rendered.entities.len());
    drop((repo, rendered));
    require_none(&lint_config_repo(&files))?;
    let render_ms = least_ms(|| drop(black_box(render(&read_config_repo(&files), &[]))));
    let lint_ms = least_ms(|| drop(black_box(lint_config_repo(&files))));

    println!("{pipelines} services, {written} entities; how much of its budget each takes");
    let mut all = vec![("render, ms", render_ms, RENDER_MS), ("lint, ms", lint_ms, LINT_MS)];
    all.extend(peak_mb().map(|peak| ("peak memory, MB", peak, PEAK_MB)));
    for (name, taken, budget) in &all {
        println!("  {name:<18}{taken:>8.0} of {budget:>6.0}   {:.2}x", taken / budget);
    }
    match all.iter().find(|(_, taken, budget)| taken > budget) {
        Some((name, ..)) => Err(io::Error::other(format!("{name}: over its budget"))),
        None => Ok(()),
    }
}

/// The least time of three: what else the machine does is no property of the work.
fn least_ms(mut work: impl FnMut()) -> f64 {
    let taken = [(); 3].map(|()| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64() * 1e3
    });
    taken.into_iter().fold(f64::INFINITY, f64::min)
}

fn require_none<'f>(findings: impl IntoIterator<Item = &'f Diagnostic>) -> io::Result<()> {
    match findings.into_iter().next() {
        Some(finding) => Err(io::Error::other(format!("{finding:?}"))),
        None => Ok(()),
    }
}

/// The descriptions and templates in a folder; templates that it has not are those that the platform gives.
fn read(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let templates = fs::read_dir(folder.join(TEMPLATE_FOLDER))?;
    let templates: Vec<PathBuf> = templates.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    let described = [PLATFORM_FILE, SERVICES_FILE, LINT_FILE].map(|name| folder.join(name));
    for path in described.into_iter().chain(templates).filter(|path| path.is_file()) {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        files.insert(name, fs::read(&path)?);
    }
    let platform = read_config_repo(&files).platform;
    let archetypes = platform
        .iter()
        .flat_map(|platform| platform.archetypes.iter().map(move |own| (platform, own)));
    for (platform, archetype) in archetypes {
        let template = archetype_template(platform, archetype);
        let template = template.map_err(|findings| io::Error::other(format!("{findings:?}")))?;
        if let Some(template) = template {
            files
                .entry(template_path(&archetype.name))
                .or_insert(template.into_bytes());
        }
    }
    Ok(files)
}

/// The same repository with so many services, one after the other and again, each with a number behind its name.
fn repeated(mut files: Files, count: usize) -> io::Result<Files> {
    const ITEM: &str = "\n  - name: ";
    let described = files.remove(SERVICES_FILE).unwrap_or_default();
    let described = String::from_utf8(described).map_err(io::Error::other)?;
    let items: Vec<(&str, &str)> = described
        .split(ITEM)
        .skip(1)
        .filter_map(|item| item.split_once('\n'))
        .collect();
    let many = items.iter().cycle().take(count).enumerate();
    let many: String = many
        .map(|(number, (name, rest))| format!("{ITEM}{name}-{number}\n{rest}"))
        .collect();
    files.insert(SERVICES_FILE.to_owned(), format!("services:{many}\n").into_bytes());
    Ok(files)
}

/// The most memory that the process has had, where the system says so.
fn peak_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
