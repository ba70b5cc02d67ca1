#!/usr/bin/env bash
# Builds Loxi and shows it at work. Installs what is missing and says so.
#   ./run.sh [--debug]          the demo: a lab of network namespaces in which loxid balances real traffic while an endpoint
#                               dies and comes back, then a second one in which the node that serves dies and the other
#                               takes over; each ends with a table, exit code 0 only when all was as it should
#   ./run.sh --keep             the same, and the second lab stays up; prints how to enter it and how to remove it
#   ./run.sh scenario 1|2|3|4|5 [OPTIONS]  a scenario of loxilb's guide to high availability: two nodes, a controller and, in 2 to 4, a router;
#                               the node that serves dies under traffic; in 4 and 5 the other one goes on with 10,000 open connections; ends with
#                               a table. OPTIONS: as of loxi-lab scenario, e.g. --connections N, --default for 4 and 5 in default mode, and --debug
#   ./run.sh node -- [FLAGS]    runs loxid on this very host with these flags (--help lists them)
#   ./run.sh --help
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=eng/lib.sh
source "$root/eng/lib.sh"

usage() { sed -n '2,11s/^# \{0,1\}//p' "$root/run.sh"; }

mode=demo configuration=Release arguments=()
while (($#)); do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --keep) arguments+=(--keep) ;;
        --debug) configuration=Debug ;;
        scenario)
            [[ ${2:-} =~ ^[1-5]$ ]] || { warn "run.sh: scenario '${2:-}': expected 1 to 5"; exit 2; }
            mode=scenario
            shift
            for argument in "$@"; do
                if [[ $argument == --debug ]]; then configuration=Debug; else arguments+=("$argument"); fi
            done
            break
            ;;
        node)
            mode=node
            shift
            [[ ${1:-} != -- ]] || shift
            break
            ;;
        *)
            warn "run.sh: unexpected argument '$1'"
            usage >&2
            exit 2
            ;;
    esac
    shift
done

need_root "run.sh"
ensure_packages iproute2 ethtool util-linux libbpf1 libbpf-dev libelf-dev zlib1g-dev linux-libc-dev
[[ $mode == node ]] || ensure_packages frr nftables
ensure_clang
ensure_dotnet "$root"
export MSBUILDDISABLENODEREUSE=1

build() {
    info "building $1"
    dotnet build "$root/$1" --configuration "$configuration" --verbosity quiet --nologo || die "cannot build $1"
}
program() { printf '%s\n' "$root/artifacts/bin/$1/${configuration,,}/$2"; }

build hosts/Loxi.Node
if [[ $mode == node ]]; then
    warn "warning: loxid attaches to the interfaces of this very host and sets its sysctls; --purge removes what it leaves"
    exec "$(program Loxi.Node loxid)" "$@"
fi
build hosts/Loxi.Cli
build tests/Loxi.Lab
LOXID=$(program Loxi.Node loxid) LOXICTL=$(program Loxi.Cli loxictl)
export LOXID LOXICTL
if [[ $mode == demo ]]; then
    "$(program Loxi.Lab loxi-lab)" demo
    mode=scenario arguments=(1 --peers --seconds 10 "${arguments[@]}")
fi
exec "$(program Loxi.Lab loxi-lab)" "$mode" "${arguments[@]}"
