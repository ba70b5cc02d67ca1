#!/usr/bin/env bash
# Builds Loxi and runs its tests; installs what they need and says so.
#   ./test.sh [SET] [FILTER]
#   ./test.sh --help
#   ci       (default) every test project; the root tests too when run as root, without those of matrix, and of those against other daemons a part
#   unit     the tests that need no root, without the native builds of Loxi.Publish.Tests; installs nothing
#   kernels  verifier acceptance and packet fixtures on Debian's 6.1 and 6.12 kernels under qemu; FILTER: one of them
#   interop  all tests against FRR, BIRD and GoBGP; needs root
#   sim      simulated clusters and random walks of the model checker; takes options: ./test.sh sim --help
#   upgrade  pairs of nodes of this version and another one, node by node and back; LOXI_OTHER=COMMIT for another one than that of eng/upgrade.sh; needs root
#   matrix   faults of nodes that share addresses, with real nodes, routers and traffic; needs root; twenty minutes
# FILTER: a part of namespace, class or method names. With CI=true a skipped root test is a failure.
# Ends with the line "N passed, N failed, N skipped". Exit codes: 0 all passed, 1 a failure, 2 a wrong call.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
# shellcheck source=eng/lib.sh
. eng/lib.sh
# shellcheck source=eng/tests.sh
. eng/tests.sh

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
    sed -n '2,14s/^# \{0,1\}//p' test.sh
    exit 0
fi
if [[ ${1:-} == sim ]]; then
    shift
    exec eng/sim.sh "$@"
fi
set_name=${1:-ci} filter=${2:-}
if (($# > 2)); then
    warn "test.sh: unexpected argument '$3'; usage: ./test.sh [unit|ci|kernels|interop|sim|upgrade|matrix] [FILTER]"
    exit 2
fi
case $set_name in
    unit | ci) ;;
    interop) need_root "./test.sh interop" ;;
    kernels) exec eng/kernels/kernels.sh ${filter:+"$filter"} ;;
    matrix | upgrade) need_root "./test.sh $set_name" ;;
    *)
        warn "test.sh: unknown set '$set_name': expected unit, ci, kernels, interop, sim, upgrade or matrix"
        exit 2
        ;;
esac

export MSBUILDDISABLENODEREUSE=1
passed=0 failed=0 skipped=0
work=''
make_temp_dir work

# ---------------------------------------------------------------- packages, build

# The project that the set `interop` runs whole, and `ci` in part; the one of which `matrix` runs a part, and `ci` the rest.
interop=tests/Loxi.Interop.RootTests
scenarios=tests/Loxi.Scenarios.RootTests
build=Loxi.sln
packages=(libbpf-dev libelf-dev zlib1g-dev linux-libc-dev libc6-dev gcc)
peers=(frr bird2 gobgpd)
if [[ $set_name == interop ]]; then
    build=$interop
    ensure_packages iproute2 ethtool "${peers[@]}"
elif [[ $set_name == matrix || $set_name == upgrade ]]; then
    build=$scenarios
    ensure_packages "${packages[@]}" iproute2 nftables ethtool procps "${peers[@]}"
    ensure_clang
elif [[ $set_name == ci ]] && is_root; then
    ensure_packages "${packages[@]}" bpftool iproute2 nftables ethtool tcpdump procps libusrsctp-examples "${peers[@]}"
    ensure_clang
elif ! find_clang >/dev/null; then
    warn "no clang (14 or later) here: the eBPF objects are left out of this build"
fi
ensure_dotnet "$root"

info "building $build"
# Advisories and missing floors of the package registry are no fault of the code.
dotnet build "$build" -v q -nologo -warnaserror '-warnnotaserror:NU1603;NU1901;NU1902;NU1903;NU1904' >"$work/build.log" 2>&1 \
    || { cat "$work/build.log" >&2; die "the build failed"; }

if [[ $set_name == upgrade ]]; then
    # shellcheck source=eng/upgrade.sh
    . eng/upgrade.sh
    build_other_version "$work/other.log"
fi

# ---------------------------------------------------------------- tests

# run_project PROJECT KIND [trait|trait- NAME=VALUE]  runs one test executable and adds what it reports. KIND: plain or root.
run_project() {
    local project=$1 kind=$2 name executable status=0
    shift 2
    name=$(basename "$project")
    executable=artifacts/bin/$name/debug/$name
    if [[ -z $(find "$project" -name '*.cs' -print -quit) ]]; then
        info "$name: has no tests yet"
        return 0
    fi
    test_arguments "$executable" "$@" ${filter:+method "*$filter*"}
    # In the background, so that Ctrl-C and SIGTERM reach this script at once and end the tests with it.
    setpriv --pdeathsig TERM timeout --foreground --kill-after=30 1800 "$executable" "${test_options[@]}" >"$work/$name.log" 2>&1 &
    running=$!
    wait "$running" || status=$?
    running=''
    if ! count_tests "$work/$name.log"; then
        cat "$work/$name.log"
        info "$name: ended without a summary (exit code $status)"
        failed=$((failed + 1))
        return 0
    fi
    if ((test_failed + test_skipped > 0)); then cat "$work/$name.log"; fi
    info "$name: $test_passed passed, $test_failed failed, $test_skipped skipped"
    if ((test_failed == 0 && status != 0 && !(status == 8 && test_passed == 0))); then
        cat "$work/$name.log"
        info "$name: exit code $status although no test failed"
        failed=$((failed + 1))
    elif ((test_passed + test_failed + test_skipped == 0)) && [[ -z $filter ]]; then
        info "$name: ran no test"
        failed=$((failed + 1))
    fi
    if [[ $kind == root && ${CI:-} == true && $test_skipped -gt 0 ]]; then
        info "$name: $test_skipped skipped root tests count as failures (CI=true)"
        test_failed=$((test_failed + test_skipped)) test_skipped=0
    fi
    passed=$((passed + test_passed)) failed=$((failed + test_failed)) skipped=$((skipped + test_skipped))
}

running=''
# shellcheck disable=SC2317
stop_running() { [[ -z $running ]] || stop_process "$running"; }
on_exit stop_running

if [[ $set_name == interop ]]; then
    run_project "$interop" root
elif [[ $set_name == matrix ]]; then
    run_project "$scenarios" root trait Suite=Matrix
elif [[ $set_name == upgrade ]]; then
    run_project "$scenarios" root trait Suite=Upgrade
else
    for project in tests/*.Tests; do
        # Minutes of compiling, and a linker.
        if [[ $set_name == unit && $project == tests/Loxi.Publish.Tests ]]; then continue; fi
        run_project "$project" plain
    done
fi
if [[ $set_name == ci ]]; then
    for project in tests/*.RootTests; do
        part=()
        case $project in
            "$interop") part=(trait Suite=Quick) ;;
            "$scenarios") part=(trait- Suite=Matrix trait- Suite=Upgrade) ;;
        esac
        if is_root; then
            run_project "$project" root "${part[@]}"
        elif [[ ${CI:-} == true ]]; then
            info "$(basename "$project"): needs root, a failure because CI=true"
            failed=$((failed + 1))
        else
            info "$(basename "$project"): skipped, needs root"
            skipped=$((skipped + 1))
        fi
    done
fi
if [[ $filter ]] && ((passed + failed + skipped == 0)); then
    info "no test matches '$filter'"
    failed=1
fi

info "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
