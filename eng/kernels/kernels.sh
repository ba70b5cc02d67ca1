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
    options=()
    # The name says since when: signed division and its like are instructions of the fourth version.
    [[ $source == */since-* ]] && options=(-mcpu=v4)
    object=$(basename "$source" .c).o
    quietly "compiling selftest/$(basename "$source")" "$clang" -target bpf -O2 -g -Wall -Werror "${options[@]}" \
        -I"/usr/include/$(uname -m)-linux-gnu" -c "$source" -o "$work/guest/$object"
done

# checks: NAME|EXPECTED CODE PER KERNEL|COMMAND. An expected code is 0 (accepted) or 1 (refused by the verifier);
# "tests" in its place says that the command is a test executable, whose own counts are added.
checks=(
    "selftest: a sound program is accepted|6.1=0 6.12=0|./check accepted.bpf.o"
    "selftest: a read past the packet is refused|6.1=1 6.12=1|./check refused.bpf.o"
    "selftest: an instruction of Linux 6.6 is refused before and accepted after|6.1=1 6.12=0|./check since-6.6.bpf.o"
)

guest_options=()
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

# Tests with the trait Suite=Kernels run in the guest as they are; they need no tool beside busybox, ip and libbpf.
for project in tests/*.RootTests; do
    grep -rqs 'Trait("Suite", *"Kernels")' --include='*.cs' "$project" || continue
    name=$(basename "$project")
    quietly "building $project" dotnet build "$project" -v q
    cp -R "artifacts/bin/$name/debug" "$work/guest/$name"
    test_arguments "$work/guest/$name/$name" trait Suite=Kernels
    checks+=("$name|tests|./$name/$name ${test_options[*]}")
    if ((${#guest_options[@]} == 0)); then
        dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
        runtime=$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App \(10\.[^ ]*\) .*/\1/p' | tail -n 1)
        # .NET hashes test identifiers with OpenSSL, which it opens by name.
        libssl=$(ldconfig -p | sed -n 's/^[[:space:]]*libssl\.so\.[0-9.]* .*=> //p' | head -n 1)
        [[ $libssl ]] || die "no libssl here, which .NET needs"
        guest_options=(--add /bin/ip --memory 2048 --timeout 3600 --env "DOTNET_ROOT=$dotnet_root" --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
            --env DOTNET_TieredPGO=0 --env DOTNET_CLI_TELEMETRY_OPTOUT=1 --add "$dotnet_root/host/fxr/$runtime" --add "$dotnet_root/shared/Microsoft.NETCore.App/$runtime" --add "$libssl")
    fi
done

# The guest's script: every check between two marks, so that one boot serves all.
for i in "${!checks[@]}"; do
    printf 'echo "@begin %d"\n%s\necho "@end %d $?"\n' "$i" "${checks[i]##*|}" "$i"
done >"$work/guest/checks.sh"

# ---------------------------------------------------------------- one boot per kernel

# report VERDICT TEXT  counts and prints.
report() {
    case $1 in
        passed) passed=$((passed + 1)) ;;
        failed) failed=$((failed + 1)) ;;
        skipped) skipped=$((skipped + 1)) ;;
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

# judge_tests VERSION NAME ACTUAL  one test executable: its counts are ours. A guest is never too old for what it is asked.
judge_tests() {
    local version=$1 name=$2 actual=$3
    if ! count_tests "$work/check.log" || [[ ! $actual ]] || ((test_passed + test_failed + test_skipped == 0)); then
        cat "$work/check.log" "$work/errors" >&2
        report failed "kernel $version: $name ran no test (exit code ${actual:-none})"
        return 0
    fi
    if ((actual != 0 && test_failed == 0)); then test_failed=1; fi
    if ((test_failed + test_skipped > 0)); then cat "$work/check.log" >&2; fi
    info "kernel $version: $name: $test_passed passed, $test_failed failed, $test_skipped skipped"
    passed=$((passed + test_passed)) failed=$((failed + test_failed)) skipped=$((skipped + test_skipped))
}

for version in "${kernel_versions[@]}"; do
    "$here/fetch.sh" "$version"
    log=artifacts/kernels/$version.log
    started=$SECONDS status=0
    "$here/run-in-kernel.sh" --console "artifacts/kernels/$version.console" "${guest_options[@]}" "$version" "$work/guest" sh checks.sh >"$log" 2>"$work/errors" || status=$?
    release=$(<"artifacts/kernels/$version/release")
    if grep -q "^@begin 0" "$log"; then
        report passed "kernel $version: $release booted and ran the checks in $((SECONDS - started)) s"
    else
        cat "$log" "$work/errors" >&2
        report failed "kernel $version: $release did not run the checks (exit code $status)"
        continue
    fi
    for i in "${!checks[@]}"; do
        sed -n "/^@begin $i\$/,/^@end $i /p" "$log" >"$work/check.log"
        actual=$(sed -n "s/^@end $i \([0-9]*\)$/\1/p" "$work/check.log")
        IFS='|' read -r name expected _ <<<"${checks[i]}"
        if [[ $expected == tests ]]; then
            judge_tests "$version" "$name" "$actual"
        else
            judge_verdict "$version" "$name" "$actual" "$(sed -n "s/.*\b$version=\([0-9]\).*/\1/p" <<<" $expected")"
        fi
    done
done

info "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
