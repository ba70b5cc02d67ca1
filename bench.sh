#!/usr/bin/env bash
# Benchmarks beside the floor and beside other balancers, in alternating rounds: ./bench.sh [packets|tables|connections|e2e|node|bfd|bgp|ha|all] [OPTIONS]
# Installs what is missing (no service of it is started), builds, prints tables. Exit codes: 0 done, 1 a gate failed, 2 a wrong call.
#   --rounds N     rounds, every one measures everything once (default 7)
#   --json FILE    every sample of every round
#   --repeat N     packets of a measurement (default 2000000)
#   --cpu N        CPU that packets are measured on (default 1, or 0 when there is one only)
#   --hooks LIST   tc,xdp (default both)
#   --flows LIST   flows in the table (default 1,100000,1000000); of tables: entries, the largest of them
#   --modes LIST   NAT modes beside destination NAT, separated by semicolons, or none (default all)
#   --seconds N    length of an end-to-end load, half of the time that a node is watched idle, the time that BFD sessions are watched (default 5)
#   --bfd LIST     detection,load,flaps,busy (default the first two): how soon a silent peer is noticed; CPU; flaps beside BIRD's; which interval holds beside busy loops
#   --bgp LIST     feeds,vips,steady,hold (default all): tables taken and passed on; own VIPs announced; memory for what changes nothing; a hold time of 3 s beside busy loops for --seconds
#   --ha LIST      announce,failover,sync,moves,load,hold (default the first four): a thousand VIPs announced when a role is taken; the failover of one beside keepalived;
#                  connections that two nodes keep alike, beside conntrackd; planned moves of 10,000 of them; a pair under load for --seconds;
#                  the most of --flows kept alike for --seconds
#   --kills N      kills of the node that has a VIP in a round of ha (default 15)
#   --peers LIST   direct,nftables,haproxy,loxi (default all)
#   --loxid FILE   the node's program (default: built natively here)
#   --help
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=eng/lib.sh
source "$root/eng/lib.sh"

for argument in "$@"; do
    if [[ $argument == --help || $argument == -h ]]; then
        sed -n '2,19s/^# \{0,1\}//p' "$root/bench.sh"
        exit 0
    fi
done
need_root "bench.sh"
packages=(iproute2 ethtool util-linux libbpf1 libbpf-dev libelf-dev zlib1g-dev linux-libc-dev)
what=all
for argument in "$@"; do
    case $argument in packets | tables | connections | e2e | node | bfd | bgp | ha | all) what=$argument ;; esac
done
if [[ $what == e2e || $what == all ]]; then
    packages+=(nftables conntrack haproxy nginx-light wrk iperf3)
fi
if [[ $what == bfd || $what == bgp || $what == all ]]; then packages+=(frr bird2); fi
if [[ $what == bgp || $what == all ]]; then packages+=(gobgpd openbgpd); fi
if [[ $what == ha || $what == all ]]; then packages+=(keepalived conntrackd nftables); fi
ensure_packages "${packages[@]}"
ensure_clang
ensure_dotnet "$root"

build() { dotnet build "$root/$1" --configuration Release --verbosity quiet --nologo || die "cannot build $1"; }
build benchmarks/Loxi.Benchmarks
[[ $what != bfd && $what != bgp && $what != ha ]] || build tests/Loxi.Lab
# Whose collections are forced from outside, which the native one cannot be.
[[ $what != ha ]] || build hosts/Loxi.Node
if [[ $what == e2e || $what == node || $what == ha || $what == all ]]; then
    [[ $what == node || $what == ha ]] || build tests/Loxi.Lab
    # The node as it is delivered: one native program.
    native=$root/artifacts/native/bench
    dotnet publish "$root/hosts/Loxi.Node" --configuration Release --use-current-runtime -p:PublishAot=true --output "$native" --verbosity quiet --nologo \
        || die "cannot publish hosts/Loxi.Node"
    set -- --loxid "$native/loxid" "$@"
fi
exec "$root/artifacts/bin/Loxi.Benchmarks/release/loxi-bench" "$@"
