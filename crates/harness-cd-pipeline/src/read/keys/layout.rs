//! `harness-cd.yaml`.

use harness_cd_yaml::Kind::{Form, List, Text};
use harness_cd_yaml::{Key, Keys, keys};

/// `harness-cd.yaml`.
pub const LAYOUT: Keys = keys![
    Key::optional(
        "platform",
        Form(
            "the path of a file below the root of the repo",
            "^[^/*\\\\][^*\\\\]*\\.ya?ml$"
        ),
        "platform.yaml",
        "config/platform.yaml",
        "Where the platform description stands.",
        "nothing"
    ),
    Key::optional(
        "services",
        Form(
            "the path of a file, or `<folder>/*.yaml` for a file for each service",
            "^[^/*\\\\][^*\\\\]*(/\\*)?\\.ya?ml$"
        ),
        "services.yaml",
        "services/*.yaml",
        "Where the services stand: in one list, or each in a file of its own, with its keys at the root.",
        "nothing"
    ),
    Key::optional(
        "templates",
        Form(
            "the path of a folder below the root of the repo",
            "^[^/*\\\\][^*\\\\]*$"
        ),
        "templates",
        "harness-pipelines/templates",
        "Where the templates stand.",
        "nothing"
    ),
    Key::optional(
        "otherKeys",
        List(&Text),
        "none",
        "[owner, costCenter]",
        "Keys of other tools in the platform description and the services; nobody reads them here. What begins with `x-` is one without a word.",
        "nothing"
    ),
];
