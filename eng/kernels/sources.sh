# shellcheck shell=bash
# Which kernels the suite boots, from which Debian suites they come, and what a guest loads.

# The cloud flavour holds everything that the suite needs and is half the size of the general one.
# shellcheck disable=SC2034
kernel_versions=(6.1 6.12)

# kernel_sources VERSION  the apt lines of the release that carries this kernel.
kernel_sources() {
    local mirror=${LOXI_DEBIAN_MIRROR:-http://deb.debian.org}
    local keys='signed-by=/usr/share/keyrings/debian-archive-keyring.gpg' suite
    case $1 in
        6.1) suite=bookworm ;;
        6.12) suite=trixie ;;
        *) die "kernel '$1' is not known: expected one of ${kernel_versions[*]}" ;;
    esac
    printf 'deb [%s] %s/debian %s main\n' "$keys" "$mirror" "$suite"
    printf 'deb [%s] %s/debian-security %s-security main\n' "$keys" "$mirror" "$suite"
}

# Modules that a guest loads before its command, dependencies first by themselves.
# shellcheck disable=SC2034
kernel_modules=(veth sch_ingress cls_bpf act_bpf 8021q dummy ipip ip6_tunnel)
