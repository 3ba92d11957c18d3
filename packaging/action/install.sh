#!/usr/bin/env bash
# Puts a keyfence of a known checksum into the runner's tool cache, and says where (output `binary`).
#
# packaging/action/checksums.txt has a line for each file of each release: version, target, SHA-256. The release step
# writes it. Before the first release, and for targets without a file, keyfence is built from this action's own source.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$here/../.." && pwd)
output=${GITHUB_OUTPUT:-/dev/stdout}

fail() {
    echo "::error title=keyfence could not be installed::$1"
    exit 2
}

if [ -n "${INPUT_BINARY:-}" ]; then
    [ -x "$INPUT_BINARY" ] || fail "there is no program at the path that the input binary names"
    echo "binary=$INPUT_BINARY" >>"$output"
    exit 0
fi

version=${INPUT_VERSION:-}
version=${version#v}
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)
version=${version:-$own}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "the input version is no version"

case "$(uname -s)-$(uname -m)" in
Linux-x86_64) target=x86_64-unknown-linux-musl ;;
Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
Darwin-x86_64) target=x86_64-apple-darwin ;;
Darwin-arm64) target=aarch64-apple-darwin ;;
MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
*) target=none ;;
esac

cache=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}}/keyfence/$version/$target
case $target in *windows*) end=.exe ;; *) end= ;; esac
binary=$cache/keyfence$end
sum=$(awk -v version="$version" -v target="$target" '$1 == version && $2 == target { print $3 }' "$here/checksums.txt")

digest() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

if [ -n "$sum" ]; then
    # A cache may be shared: what is in it is checked each time.
    if [ ! -x "$binary" ] || [ "$(cat "$cache/archive.sha256" 2>/dev/null)" != "$sum" ] ||
        [ "$(digest "$binary")" != "$(cat "$cache/binary.sha256" 2>/dev/null)" ]; then
        base=${KEYFENCE_RELEASES:-https://github.com/keyfence/keyfence/releases/download}
        work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/keyfence.XXXXXX")
        trap 'rm -rf "$work"' EXIT
        curl --fail --silent --show-error --location --retry 3 --output "$work/archive" \
            "$base/v$version/keyfence-$target.tar.gz" || fail "keyfence $version for $target could not be downloaded"
        got=$(digest "$work/archive")
        [ "$got" = "$sum" ] || fail "the download has the SHA-256 $got, and $sum is the right one"
        tar -xzf "$work/archive" -C "$work"
        mkdir -p "$cache"
        install -m 755 "$work/keyfence-$target/keyfence$end" "$binary"
        digest "$binary" >"$cache/binary.sha256"
        echo "$sum" >"$cache/archive.sha256"
    fi
elif [ "$version" = "$own" ] && command -v cargo >/dev/null; then
    echo "no file of keyfence $version for this machine is known: it is built from source"
    cargo build --release --locked --manifest-path "$source/Cargo.toml" --target-dir "$cache/target"
    binary=$cache/target/release/keyfence$end
else
    fail "no checksum of keyfence $version for $target is known to this version of the action"
fi
"$binary" --version
echo "binary=$binary" >>"$output"
