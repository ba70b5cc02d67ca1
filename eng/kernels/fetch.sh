#!/usr/bin/env bash
# Fetches a Debian kernel into artifacts/kernels/VERSION without installing anything: a private apt state, dpkg-deb -x.
#   eng/kernels/fetch.sh VERSION [--refresh]      VERSION: 6.1 or 6.12; --refresh looks for a newer package
# Leaves there: vmlinuz, release, package, modules/NN-name.ko (in load order), wanted (the
# modules asked for), busybox. A second run does nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=eng/lib.sh
. "$root/eng/lib.sh"
# shellcheck source=eng/kernels/sources.sh
. "$here/sources.sh"

version=${1:?usage: fetch.sh VERSION [--refresh]}
sources=$(kernel_sources "$version")
cache=$root/artifacts/kernels
target=$cache/$version
mkdir -p "$cache"
exec 9>"$cache/.lock-$version"
flock 9

if [[ -e $target/package && $(<"$target/wanted") == "${kernel_modules[*]}" && ${2:-} != --refresh ]]; then
    info "kernel $version: $(<"$target/package") (cached)"
    exit 0
fi
[[ $(uname -m) == x86_64 ]] || die "the kernel suite is for x86-64 machines, this is $(uname -m)"
ensure_packages debian-archive-keyring cpio xz-utils

# apt with its own sources, lists and cache: the machine's configuration stays as it is.
apt=$cache/.apt-$version
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/empty"
printf '%s\n' "$sources" >"$apt/sources.list"
: >"$apt/status"
apt_options=(
    -q -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/empty" -o "Dir::Etc::preferences=$apt/none"
    -o "Dir::Etc::preferencesparts=$apt/empty" -o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt" -o "APT::Sandbox::User=root" -o "APT::Architecture=amd64" -o "Acquire::Languages=none"
)
work=''
make_temp_dir work
apt-get "${apt_options[@]}" update >"$work/update.log" 2>&1 || { cat "$work/update.log" >&2; die "cannot read the package lists for kernel $version"; }
package=$(apt-cache "${apt_options[@]}" show --no-all-versions linux-image-cloud-amd64 | sed -n 's/^Depends: \([^ ,]*\).*/\1/p')
[[ $package == linux-image-"$version".* ]] || die "kernel $version: linux-image-cloud-amd64 depends on '$package', expected linux-image-$version.*"

(cd "$work" && apt-get "${apt_options[@]}" download "$package" busybox-static >download.log 2>&1) \
    || { cat "$work/download.log" >&2; die "cannot download $package"; }
for deb in "$work"/*.deb; do
    info "kernel $version: downloaded $(basename "$deb") ($(($(stat -c %s "$deb") / 1000000)) MB, unpacked in artifacts/kernels, not installed)"
    dpkg-deb -x "$deb" "$work/tree"
done

# Debian 13 packages carry /usr/lib/modules, Debian 12 ones /lib/modules.
modules=$(find "$work/tree" -path '*/lib/modules/*/kernel' -type d -prune)
release=$(basename "$(dirname "$modules")")
out=$work/out
mkdir -p "$out/modules"

# module_file NAME  the file of a module; - and _ mean the same in module names.
module_file() { find "$modules" -regex ".*/${1//[-_]/[-_]}\.ko\(\.xz\)?" -print -quit; }

# add_module NAME  puts the module behind those that it depends on.
declare -A added=()
add_module() {
    [[ ${added[$1]:-} ]] && return 0
    added[$1]=1
    local file plain dependency
    file=$(module_file "$1")
    [[ $file ]] || die "kernel $release has no module $1"
    plain=$work/$1.ko
    if [[ $file == *.xz ]]; then xz -dc "$file" >"$plain"; else cp "$file" "$plain"; fi
    while read -r dependency; do
        add_module "$dependency"
    done < <(tr '\0' '\n' <"$plain" | sed -n 's/^depends=//p' | tr ',' '\n' | sed '/^$/d')
    mv "$plain" "$out/modules/$(printf '%02d' "$index")-$1.ko"
    index=$((index + 1))
}
index=0
for module in "${kernel_modules[@]}"; do add_module "$module"; done

cp "$work/tree/boot/vmlinuz-$release" "$out/vmlinuz"
install -m 755 "$(find "$work/tree" -path "*/bin/busybox" -type f)" "$out/busybox"
printf '%s\n' "$release" >"$out/release"
printf '%s\n' "${kernel_modules[*]}" >"$out/wanted"
basename "$work"/linux-image-*.deb .deb >"$out/package"
rm -rf -- "$target"
mv "$out" "$target"
