#!/usr/bin/env bash
# Builds, starts the server on ./data, loads the bundled samples, streams a fleet of hosts at full speed, asks five
# questions, and serves until Ctrl-C.  ./run.sh --once stops after the questions.
set -euo pipefail
cd "$(dirname "$0")"

case "${1:-}" in
  "" | --once) ;;
  *) echo "usage: ./run.sh [--once]" >&2; exit 2 ;;
esac
command -v dotnet >/dev/null || { echo "run.sh: no 'dotnet' on PATH; install the .NET SDK that global.json names" >&2; exit 2; }

export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mkdir -p artifacts
for project in server/Tsdb.Server bench/Tsdb.Bench.Workload; do
  echo "run: building $project (the first time takes about a minute)"
  dotnet build "$project" -c Release --nologo -v quiet >artifacts/run-build.log || { cat artifacts/run-build.log; exit 1; }
done
exec artifacts/bin/Tsdb.Bench.Workload/release/Tsdb.Bench.Workload demo --data data "$@"
