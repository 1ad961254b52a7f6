//! The Harness REST API, sans-IO: requests out, responses in; scope, paging, errors and the retry rule.
