#!/usr/bin/env bash
# `./test.sh kernels`: verifier acceptance and packet fixtures on Debian's kernels, under qemu, in the network of nobody.
#   eng/kernels/kernels.sh [VERSION]      VERSION: 6.1 or 6.12; default both
# Needs no root once the packages are there. Logs stay in artifacts/kernels/VERSION.log and VERSION.console.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=eng/lib.sh
. "$root/eng/lib.sh"
# shellcheck source=eng/tests.sh
. "$root/eng/tests.sh"
# shellcheck source=eng/kernels/sources.sh
. "$here/sources.sh"
cd "$root"

if (($#)); then
    [[ " ${kernel_versions[*]} " == *" $1 "* ]] || { warn "kernel '$1' is not known: expected one of ${kernel_versions[*]}"; exit 2; }
    kernel_versions=("$1")
fi

passed=0 failed=0 skipped=0
work=''
make_temp_dir work
mkdir -p artifacts/kernels "$work/guest"
export MSBUILDDISABLENODEREUSE=1

# quietly WHAT COMMAND…  the command's output only when it fails.
quietly() {
    local what=$1
    shift
    info "$what"
    "$@" >"$work/step.log" 2>&1 || { cat "$work/step.log" >&2; die "$what: failed"; }
}

# ---------------------------------------------------------------- what the guests run

ensure_packages qemu-system-x86 iproute2 cpio xz-utils debian-archive-keyring libbpf-dev libelf-dev zlib1g-dev linux-libc-dev libc6-dev gcc
ensure_dotnet "$root"
ensure_clang
clang=$(find_clang)
# The oldest compiler that is claimed and the one that is preferred, where the distribution has them; else the one that is here.
compilers=()
for compiler in clang-14 clang-19; do
    if ! command -v "$compiler" >/dev/null && is_root && apt-cache policy "$compiler" 2>/dev/null | grep -q 'Candidate: [0-9]'; then
        ensure_packages "$compiler"
    fi
    if command -v "$compiler" >/dev/null; then compilers+=("$compiler"); else info "no $compiler here: not tested with it"; fi
done
((${#compilers[@]})) || compilers=("$clang")

quietly "building tests/Loxi.Nat.KernelCheck (native executable)" \
    dotnet publish tests/Loxi.Nat.KernelCheck -c Release -r linux-x64 -v q -o "$work/publish"
install "$work/publish/Loxi.Nat.KernelCheck" "$work/guest/check"

for source in "$here"/selftest/*.bpf.c; do
    object=$(basename "$source" .c).o
    quietly "compiling selftest/$(basename "$source")" "$clang" -target bpf -O2 -g -Wall -Werror \
        -I"/usr/include/$(uname -m)-linux-gnu" -c "$source" -o "$work/guest/$object"
done

# checks: NAME|EXPECTED CODE PER KERNEL|COMMAND. An expected code is 0 (accepted) or 1 (refused by the verifier).
checks=(
    "selftest: a sound program is accepted|6.1=0 6.12=0|./check accepted.bpf.o"
    "selftest: a read past the packet is refused|6.1=1 6.12=1|./check refused.bpf.o"
    "selftest: an instruction of Linux 6.6 is refused before and accepted after|6.1=1 6.12=0|./check since-6.6.bpf.o"
)

shopt -s nullglob
sources=(src/Loxi.Nat/bpf/*.bpf.c)
if ((${#sources[@]})); then
    for compiler in "${compilers[@]}"; do
        # One source can give several objects, so what the build leaves is what counts.
        quietly "compiling src/Loxi.Nat/bpf with $compiler" dotnet build src/Loxi.Nat -t:LoxiCompileBpf -c Debug -v q -nologo \
            -p:ClangPath="$compiler" -p:BpfIntermediateDir="$work/$compiler/"
        mapfile -t built < <(find "$work/$compiler" -name '*.bpf.o' | sort)
        ((${#built[@]})) || die "the build of src/Loxi.Nat left no .bpf.o below $work/$compiler although src/Loxi.Nat/bpf has sources"
        for object in "${built[@]}"; do
            name=$(basename "$object" .bpf.o).$compiler.bpf.o
            [[ ! -e $work/guest/$name ]] || die "two objects are named $name"
            cp "$object" "$work/guest/$name"
            checks+=("$(basename "$object") of $compiler is accepted|6.1=0 6.12=0|./check $name")
        done
    done
else
    info "src/Loxi.Nat/bpf has no .bpf.c file: nothing but the self test is loaded"
fi

# The guests of one kernel run beside each other, a CPU each: the first loads the objects, the others share the packet fixtures.
fixture_guests=2
fixtures=tests/Loxi.Nat.RootTests

# Compiled before: an emulated CPU takes longer to compile the tests than to run them.
quietly "building $fixtures (compiled for the guest)" \
    dotnet publish "$fixtures" -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -v q -o "$work/fixtures/t"
executable=$work/fixtures/t/$(basename "$fixtures")
# The trait Suite=Kernels: they need no tool beside busybox, ip and libbpf.
"$executable" -list methods -trait Suite=Kernels -noColor >"$work/methods" 2>&1 || { cat "$work/methods" >&2; die "$executable does not list its tests"; }
mapfile -t methods < <(grep -E '^[A-Za-z0-9_.]+$' "$work/methods" | sort)
((${#methods[@]})) || die "$fixtures has no tests with the trait Suite=Kernels"
# share GUEST  its methods: every other one, so that each guest gets some of each class.
share() {
    local i
    for ((i = $1; i < ${#methods[@]}; i += fixture_guests)); do printf '%s\n' "${methods[i]}"; done
}
for ((guest = 0; guest < fixture_guests; guest++)); do
    {
        printf 'exec ./t/%s -noColor -noLogo' "$(basename "$fixtures")"
        share "$guest" | sed 's/^/ -method /' | tr -d '\n'
        echo
    } >"$work/fixtures/share$guest.sh"
done

dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
runtime=$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App \(10\.[^ ]*\) .*/\1/p' | tail -n 1)
# .NET hashes test identifiers with OpenSSL, which it opens by name.
libssl=$(ldconfig -p | sed -n 's/^[[:space:]]*libssl\.so\.[0-9.]* .*=> //p' | head -n 1)
[[ $libssl ]] || die "no libssl here, which .NET needs"
# What has been compiled stays as it is, and nothing is mapped twice to protect code from being written: each costs an emulated CPU dear.
fixture_options=(--add /bin/ip --memory 2048 --cpus 1 --timeout 3000 --add "$dotnet_root/host/fxr/$runtime" --add "$dotnet_root/shared/Microsoft.NETCore.App/$runtime" --add "$libssl")
for setting in DOTNET_ROOT="$dotnet_root" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_TieredPGO=0 DOTNET_TC_CallCounting=0 \
    DOTNET_EnableWriteXorExecute=0 DOTNET_GCgen0size=0x4000000; do
    fixture_options+=(--env "$setting")
done

# The first guest's script: every check between two marks, so that one boot serves all.
for i in "${!checks[@]}"; do
    printf 'echo "@begin %d"\n%s\necho "@end %d $?"\n' "$i" "${checks[i]##*|}" "$i"
done >"$work/guest/checks.sh"

# ---------------------------------------------------------------- the guests of each kernel

# report VERDICT TEXT  counts and prints.
report() {
    case $1 in
        passed) passed=$((passed + 1)) ;;
        failed) failed=$((failed + 1)) ;;
    esac
    info "$1: $2"
}

# judge_verdict VERSION NAME ACTUAL EXPECTED  one check of acceptance; a refusal must be the verifier's, with its log.
judge_verdict() {
    local version=$1 name=$2 actual=$3 expected=$4
    if [[ $actual && $actual == "$expected" ]] && { [[ $expected == 0 ]] || grep -q 'of the verifier log:$' "$work/check.log"; }; then
        report passed "kernel $version: $name"
        [[ $expected != 0 ]] || grep -E '^  [^ ]+: loaded in' "$work/check.log" || true
    else
        cat "$work/check.log" "$work/errors" >&2
        report failed "kernel $version: $name (exit code ${actual:-none}, expected $expected)"
    fi
}

# judge_fixtures VERSION GUEST CODE  one share of the fixtures: its counts are ours. A guest is never too old for what it is asked.
judge_fixtures() {
    local version=$1 guest=$2 code=$3 log=artifacts/kernels/$1.fixtures$2.log
    if ! count_tests "$log" || ((test_passed + test_failed + test_skipped == 0)); then
        tail -n 60 "$log" >&2
        cat "$work/errors$guest" >&2
        report failed "kernel $version: fixtures $((guest + 1)) of $fixture_guests came to no end (exit code $code)"
        return 0
    fi
    if ((code != 0 && test_failed == 0)); then test_failed=1; fi
    if ((test_failed + test_skipped > 0)); then cat "$log" >&2; fi
    info "kernel $version: fixtures $((guest + 1)) of $fixture_guests: $test_passed passed, $test_failed failed, $test_skipped skipped"
    passed=$((passed + test_passed)) failed=$((failed + test_failed)) skipped=$((skipped + test_skipped))
}

for version in "${kernel_versions[@]}"; do
    "$here/fetch.sh" "$version"
    log=artifacts/kernels/$version.log
    started=$SECONDS guests=()
    for ((guest = 0; guest < fixture_guests; guest++)); do
        setpriv --pdeathsig TERM "$here/run-in-kernel.sh" --console "artifacts/kernels/$version.fixtures$guest.console" "${fixture_options[@]}" \
            "$version" "$work/fixtures" sh "share$guest.sh" >"artifacts/kernels/$version.fixtures$guest.log" 2>"$work/errors$guest" &
        guests+=($!)
        on_exit stop_process $!
    done
    status=0
    "$here/run-in-kernel.sh" --console "artifacts/kernels/$version.console" --cpus 1 --timeout 1200 "$version" "$work/guest" sh checks.sh >"$log" 2>"$work/errors" || status=$?
    release=$(<"artifacts/kernels/$version/release")
    if grep -q "^@begin 0" "$log"; then
        report passed "kernel $version: $release booted and ran the checks in $((SECONDS - started)) s"
        for i in "${!checks[@]}"; do
            sed -n "/^@begin $i\$/,/^@end $i /p" "$log" >"$work/check.log"
            actual=$(sed -n "s/^@end $i \([0-9]*\)$/\1/p" "$work/check.log")
            IFS='|' read -r name expected _ <<<"${checks[i]}"
            judge_verdict "$version" "$name" "$actual" "$(sed -n "s/.*\b$version=\([0-9]\).*/\1/p" <<<" $expected")"
        done
    else
        cat "$log" "$work/errors" >&2
        report failed "kernel $version: $release did not run the checks (exit code $status)"
    fi
    for ((guest = 0; guest < fixture_guests; guest++)); do
        status=0
        wait "${guests[guest]}" || status=$?
        judge_fixtures "$version" "$guest" "$status"
    done
    info "kernel $version: all in $((SECONDS - started)) s"
done

info "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
