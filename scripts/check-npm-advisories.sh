#!/usr/bin/env bash
# npm knows of no advisory against what is installed here, of whatever severity for what users install, and of a high one for the rest.
# Asks npm's registry, which not every mirror of it answers: the workflow runs this.
set -euo pipefail
cd "$(dirname "$0")/.."
npm audit --omit=dev --package-lock-only
npm audit --audit-level=high --package-lock-only
npm audit --audit-level=high --package-lock-only --prefix scripts/tools
