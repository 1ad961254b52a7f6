//! `size`: how much the door weighs, and how much it may.

use std::fs;
use std::io::Write;

use crate::wasm::{self, Build};
use crate::{Context, Failure, Result, workspace};

/// Bytes of one build: as it lies on disk, and as the two compressions of the web carry it.
struct Weight {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the weights; fails when a build is over its budget.
pub(crate) fn print() -> Result<()> {
    println!(
        "{:<6}{:>12}{:>12}{:>12}{:>12}",
        "build", "raw", "gzip", "brotli", "budget"
    );
    let mut over = Vec::new();
    for build in &wasm::BUILDS {
        let weight = weigh(build)?;
        println!(
            "{:<6}{:>12}{:>12}{:>12}{:>12}",
            build.folder,
            kilobytes(weight.raw),
            kilobytes(weight.gzip),
            kilobytes(weight.brotli),
            kilobytes(build.brotli_budget)
        );
        if weight.brotli > build.brotli_budget {
            over.push(build.folder);
        }
    }
    if over.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("over the brotli budget: {}", over.join(", "))))
}

fn weigh(build: &Build) -> Result<Weight> {
    let file = workspace::wasm_package()?.join(build.folder).join(wasm::BINARY);
    let bytes = fs::read(&file).context(&format!("read {}", file.display()))?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&bytes).context("compress by gzip")?;
    let mut brotli = Vec::new();
    let best = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut brotli, &best).context("compress by brotli")?;
    Ok(Weight {
        raw: bytes.len(),
        gzip: gzip.finish().context("compress by gzip")?.len(),
        brotli: brotli.len(),
    })
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}
