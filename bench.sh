#!/usr/bin/env bash
# Benchmarks beside the floor and beside other balancers, in alternating rounds: ./bench.sh [packets|e2e|node|all] [--rounds N] [--json FILE]
# Installs what is missing (no service of it is started), builds, prints tables. Exit code 1: a gate failed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=eng/lib.sh
source "$root/eng/lib.sh"

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
    sed -n '2,3s/^# //p' "$root/bench.sh"
fi
need_root "bench.sh"
packages=(iproute2 ethtool util-linux libbpf1 libbpf-dev libelf-dev zlib1g-dev linux-libc-dev)
what=all
for argument in "$@"; do
    case $argument in packets | e2e | node | all) what=$argument ;; esac
done
if [[ $what == e2e || $what == all ]]; then
    packages+=(nftables conntrack haproxy nginx-light wrk iperf3)
fi
ensure_packages "${packages[@]}"
ensure_clang
ensure_dotnet "$root"

build() { dotnet build "$root/$1" --configuration Release --verbosity quiet --nologo || die "cannot build $1"; }
build benchmarks/Loxi.Benchmarks
if [[ $what != packets ]]; then
    [[ $what == node ]] || build tests/Loxi.Lab
    # The node as it is delivered: one native program.
    native=$root/artifacts/native/bench
    dotnet publish "$root/hosts/Loxi.Node" --configuration Release --use-current-runtime -p:PublishAot=true --output "$native" --verbosity quiet --nologo \
        || die "cannot publish hosts/Loxi.Node"
    set -- --loxid "$native/loxid" "$@"
fi
exec "$root/artifacts/bin/Loxi.Benchmarks/release/loxi-bench" "$@"
