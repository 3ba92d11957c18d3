#!/usr/bin/env bash
# Writes completions and manual pages, as the program gives them, into a directory laid out as /usr is.
#   packaging/extras.sh KEYFENCE DIRECTORY
set -euo pipefail
program=$1
to=$2
mkdir -p "$to/share/man/man1" "$to/share/bash-completion/completions" "$to/share/zsh/site-functions" \
    "$to/share/fish/vendor_completions.d"
"$program" completions bash >"$to/share/bash-completion/completions/keyfence"
"$program" completions zsh >"$to/share/zsh/site-functions/_keyfence"
"$program" completions fish >"$to/share/fish/vendor_completions.d/keyfence.fish"
"$program" man >"$to/share/man/man1/keyfence.1"
for command in scan gitignore checklist hook init doctor explain baseline rules; do
    "$program" man "$command" >"$to/share/man/man1/keyfence-$command.1"
done
