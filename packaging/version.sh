#!/usr/bin/env bash
# The version of Cargo.toml.
set -euo pipefail
sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../Cargo.toml" | head -n 1
