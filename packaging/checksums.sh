#!/usr/bin/env bash
# The lines of packaging/action/checksums.txt for the archives in DIRECTORY; the release step appends them.
set -euo pipefail
version=$("$(dirname "${BASH_SOURCE[0]}")/version.sh")
for archive in "$1"/keyfence-*-*.tar.gz; do
    target=$(basename "$archive" .tar.gz)
    echo "$version ${target#keyfence-} $(sha256sum "$archive" | cut -d ' ' -f 1)"
done
