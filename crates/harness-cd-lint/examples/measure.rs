//! Renders a template for many services, and lints what came out: `measure TEMPLATE < VALUES`, where the values are a
//! JSON list of objects, placeholder name to value. Prints JSON: how long each took in ms, how many findings there are,
//! the first rendering, and the schema by which an editor would judge it.
#![allow(clippy::print_stdout, reason = "printing is the example's purpose")]

use std::hint::black_box;
use std::time::Instant;
use std::{env, fs, io};

use harness_cd_lint::{editor_schema, lint};
use harness_cd_model::Diagnostic;
use harness_cd_template::{Template, Values};

/// One pass takes a few ms, and the first ones touch fresh memory.
const PASSES: u32 = 10;

fn main() -> io::Result<()> {
    let path = env::args().nth(1).unwrap_or_default();
    let text = fs::read_to_string(&path)?;
    let services: Vec<Values> = serde_json::from_reader(io::stdin())?;
    let refused = |findings| io::Error::other(format!("{findings:?}"));

    let begin = Instant::now();
    for _ in 0..PASSES {
        render(&path, &text, &services, |rendered| drop(black_box(rendered))).map_err(refused)?;
    }
    let render_ms = milliseconds_since(begin) / f64::from(PASSES);

    let mut rendered = Vec::new();
    render(&path, &text, &services, |text| rendered.push(text)).map_err(refused)?;
    let begin = Instant::now();
    let findings: usize = rendered.iter().map(|text| lint(&path, text.as_bytes()).len()).sum();
    let lint_ms = milliseconds_since(begin);

    let first = rendered.first();
    let measured = serde_json::json!({
        "renderMs": render_ms,
        "lintMs": lint_ms,
        "findings": findings,
        "first": first,
        "schema": editor_schema("pipeline"),
    });
    println!("{measured}");
    Ok(())
}

fn milliseconds_since(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

/// Reads the template, and renders it for every service.
fn render(path: &str, text: &str, services: &[Values], mut take: impl FnMut(String)) -> Result<(), Vec<Diagnostic>> {
    let template = Template::parse(path, text)?;
    for values in services {
        take(template.render(values)?);
    }
    Ok(())
}
