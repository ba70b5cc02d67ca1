#!/usr/bin/env bash
# Boots a kernel under qemu with a directory in its initramfs, runs a command there, prints its output, returns its code.
#   eng/kernels/run-in-kernel.sh [options] VERSION DIRECTORY COMMAND [ARGUMENT…]
# VERSION: 6.1 or 6.12. DIRECTORY becomes /test, where COMMAND runs (./program, or any busybox applet).
#   --timeout SECONDS   default 300: then the guest is stopped, exit code 124
#   --memory MIB        default 1024, 256 or more
#   --cpus N            default 2
#   --add PATH          one more file or directory of this machine, at the same path; may be repeated
#   --env NAME=VALUE    an environment variable of the command; may be repeated
#   --console FILE      keeps the kernel's messages in FILE
# Shared libraries of every executable are taken along, and libbpf.so.1. LOXI_KERNELS_ACCEL=kvm uses KVM (default: tcg, works
# everywhere). Exit codes beside the command's own: 124 time-out, 125 the guest ended without running the command to its end.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=eng/lib.sh
. "$root/eng/lib.sh"
# shellcheck source=eng/kernels/sources.sh
. "$here/sources.sh"

usage() {
    warn "run-in-kernel.sh: $1"
    warn "usage: run-in-kernel.sh [--timeout S] [--memory MIB] [--cpus N] [--add PATH]… [--env NAME=VALUE]… [--console FILE] VERSION DIRECTORY COMMAND [ARGUMENT…]"
    exit 2
}

timeout=300 memory=1024 cpus=2 console='' extra=() environment=()
while [[ ${1:-} == --* ]]; do
    (($# >= 2)) || usage "$1 needs a value"
    case $1 in
        --timeout) timeout=$2 ;;
        --memory) memory=$2 ;;
        --cpus) cpus=$2 ;;
        --console) console=$2 ;;
        --add) extra+=("$2") ;;
        --env) environment+=("$2") ;;
        *) usage "unknown option $1" ;;
    esac
    shift 2
done
(($# >= 3)) || usage "VERSION, DIRECTORY and COMMAND are needed"
[[ $timeout =~ ^[1-9][0-9]{0,4}$ ]] || usage "--timeout '$timeout': expected seconds, 1 to 99999"
[[ $memory =~ ^[1-9][0-9]{2,5}$ && $memory -ge 256 ]] || usage "--memory '$memory': expected MiB, 256 or more"
[[ $cpus =~ ^[1-9]$ ]] || usage "--cpus '$cpus': expected 1 to 9"
version=$1 directory=$2
shift 2
[[ " ${kernel_versions[*]} " == *" $version "* ]] || usage "VERSION '$version': expected one of ${kernel_versions[*]}"
[[ -d $directory ]] || usage "DIRECTORY '$directory' is no directory"
accel=${LOXI_KERNELS_ACCEL:-tcg}
[[ $accel == tcg || $accel == kvm ]] || usage "LOXI_KERNELS_ACCEL '$accel': expected tcg or kvm"

"$here/fetch.sh" "$version" >&2
ensure_packages qemu-system-x86 cpio >&2
kernel=$root/artifacts/kernels/$version
work=''
make_temp_dir work
tree=$work/tree

# quote TEXT…  each in single quotes, for the guest's shell.
quote() {
    local text
    for text in "$@"; do printf "'%s' " "${text//\'/\'\\\'\'}"; done
}

# add_libraries FILE…  copies what the ELF files among these load at start.
add_libraries() {
    local file library
    for file in "$@"; do
        [[ $(head -c 4 "$file" | tr -d '\0') == $'\x7fELF' ]] || continue
        while read -r library; do
            [[ -e $tree$library ]] || install -D "$library" "$tree$library"
        done < <(ldd "$file" 2>/dev/null | sed -n 's/^.*=> \(\/[^ ]*\) (.*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p')
    done
}

mkdir -p "$tree/bin" "$tree/modules" "$tree/test"
cp "$kernel/busybox" "$tree/bin/busybox"
cp "$kernel"/modules/*.ko "$tree/modules/"
install -m 755 "$here/init" "$tree/init"
cp -RL "$directory/." "$tree/test/"
libbpf=$(ldconfig -p | sed -n 's/^[[:space:]]*libbpf\.so\.1 .*=> //p' | head -n 1)
[[ $libbpf ]] && extra+=("$libbpf")
for path in "${extra[@]}"; do
    [[ $path == /* && -e $path ]] || die "--add '$path': expected an absolute path that exists"
    mkdir -p "$tree$(dirname "$path")"
    cp -RL "$path" "$tree$(dirname "$path")/"
done
mapfile -d '' -t elfs < <(find "$tree" -path "$tree/modules" -prune -o -type f \( -perm -u+x -o -name '*.so*' \) -print0)
add_libraries "${elfs[@]}"
{
    for setting in "${environment[@]}"; do
        [[ $setting == *=* ]] || die "--env '$setting': expected NAME=VALUE"
        printf 'export %s=%s\n' "${setting%%=*}" "$(quote "${setting#*=}")"
    done
} >"$tree/command.env"
quote "$@" >"$tree/command"
(cd "$tree" && find . -print0 | cpio --null --create --format=newc --owner=0:0 --quiet) >"$work/initramfs"
rm -rf -- "$tree"

mkfifo "$work/output"
cat <"$work/output" &
reader=$!
started=$SECONDS
# An emulated CPU pays for each level of the page tables, for what is compressed, and for every detour around a weakness that it does not have.
# Its timer is not checked: on a busy machine it fails a check of the kernel, which then does not boot.
# setpriv: the guest ends with this script even when that is killed outright.
setpriv --pdeathsig TERM timeout --foreground --kill-after=5 "$timeout" \
    qemu-system-x86_64 -accel "$accel" -cpu max,la57=off -smp "$cpus" -m "$memory" -nodefaults -no-user-config -display none -nic none -no-reboot \
    -kernel "$kernel/vmlinuz" -initrd "$work/initramfs" -append 'console=ttyS0 panic=-1 oops=panic net.ifnames=0 loglevel=6 mitigations=off no_timer_check' \
    -serial "file:$work/console" -serial stdio -serial "file:$work/result" \
    </dev/null >"$work/output" 2>"$work/qemu" &
guest=$!
on_exit stop_process "$guest"
status=0
wait "$guest" || status=$?
wait "$reader" || true

[[ -z $console ]] || cp "$work/console" "$console"
code=$(sed -n 's/^EXIT \([0-9]*\)$/\1/p' "$work/result" 2>/dev/null | tail -n 1 || true)
[[ $code ]] && exit "$code"
cat "$work/qemu" >&2
tail -n 40 "$work/console" >&2 2>/dev/null || true
if ((status == 124 || status == 137)); then
    warn "kernel $version: no end after $((SECONDS - started)) s (--timeout $timeout): the guest was stopped; its last messages are above"
    exit 124
fi
warn "kernel $version: the guest ended without a result (qemu's exit code $status); its last messages are above"
exit 125
