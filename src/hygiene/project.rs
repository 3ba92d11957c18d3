//! Sub-projects: directories with a manifest of their own.

use std::collections::BTreeSet;

use super::ground::Ground;

/// The files that make a directory a project of its own.
const MANIFESTS: [&[u8]; 31] = [
    b"package.json",
    b"deno.json",
    b"bun.lockb",
    b"pyproject.toml",
    b"setup.py",
    b"setup.cfg",
    b"requirements.txt",
    b"Pipfile",
    b"environment.yml",
    b"conda.yaml",
    b"Cargo.toml",
    b"go.mod",
    b"composer.json",
    b"Gemfile",
    b"pom.xml",
    b"build.gradle",
    b"build.gradle.kts",
    b"build.sbt",
    b"mix.exs",
    b"pubspec.yaml",
    b"Package.swift",
    b"CMakeLists.txt",
    b"foundry.toml",
    b"hardhat.config.js",
    b"hardhat.config.ts",
    b"truffle-config.js",
    b"Anchor.toml",
    b"docker-compose.yml",
    b"docker-compose.yaml",
    b"compose.yml",
    b"compose.yaml",
];

/// Whether a file of this name makes its directory a project.
pub(super) fn is_manifest(name: &[u8]) -> bool {
    MANIFESTS.contains(&name) || name.ends_with(b".csproj") || name.ends_with(b".fsproj")
}

/// The sub-projects that the index knows, below the directory that was asked for.
pub(super) fn listed(ground: &Ground) -> BTreeSet<Vec<u8>> {
    let mut out = BTreeSet::new();
    for listed in ground.listing.all() {
        let Some(below) = listed.path.strip_prefix(&*ground.prefix) else {
            continue;
        };
        let Some(slash) = memchr::memrchr(b'/', below) else {
            continue;
        };
        let name = below.get(slash + 1..).unwrap_or_default();
        let dir = listed.path.get(..ground.prefix.len() + slash);
        if is_manifest(name) {
            out.extend(dir.map(<[u8]>::to_vec));
        }
    }
    out
}
