//! Platform, service and template to Harness entities; runtime inputs and lint of any pipeline.
