#!/usr/bin/env bash
# Builds the wheel for this machine into DIRECTORY, or for a target: packaging/wheel.sh DIRECTORY [TARGET]
# Needs maturin (pip install maturin).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(mkdir -p "$1" && cd "$1" && pwd)
target=${2:-}
# The pages come from a program of the machine that builds.
cargo build --release --locked
rm -rf packaging/pypi/data
packaging/extras.sh "${CARGO_TARGET_DIR:-target}/release/keyfence" packaging/pypi/data/data
cd packaging/pypi
case $target in
# A static program runs on glibc and on musl alike: pip shall take it on both.
*-musl) set -- --target "$target" --compatibility manylinux2014 --compatibility musllinux_1_2 ;;
*) set -- ${target:+--target "$target"} ;;
esac
maturin build --release --out "$out" "$@"
