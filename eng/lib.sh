# shellcheck shell=bash
# Functions shared by run.sh, test.sh, bench.sh and eng/kernels/. Source it from bash with `set -euo pipefail`.

# ---------------------------------------------------------------- messages

# info TEXT…  one line on standard output.
info() { printf '%s\n' "$*"; }

# warn TEXT…  one line on standard error.
warn() { printf '%s\n' "$*" >&2; }

# die TEXT…  one line on standard error, then exit 1 (the cleanup stack still runs).
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# ---------------------------------------------------------------- cleanup

_cleanup_stack=()

# on_exit COMMAND…  runs COMMAND when the script ends: on success, on failure, on Ctrl-C and on SIGTERM. Last in, first out.
on_exit() {
    local quoted
    printf -v quoted '%q ' "$@"
    _cleanup_stack+=("$quoted")
    if ((${#_cleanup_stack[@]} == 1)); then
        trap _run_cleanup EXIT
        trap 'exit 129' HUP
        trap 'exit 130' INT
        trap 'exit 143' TERM
    fi
}

_run_cleanup() {
    local status=$?
    # A second Ctrl-C must not leave half of it behind.
    trap '' HUP INT TERM
    trap - EXIT
    _cleanup_pop_to 0
    exit "$status"
}

_cleanup_pop_to() {
    local depth=$1 i
    for ((i = ${#_cleanup_stack[@]} - 1; i >= depth; i--)); do
        eval "${_cleanup_stack[i]}" || warn "cleanup failed: ${_cleanup_stack[i]}"
        unset "_cleanup_stack[i]"
    done
}

# make_temp_dir VARIABLE  sets VARIABLE to a new temporary directory that is removed at exit.
make_temp_dir() {
    local -n _made=$1
    _made=$(mktemp -d "${TMPDIR:-/tmp}/loxi.XXXXXXXX")
    on_exit rm -rf -- "$_made"
}

# stop_process PID  ends a process that this script started and waits for it; nothing happens when it has ended already.
stop_process() {
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# ---------------------------------------------------------------- the machine

is_root() { [[ $(id -u) -eq 0 ]]; }

# need_root WHAT  exits 1 unless root.
need_root() {
    is_root || die "$1 needs root (network namespaces and eBPF): run it as root, for example with sudo"
}

# missing_packages PACKAGE…  prints those that dpkg does not know as installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s\n' "$package"
    done
}

# ensure_packages PACKAGE…  installs the missing ones without recommended packages and prints every package that apt adds.
# Services of new packages are kept from starting by /usr/sbin/policy-rc.d; the previous one is put back, also on Ctrl-C.
ensure_packages() {
    local -a missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die "missing: ${missing[*]} (no apt-get here: install them with this machine's package manager)"
    is_root || die "missing packages; run as root: apt-get install --no-install-recommends ${missing[*]}"

    local lock depth=${#_cleanup_stack[@]}
    # One at a time: a second run must not take the first one's policy-rc.d for the machine's own.
    while :; do
        exec {lock}>"$_package_lock"
        flock "$lock"
        # The one who had it may have removed the file: then whoever comes next makes another one.
        [[ /proc/self/fd/$lock -ef $_package_lock ]] && break
        exec {lock}>&-
    done
    # Removed while it is still locked, after everything that it keeps apart.
    on_exit rm -f -- "$_package_lock"
    _hold_services
    on_exit _release_services

    local log
    make_temp_dir log
    _apt_install "$log/apt.log" "${missing[@]}" || {
        # Package lists may be absent (fresh container image) or older than the mirror.
        info "updating package lists"
        _apt_get update >"$log/update.log" 2>&1 || { cat "$log/update.log" >&2; die "apt-get update failed"; }
        _apt_install "$log/apt.log" "${missing[@]}" || { cat "$log/apt.log" >&2; die "cannot install: ${missing[*]}"; }
    }
    sed -n 's/^Setting up \([^ ]*\) (\(.*\)) \.\.\.$/installed package \1 \2/p' "$log/apt.log"

    _cleanup_pop_to "$depth"
    exec {lock}>&-
}

_package_lock=/run/lock/loxi-packages.lock

_apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null; }

_apt_install() {
    local log=$1
    shift
    _apt_get install --yes --no-install-recommends "$@" >"$log" 2>&1
}

_policy=/usr/sbin/policy-rc.d
_policy_saved=/usr/sbin/policy-rc.d.before-loxi
_policy_mark='# written by Loxi: new packages start no services'

_hold_services() {
    # After a SIGKILL ours is still there and the machine's own, if any, is still saved: then there is nothing to save.
    if [[ -e $_policy ]] && ! grep -qxF "$_policy_mark" "$_policy"; then
        mv -- "$_policy" "$_policy_saved"
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$_policy_mark" >"$_policy"
    chmod 755 "$_policy"
}

_release_services() {
    if [[ -e $_policy_saved ]]; then
        mv -f -- "$_policy_saved" "$_policy"
    elif [[ -e $_policy ]] && grep -qxF "$_policy_mark" "$_policy"; then
        rm -f -- "$_policy"
    fi
}

# ---------------------------------------------------------------- the .NET SDK

# ensure_dotnet ROOT  makes `dotnet` an SDK that global.json of the repository ROOT accepts: the one in PATH, the one in
# ~/.dotnet, or the distribution's package. Else prints the one line that installs it and exits 1.
ensure_dotnet() {
    local root=$1 directory
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
    _dotnet_fits "$root" && return 0
    for directory in "${DOTNET_ROOT:-}" "${HOME:-/root}/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
        if [[ -x $directory/dotnet ]] && PATH=$directory:$PATH _dotnet_fits "$root"; then
            export DOTNET_ROOT=$directory PATH=$directory:$PATH
            return 0
        fi
    done
    if is_root && command -v apt-cache >/dev/null; then
        [[ $(apt-cache policy dotnet-sdk-10.0 2>/dev/null) ]] || _apt_get update >/dev/null 2>&1 || true
        if apt-cache policy dotnet-sdk-10.0 2>/dev/null | grep -q 'Candidate: [0-9]'; then
            ensure_packages dotnet-sdk-10.0
            hash -r
            _dotnet_fits "$root" && return 0
        fi
    fi
    warn "the .NET 10 SDK is missing and this distribution has no fitting package. Install it with this line, then run this again:"
    warn "curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0"
    exit 1
}

_dotnet_fits() { (cd "$1" && dotnet --version) >/dev/null 2>&1; }

# ---------------------------------------------------------------- clang

# find_clang  prints the clang that compiles eBPF: 19 where it is, else the newest of 14 or later; fails when there is none.
find_clang() {
    local candidate major best='' best_major=0
    for candidate in clang-19 clang clang-{20..30} clang-{14..18}; do
        command -v "$candidate" >/dev/null || continue
        major=$("$candidate" -dumpversion 2>/dev/null | sed 's/\..*//')
        [[ $candidate == clang-19 ]] && { printf '%s\n' "$candidate"; return 0; }
        if [[ $major =~ ^[0-9]+$ ]] && ((major >= 14 && major > best_major)); then
            best=$candidate best_major=$major
        fi
    done
    [[ $best ]] && printf '%s\n' "$best"
}

# ensure_clang  installs clang-19 where the distribution has it, else its clang, unless a clang of 14 or later is here.
ensure_clang() {
    find_clang >/dev/null && return 0
    if command -v apt-cache >/dev/null && apt-cache policy clang-19 2>/dev/null | grep -q 'Candidate: [0-9]'; then
        ensure_packages clang-19
    else
        ensure_packages clang
    fi
    find_clang >/dev/null || die "clang 14 or later is needed to compile the eBPF programs"
}
