#!/usr/bin/env bash
# Answers where the command line is: out of the package that was named, or of this checkout, which is set up first.
set -euo pipefail

if [ -n "${FIREDRILL_PACKAGE:-}" ]; then
  place=$RUNNER_TEMP/firedrill
  npm install --prefix "$place" --ignore-scripts --no-audit --no-fund --no-save --loglevel error -- "$FIREDRILL_PACKAGE"
  command=$place/node_modules/.bin/firedrill
else
  root=$(cd "$GITHUB_ACTION_PATH/../.." && pwd)
  # Installs and builds what is missing; all it is asked for is its help.
  node "$root/setup/start.mjs" --help >/dev/null
  command=$root/bin/firedrill
fi
"$command" --version
echo "command=$command" >>"$GITHUB_OUTPUT"
