#!/usr/bin/env bash
# Builds everything and runs the tests. ./test.sh --help tells what can be chosen.
set -uo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
usage: ./test.sh [SUITE...]        everything, or only the suites named
       ./test.sh --long NAME       a long suite; appends its totals to bench/results/
       ./test.sh --list            the suites and their projects

Suites: format engine sql protocols tidy bench
Long:   kill   kill -9 at random moments, 200 rounds, writers, flushes and merges under way
        cuts   a power cut and a failed call at every storage call
        soak   half an hour of full ingest, queries, merges and deletes
        simulation   20,000 seeded histories on one thread, from where the last run ended
        fuzz   ten minutes of damaged and malicious bytes for each parser
Needs the .NET SDK that global.json names; installs whatever else is missing (Debian packages, npm packages).
The last line is "N passed, N failed"; the exit code is 0 only if nothing failed.
TEXT
}

readonly results=artifacts/test-results
passed=0
failed=0
table=()

# Every project is culture-invariant; so may the SDK be, which otherwise wants libicu installed.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1

# --- what each suite runs -------------------------------------------------------------------------------------

projects_of() {
  case $1 in
    engine) set -- Core Ingest Storage Engine Analytics Simulation Fuzz ;;
    sql) set -- Query Query.Arrow ;;
    protocols) set -- Server Client Protocol EndToEnd ;;
    tidy) set -- Tidy ;;
    bench) set -- Bench.Workload ;;
    *) return 1 ;;
  esac
  local name path
  for name in "$@"; do
    for path in "tests/Tsdb.$name.Tests/Tsdb.$name.Tests.csproj" "tests/Tsdb.$name/Tsdb.$name.csproj"; do
      [ -f "$path" ] && echo "$path"
    done
  done
  return 0
}

# --- what must be there ---------------------------------------------------------------------------------------

die() { echo "test.sh: $*" >&2; exit 2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo -n "$@" || die "'sudo $*' failed; run it by hand, then ./test.sh again"
  else die "cannot run '$*': neither root nor sudo here; install it by hand, then ./test.sh again"
  fi
}

# install COMMAND PACKAGE: Debian's package, if the command is missing.
install() {
  command -v "$1" >/dev/null && return
  install_package "$1" "$2"
  command -v "$1" >/dev/null || die "$2 is installed, but there is still no '$1'"
}

# install_module MODULE PACKAGE: Debian's package, if Debian's Python lacks the module.
install_module() {
  /usr/bin/python3 -c "import $1" 2>/dev/null && return
  install_package "Python's $1" "$2"
  /usr/bin/python3 -c "import $1" || die "$2 is installed, but /usr/bin/python3 cannot import $1"
}

# install_package PURPOSE PACKAGE
apt_updated=
install_package() {
  command -v apt-get >/dev/null || die "'$1' is missing and there is no apt-get; install it by hand"
  echo "installing $2 (for $1)"
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq || die "apt-get update failed; is the network there?"
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null \
    || die "apt-get could not install $2"
}

prepare() {
  command -v dotnet >/dev/null || die "no 'dotnet' on PATH; install the .NET SDK that global.json names"
  install curl curl
  install protoc protobuf-compiler
  install lz4 lz4
  install_module google.protobuf python3-protobuf
  install_module grpc python3-grpcio
  install node nodejs
  install npm npm
  local folder
  for folder in tests/Tsdb.EndToEnd/node tests/Tsdb.EndToEnd/s3; do
    [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && continue
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) || die "npm ci failed in $folder"
  done
}

# --- running --------------------------------------------------------------------------------------------------

# timed LABEL COMMAND...: runs it, keeps its wall time for the table, gives its exit code.
timed() {
  local label=$1 begin=$EPOCHREALTIME code
  shift
  echo "== $label"
  "$@"
  code=$?
  local seconds
  seconds=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
  echo "== $label: $seconds s$([ $code -eq 0 ] || echo ", FAILED")"
  table+=("$label|$seconds|$code")
  return $code
}

build() { dotnet build Tsdb.sln -c Release --nologo -v quiet -clp:NoSummary; }

# Style and analyzers are errors of the build itself; what is left for the formatter is white space.
check_format() { dotnet format whitespace Tsdb.sln --no-restore --verify-no-changes -v quiet; }

# One project at a time: a project's tests use the cores themselves.
run_projects() {
  local project name counts code=0
  for project in "$@"; do
    name=$(basename "$project" .csproj)
    rm -f "$results/$name.trx"
    dotnet test "$project" -c Release --no-build --nologo -v quiet --results-directory "$results" \
      --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" 2>&1 || code=1
    if ! counts=$(grep -o '<Counters [^>]*' "$results/$name.trx" 2>/dev/null); then
      echo "$name gave no results: counted as one failure"
      failed=$((failed + 1)) code=1
      continue
    fi
    passed=$((passed + $(count passed "$counts")))
    failed=$((failed + $(count total "$counts") - $(count passed "$counts") - $(count notExecuted "$counts")))
  done
  return $code
}

count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$2"; }

# Bytes that the hot paths allocate, held against bench/baselines.
run_gate() {
  local log=$results/allocations.txt counts
  dotnet artifacts/bin/Tsdb.Bench.Micro/release/Tsdb.Bench.Micro.dll --gate bench/baselines/allocations.json >"$log" 2>&1
  local code=$?
  grep -v '^//' "$log"
  if ! counts=$(grep -oE '^allocations: [0-9]+ passed, [0-9]+ failed$' "$log"); then
    echo "the allocation gate gave no results: counted as one failure"
    failed=$((failed + 1))
    return 1
  fi
  passed=$((passed + $(cut -d' ' -f2 <<<"$counts")))
  failed=$((failed + $(cut -d' ' -f4 <<<"$counts")))
  return $code
}

run_bench() {
  local code=0
  run_projects "$@" || code=1
  run_gate || code=1
  return $code
}

run_suite() {
  local suite=$1 projects
  if [ "$suite" = format ]; then
    if timed "format" check_format; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    return
  fi
  mapfile -t projects < <(projects_of "$suite")
  [ ${#projects[@]} -gt 0 ] || { echo "== $suite: no projects yet"; return; }
  local run=run_projects
  [ "$suite" = bench ] && run=run_bench
  timed "$suite" "$run" "${projects[@]}"
}

report() {
  local row label seconds code total=0
  echo
  echo "suite        minutes"
  for row in "${table[@]}"; do
    IFS='|' read -r label seconds code <<<"$row"
    awk -v l="$label" -v s="$seconds" -v c="$code" 'BEGIN { printf "%-12s %7.2f%s\n", l, s / 60, c ? "  FAILED" : "" }'
    total=$(awk -v a="$total" -v b="$seconds" 'BEGIN { print a + b }')
  done
  awk -v s="$total" 'BEGIN { printf "%-12s %7.2f\n\n", "all", s / 60 }'
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

run_long() {
  local script="tests/long/$1.sh"
  [ -f "$script" ] || die "no long suite '$1'; there are: $(cd tests/long 2>/dev/null && ls -- *.sh 2>/dev/null | sed 's/\.sh$//' | xargs)"
  mkdir -p "$results"
  prepare
  timed build build || die "the build failed"
  if timed "$1" bash "$script"; then passed=1; else failed=1; fi
  report
}

# --- arguments ------------------------------------------------------------------------------------------------

suites=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --list) for s in engine sql protocols tidy bench; do echo "$s:" $(projects_of "$s"); done; exit 0 ;;
    --long) [ $# -ge 2 ] || die "--long needs a name"; run_long "$2"; exit ;;
    format | engine | sql | protocols | tidy | bench) suites+=("$1") ;;
    *) usage >&2; die "unknown argument '$1'" ;;
  esac
  shift
done
[ ${#suites[@]} -gt 0 ] || suites=(format engine sql protocols tidy bench)

mkdir -p "$results"
prepare
if timed build build; then
  for suite in "${suites[@]}"; do run_suite "$suite"; done
else
  failed=1
fi
report
