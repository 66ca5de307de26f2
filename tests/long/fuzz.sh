#!/usr/bin/env bash
# Every parser is fed with mutations for TSDB_FUZZ_MINUTES (10) of CPU time each, one after the other;
# TSDB_FUZZ_TARGETS names some of them alone. The totals go to bench/results/fuzz.md; the next run of a parser takes the
# next seed.
set -uo pipefail
program=artifacts/bin/Tsdb.Fuzz/release/Tsdb.Fuzz
report=bench/results/fuzz.md
minutes=${TSDB_FUZZ_MINUTES:-10}
targets=${TSDB_FUZZ_TARGETS:-$(grep -ohE 'Name => "[a-z-]+"' tests/Tsdb.Fuzz/Targets/*.cs | cut -d'"' -f2 | sort)}
if [ ! -f "$report" ]; then
  cat >"$report" <<'TEXT'
# Fuzzing

Command: `./test.sh --long fuzz`; `TSDB_FUZZ_MINUTES` says how long each parser takes, in CPU time and at most four
times as long on the clock; `TSDB_FUZZ_TARGETS` which.

Seeded mutations of valid inputs (`tests/Tsdb.Fuzz`), three of four with their checksums made right again. A finding
is whatever is thrown beyond the documented refusals, an input that takes 20 s of CPU time or allocates beyond its
bound, and, for the whole database and line protocol, a wrong answer. Findings are kept in `tests/Tsdb.Fuzz/corpus`.

| date (UTC) | parser | minutes | CPU s | inputs | seed | result |
|---|---|---:|---:|---:|---:|---|
TEXT
fi
failed=0
for target in $targets; do
  seed=$(($(grep -c "^| .* | $target |" "$report") + 1))
  output=$(TSDB_FUZZ_MINUTES=$minutes TSDB_SEED=$seed TSDB_FUZZ_TARGET=$target "$program" -showLiveOutput \
    -method '*Whatever_comes*' 2>&1)
  line=$(grep -oE "fuzzed $target: [0-9]+ inputs in [0-9]+" <<<"$output")
  result='no finding'
  [ -n "$line" ] || { result=FINDING; failed=1; printf '%s\n' "$output"; }
  read -r count seconds <<<"$(grep -oE '[0-9]+' <<<"${line:-0 0}" | xargs)"
  echo "| $(date -u '+%Y-%m-%d %H:%M') | $target | $minutes | $seconds | $count | $seed | $result |" | tee -a "$report"
done
exit $failed
