# shellcheck shell=bash
# A node of another version, for tests of upgrades. Source after eng/lib.sh, in the root of the repository.

# A version that keeps connections alike and drains, and whose tables have another layout than those of now (3, not 4).
other_version=666942d1cee47980b5861cb8522823de3fee984e

# build_other_version LOG  builds loxid of the commit LOXI_OTHER, or other_version, into artifacts/versions, once; sets and exports LOXID_OTHER.
build_other_version() {
    local log=$1 commit folder wanted=${LOXI_OTHER:-$other_version}
    commit=$(git rev-parse --quiet --verify "$wanted^{commit}") \
        || die "the history here has no commit '$wanted': expected a checkout with its history (git fetch --unshallow), or LOXI_OTHER=COMMIT with one that it has"
    folder=$PWD/artifacts/versions/$commit
    export LOXID_OTHER=$folder/artifacts/bin/Loxi.Node/debug/loxid
    if [[ ! -e $folder/built ]]; then
        info "building loxid of $(git show --no-patch --format='%h, %cs' "$commit")"
        rm -rf "$folder"
        mkdir -p "$folder"
        git archive "$commit" | tar -x -C "$folder"
        # A folder without history has no version of its own.
        (cd "$folder" && MINVERVERSIONOVERRIDE=0.0.0-${commit:0:8} dotnet build hosts/Loxi.Node -v q -nologo) >"$log" 2>&1 || { cat "$log" >&2; die "the build of $commit failed"; }
        touch "$folder/built"
    fi
    info "other version: $(git show --no-patch --format='%h, %cs' "$commit")"
}
