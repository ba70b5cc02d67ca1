#!/usr/bin/env bash
# Simulated clusters of role cores (tests/Loxi.Sim), built with optimisation: ./test.sh sim [OPTIONS], see ./test.sh sim --help.
# Exit codes: 0 nothing found, 1 an invariant is broken, 2 a wrong call.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=eng/lib.sh
. eng/lib.sh
ensure_dotnet "$root"
log=$(dotnet build tests/Loxi.Sim --configuration Release --verbosity quiet --nologo 2>&1) || { printf '%s\n' "$log" >&2; die "cannot build tests/Loxi.Sim"; }
exec artifacts/bin/Loxi.Sim/release/loxi-sim "$@"
