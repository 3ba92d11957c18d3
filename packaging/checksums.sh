#!/usr/bin/env bash
# The lines of packaging/action/checksums.txt for the archives in DIRECTORY; the release step appends them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
for archive in "$1"/keyfence-*.tar.gz; do
    target=$(basename "$archive" .tar.gz)
    echo "$version ${target#keyfence-} $(sha256sum "$archive" | cut -d ' ' -f 1)"
done
