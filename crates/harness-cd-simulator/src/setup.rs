//! What the simulator starts from.

use std::path::Path;

use crate::engine::runs::Runs;
use crate::engine::scenarios::{Scenarios, Wish};
use crate::history::{self, Sketch};
use crate::state::builds::Builds;
use crate::state::connectivity::Connectivity;
use crate::state::entity::Entity;
use crate::state::events::Events;
use crate::state::git::Git;
use crate::state::logs::Logs;
use crate::state::modes::Modes;
use crate::state::outbox::Outbox;
use crate::state::people::{Account, Accounts, Principal};
use crate::state::preflights::Preflights;
use crate::state::random::Random;
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::state::told::Told;
use crate::state::truth::Truth;
use crate::state::usages::Usages;
use crate::state::world_file::WorldFile;
use crate::world::World;

/// What a [`Simulator`](crate::Simulator) starts from. No `Debug`: it holds keys.
#[derive(Clone)]
pub struct Setup {
    /// Entity files as `harness-cd render` writes them: name and text.
    pub files: Vec<(String, String)>,
    /// Where entities live that do not say it themselves.
    pub scope: Scope,
    /// Who is there, with which keys, and what lies in git.
    pub world: WorldFile,
    /// How runs go.
    pub scenarios: Vec<Wish>,
    /// Decides every id and the seeded history.
    pub seed: u64,
    /// The simulated time of the start, epoch ms; the wall's without it.
    pub start_at: Option<i64>,
    /// Simulated ms per ms of wall time.
    pub speed: f64,
    /// How many times faster than usual the work of runs goes.
    pub pace: f64,
    /// Answers to the questions that the facts leave open.
    pub modes: Modes,
    /// How many executions the seeded history has, at least; none for 0.
    pub history: usize,
}

impl Setup {
    /// One account with one key of a service account, and two people who may approve.
    #[must_use]
    pub fn accounts(account: &str, api_key: &str) -> Accounts {
        let owner = Principal::service_account("Backstage", "backstage@example.com");
        let account_setup = Account {
            keys: [(api_key.to_owned(), owner.email.clone())].into(),
            principals: vec![
                owner,
                Principal::user("Grace Okafor", "grace.okafor@example.com"),
                Principal::user("Mateo Silva", "mateo.silva@example.com"),
            ],
            ..Account::default()
        };
        Accounts([(account.to_owned(), account_setup)].into())
    }

    /// The world at the start.
    pub(crate) fn world(self, now: i64) -> Result<World, Vec<String>> {
        let mut random = Random::new(self.seed);
        let mut accounts = self.world.accounts;
        let (store, sketches) = load(
            self.files,
            &self.scope,
            self.history,
            now - history::SPAN_MS,
            &mut random,
            &mut accounts,
        )?;
        let mut world = World {
            accounts,
            first_usages: Usages::of(&store),
            store,
            git: self.world.git,
            git_cache: Git::default(),
            events: Events::default(),
            preflights: Preflights::default(),
            builds: Builds::new(self.seed),
            connectivity: Connectivity::default(),
            modes: self.modes,
            random,
            runs: Runs::default(),
            logs: Logs::default(),
            told: Told::default(),
            scenarios: Scenarios::new(self.scenarios),
            pace: self.pace,
            outbox: Outbox::default(),
            advanced_to: now,
            truth: Truth::default(),
            base_url: String::new(),
        };
        history::seed(&mut world, sketches, self.history, now);
        Ok(world)
    }
}

/// Where the entities of a file live that do not say it: those in a folder called `account` in the account, the others in
/// the usual project. Harness has no such files; the convention is invented.
fn home(file: &str, usual: &Scope) -> Scope {
    let in_account = Path::new(file)
        .parent()
        .is_some_and(|folder| folder.ends_with("account"));
    match in_account {
        true => Scope {
            account: usual.account.clone(),
            ..Scope::default()
        },
        false => usual.clone(),
    }
}

fn load(
    files: Vec<(String, String)>,
    scope: &Scope,
    history: usize,
    now: i64,
    random: &mut Random,
    accounts: &mut Accounts,
) -> Result<(Store, Vec<Sketch>), Vec<String>> {
    let mut store = Store::default();
    let mut sketches = Vec::new();
    let mut problems = Vec::new();
    if let (Some(org), Some(project)) = (&scope.org, &scope.project) {
        accounts.add_project(&scope.account, org, project);
    }
    for (file, text) in files {
        match Entity::of_file(&file, &text, &home(&file, scope)) {
            Err(problem) => problems.push(problem),
            Ok(None) => {}
            Ok(Some((entity, tree))) => {
                // Nobody needs the tree where no history is made up.
                if history > 0 {
                    sketches.extend(Sketch::of(&entity, tree));
                }
                if store
                    .find(entity.kind, &entity.scope, &entity.parent, &entity.identifier)
                    .is_some()
                {
                    problems.push(format!(
                        "two files describe the {} `{}`",
                        entity.kind.root(),
                        entity.identifier
                    ));
                }
                if let (Some(org), Some(project)) = (&entity.scope.org, &entity.scope.project) {
                    accounts.add_project(&entity.scope.account, org, project);
                }
                store.add(entity, now, random);
            }
        }
    }
    if problems.is_empty() {
        Ok((store, sketches))
    } else {
        Err(problems)
    }
}
