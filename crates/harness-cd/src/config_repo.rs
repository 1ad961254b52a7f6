use harness_cd_model::ConfigReading;
use harness_cd_pipeline::{ConfigRepo, Files, deploy_rules, read_config_repo};

/// Reads a config repository: the rules of its services, or why it has none.
#[must_use]
pub fn read_rules(files: &Files) -> ConfigReading {
    let ConfigRepo {
        platform,
        catalog,
        diagnostics,
        ..
    } = read_config_repo(files);
    let Some(platform) = platform else {
        return ConfigReading::Rejected { diagnostics };
    };
    let rules = catalog.services.iter().map(|service| deploy_rules(&platform, service));
    ConfigReading::Read {
        rules: rules.collect(),
        regions: platform.regions,
        diagnostics,
    }
}
