//! The SARIF schema as it was published.
#![allow(clippy::unwrap_used)]

use serde_json::Value;

/// The schema that the serde-sarif crate ships; cargo knows where.
#[allow(clippy::disallowed_types)]
pub(crate) fn schema() -> Value {
    let run = |program: &str, args: &[&str]| {
        let out = std::process::Command::new(program)
            .args(args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8(out.stdout).unwrap()
    };
    // Only this host's packages: others may not be on this machine.
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = run(&rustc, &["-vV"]);
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let metadata = run(
        env!("CARGO"),
        &[
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            host,
        ],
    );
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let manifest = packages
        .iter()
        .find(|p| p["name"] == "serde-sarif")
        .unwrap()["manifest_path"]
        .as_str()
        .unwrap();
    let file = std::path::Path::new(manifest)
        .with_file_name("src")
        .join("schema.json");
    let mut schema: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    // The published pattern for languages, which keyfence does not write, ends in a stray `]`,
    // which no strict reader of regular expressions takes.
    for definition in schema["definitions"].as_object_mut().unwrap().values_mut() {
        if let Some(language) = definition.pointer_mut("/properties/language") {
            language.as_object_mut().unwrap().remove("pattern");
        }
    }
    schema
}
