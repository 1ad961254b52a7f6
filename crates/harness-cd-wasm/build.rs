//! Leaves the names of functions out of the binary, a sixth of its size. `strip = true` in the profile would drop the
//! list of target features as well, which wasm-bindgen reads.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        for argument in ["--strip-all", "--keep-section=target_features"] {
            println!("cargo::rustc-link-arg-cdylib={argument}");
        }
    }
}
