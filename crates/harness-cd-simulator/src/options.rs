//! What the server starts with, and the files that it reads for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::engine::scenarios::Wish;
use crate::setup::Setup;
use crate::state::clock::{is_pace, is_speed};
use crate::state::modes::Modes;
use crate::state::scope::Scope;
use crate::state::world_file::WorldFile;

/// What [`start`](crate::start) takes. No `Debug`: it holds the key.
#[derive(Clone)]
pub struct Options {
    /// The port on the loopback interface; 0 takes any that is free.
    pub port: u16,
    /// The folder of entity files, as `harness-cd render` writes it.
    pub entities: PathBuf,
    /// The file of accounts, principals, keys and repositories; [`Options::api_key`] opens one account without it.
    pub world: Option<PathBuf>,
    /// The file of wishes about runs: a list of [`Wish`].
    pub scenarios: Option<PathBuf>,
    /// The simulated time of the start, epoch ms; the wall's without it.
    pub start_at: Option<i64>,
    /// Simulated ms per ms of wall time; 0 stops the clock.
    pub speed: f64,
    /// How many times faster than usual the work of runs goes, by the same clock.
    pub pace: f64,
    /// Decides every id and the seeded history.
    pub seed: u64,
    /// How many executions the seeded history has, at least; none for 0.
    pub history: usize,
    /// The account of entities that do not say theirs.
    pub account: String,
    /// The organization of entities that do not say theirs.
    pub org: String,
    /// The project of entities that do not say theirs.
    pub project: String,
    /// The API key that is known; a world file names its own.
    pub api_key: String,
    /// Answers to the questions that the facts about Harness leave open.
    pub modes: Modes,
}

/// Why the simulator did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// A file or the folder of entities cannot be read.
    #[error("failed to read `{path}`: {source}", path = .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No entity file is there.
    #[error("`{path}` holds no .yaml file; write the entities there first with `harness-cd render`", path = .0.display())]
    Empty(PathBuf),
    /// Entity files that cannot be used, one sentence each.
    #[error("failed to load the entities:\n{}", .0.join("\n"))]
    Entities(Vec<String>),
    /// A file that is not what it should be.
    #[error("`{path}` is no {what}:\n{}", .problems.join("\n"), path = .path.display())]
    File {
        /// What it should be.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong, one sentence each.
        problems: Vec<String>,
    },
    /// The account of the entities is none of the world file's.
    #[error("the world file has no account `{0}`, where the entities are to live")]
    Account(String),
    /// The speed is negative or not a number.
    #[error("the speed is {0}; give 0 or more")]
    Speed(f64),
    /// The pace is not above 0 or not a number.
    #[error("the pace is {0}; give more than 0")]
    Pace(f64),
    /// An empty key would let everybody in.
    #[error("the API key is empty")]
    EmptyKey,
    /// The port cannot be used, or the runtime does not start.
    #[error("failed to listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the operating system says.
        source: io::Error,
    },
}

impl Options {
    /// The usual options: any free port, real time, account `demo-account`.
    #[must_use]
    pub fn new(entities: impl Into<PathBuf>, api_key: impl Into<String>) -> Self {
        Self {
            port: 0,
            entities: entities.into(),
            world: None,
            scenarios: None,
            start_at: None,
            speed: 1.0,
            pace: 1.0,
            seed: 1,
            history: 320,
            account: "demo-account".to_owned(),
            org: "default".to_owned(),
            project: "platform".to_owned(),
            api_key: api_key.into(),
            modes: Modes::default(),
        }
    }

    /// Reads every file.
    pub(crate) fn setup(self) -> Result<Setup, StartError> {
        if !is_speed(self.speed) {
            return Err(StartError::Speed(self.speed));
        }
        if !is_pace(self.pace) {
            return Err(StartError::Pace(self.pace));
        }
        let world = self.read_world()?;
        let scenarios = self.scenarios.as_deref().map(read_scenarios).transpose()?;
        Ok(Setup {
            files: entity_files(&self.entities)?,
            scope: Scope::project(&self.account, &self.org, &self.project),
            world,
            scenarios: scenarios.unwrap_or_default(),
            seed: self.seed,
            start_at: self.start_at,
            speed: self.speed,
            pace: self.pace,
            modes: self.modes,
            history: self.history,
        })
    }

    fn read_world(&self) -> Result<WorldFile, StartError> {
        let Some(path) = &self.world else {
            let accounts = Setup::accounts(&self.account, &self.api_key);
            return if self.api_key.is_empty() {
                Err(StartError::EmptyKey)
            } else {
                Ok(WorldFile::of(accounts))
            };
        };
        let world: WorldFile = read_file(path, WORLD)?;
        let problems = world.problems();
        if !problems.is_empty() {
            return Err(not_a(WORLD, path, problems));
        }
        if !world.accounts.0.contains_key(&self.account) {
            return Err(StartError::Account(self.account.clone()));
        }
        Ok(world)
    }
}

impl Modes {
    /// Reads a file of modes, YAML or JSON; what it does not name has its usual value.
    ///
    /// # Errors
    /// The file cannot be read, or names what is no mode.
    pub fn read(path: &Path) -> Result<Self, StartError> {
        let what = "file of modes";
        let modes: Self = read_file(path, what)?;
        match modes.settings.check() {
            Ok(()) => Ok(modes),
            Err(problem) => Err(not_a(what, path, vec![problem])),
        }
    }
}

const WORLD: &str = "world file";

fn not_a(what: &'static str, path: &Path, problems: Vec<String>) -> StartError {
    StartError::File {
        what,
        path: path.to_owned(),
        problems,
    }
}

fn read_scenarios(path: &Path) -> Result<Vec<Wish>, StartError> {
    let what = "list of scenarios";
    let wishes: Vec<Wish> = read_file(path, what)?;
    let problem = |(index, wish): (usize, &Wish)| Some(format!("/{index}: {}", wish.scenario.check().err()?));
    let problems: Vec<String> = wishes.iter().enumerate().filter_map(problem).collect();
    match problems.is_empty() {
        true => Ok(wishes),
        false => Err(not_a(what, path, problems)),
    }
}

/// Reads YAML, or JSON, which is YAML.
fn read_file<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T, StartError> {
    let text = read_text(path)?;
    serde_saphyr::from_str(&text).map_err(|error| {
        // What follows the first line shows the file's text, which may hold keys.
        let problem = error.to_string().lines().next().unwrap_or_default().to_owned();
        not_a(what, path, vec![problem])
    })
}

fn read_text(path: &Path) -> Result<String, StartError> {
    fs::read_to_string(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> StartError {
    StartError::Read {
        path: path.to_owned(),
        source,
    }
}

fn entity_files(folder: &Path) -> Result<Vec<(String, String)>, StartError> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    if files.is_empty() {
        return Err(StartError::Empty(folder.to_owned()));
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), StartError> {
    for entry in fs::read_dir(folder).map_err(|source| unreadable(folder, source))? {
        let path = entry.map_err(|source| unreadable(folder, source))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            files.push((path.display().to_string(), read_text(&path)?));
        }
    }
    Ok(())
}
