#!/usr/bin/env bash
# Calls firedrill ci with what the action was given. Ends with its exit code.
set -euo pipefail

args=(--repeat "$FIREDRILL_CI_REPEAT" --inconclusive "$FIREDRILL_CI_INCONCLUSIVE" --junit "$FIREDRILL_CI_JUNIT")
given() { [ -z "$2" ] || args+=("$1" "$2"); }
given --env "$FIREDRILL_CI_ENVIRONMENT"
given --world "$FIREDRILL_CI_WORLD"
given --seed "$FIREDRILL_CI_SEED"
given --changed-since "$FIREDRILL_CI_CHANGED_SINCE"
given --baseline "$FIREDRILL_CI_BASELINE"
given --max-regression "$FIREDRILL_CI_MAX_REGRESSION"
given --write-baseline "$FIREDRILL_CI_WRITE_BASELINE"
while IFS= read -r limit; do
  given --objective "$limit"
done <<<"$FIREDRILL_CI_OBJECTIVES"
scenarios=()
while IFS= read -r scenario; do
  [ -z "$scenario" ] || scenarios+=("$scenario")
done <<<"$FIREDRILL_CI_SCENARIOS"
# Empty is as good as not set.
[ -n "$FIREDRILL_URL" ] || unset FIREDRILL_URL
[ -n "$FIREDRILL_TOKEN" ] || unset FIREDRILL_TOKEN

# A cancelled job signals this shell alone. The first signal asks for abort; everything is put back before the command ends.
"$FIREDRILL_COMMAND" ci "${args[@]}" -- "${scenarios[@]}" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null || true' INT TERM
exit_code=0
wait "$child" || exit_code=$?
while kill -0 "$child" 2>/dev/null; do
  exit_code=0
  wait "$child" || exit_code=$?
done
{
  echo "exit-code=$exit_code"
  echo "junit=$FIREDRILL_CI_JUNIT"
} >>"$GITHUB_OUTPUT"
exit "$exit_code"
