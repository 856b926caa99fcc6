#!/usr/bin/env bash
# Starts the emulator behind a GitHub Actions job, waits until it is ready, and makes the steps that follow a persona.
# Variables: PERSONA, and the emulator's own settings (SSM_EMULATOR_PORT, SSM_EMULATOR_SEED, …).
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
export PATH="$root/node_modules/.bin:$PATH"
log="${RUNNER_TEMP:-/tmp}/ssm-emulator.log"
timeout_seconds=600 # The first start builds the node image.

emulator=("$root/node_modules/.bin/node" "$root/emulator/main.ts")
command -v "${emulator[0]}" >/dev/null || emulator[0]=node
nohup "${emulator[@]}" start >"$log" 2>&1 </dev/null &
pid=$!

for ((waited = 0; waited < timeout_seconds * 5; waited++)); do
  grep -q '^Ready\.$' "$log" && break
  if ! kill -0 "$pid" 2>/dev/null; then
    cat "$log" >&2
    echo "::error::ssm-emulator ended before it was ready"
    exit 1
  fi
  sleep 0.2
done
grep -q '^Ready\.$' "$log" || { cat "$log" >&2; echo "::error::ssm-emulator was not ready in time"; kill "$pid"; exit 1; }
cat "$log"

endpoint="http://127.0.0.1:${SSM_EMULATOR_PORT:-4583}"
"${emulator[@]}" env --as "${PERSONA:-root}" --endpoint "$endpoint" --json |
  "${emulator[0]}" -e '
    const variables = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    for (const [name, value] of Object.entries(variables)) console.log(`${name}=${value}`);
  ' >>"$GITHUB_ENV"
echo "SSM_EMULATOR_ENDPOINT=$endpoint" >>"$GITHUB_ENV"
printf 'endpoint=%s\npid=%s\n' "$endpoint" "$pid" >>"$GITHUB_OUTPUT"
command -v session-manager-plugin >/dev/null || echo "$root/session-manager-plugin" >>"$GITHUB_PATH"
