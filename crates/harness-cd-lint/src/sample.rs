//! What a template's placeholders are judged by.

/// What a template is judged by: values of the shape that the product's own placeholders have.
pub(crate) fn sample_of(placeholder: &str) -> Option<String> {
    let sample = match placeholder {
        "SERVICE_NAME" => "sample-service",
        "SERVICE_IDENTIFIER" => "sample_service",
        "ARCHETYPE" => "api",
        "TEAM" => "sample-team",
        "TEAM_IDENTIFIER" => "sample_team",
        "IMAGE" => "project/sample-service",
        "ENVIRONMENTS" => "sample-environment,sample-production",
        "FIRST_ENVIRONMENT" => "sample-environment",
        "REGIONS" => "region1,region2",
        "FIRST_REGION" => "region1",
        _ => return None,
    };
    Some(sample.to_owned())
}
