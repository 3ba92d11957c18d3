#!/usr/bin/env bash
# The archive of a release: packaging/bundle.sh TARGET PROGRAM DIRECTORY [PROGRAM-OF-THIS-MACHINE]
# writes DIRECTORY/keyfence-TARGET.tar.gz with the program, its pages and completions, and its licences. The pages come
# from the last program, where the first is one of another machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$1
program=$2
out=$(mkdir -p "$3" && cd "$3" && pwd)
native=${4:-$program}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=keyfence-$target
mkdir "$work/$name"
case $target in *windows*) end=.exe ;; *) end= ;; esac
install -m 755 "$program" "$work/$name/keyfence$end"
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$work/$name/"
packaging/extras.sh "$native" "$work/$name"
# The same content makes the same archive, where tar is GNU's. macOS has it as gtar, or has only its own.
tar=$(command -v gtar || command -v tar)
if "$tar" --version | grep -q GNU; then
    plain=(--sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}")
else
    plain=(--uid 0 --gid 0 --numeric-owner)
fi
"$tar" "${plain[@]}" -C "$work" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
