# shellcheck shell=bash
# Running built test executables and counting what they report. Source after eng/lib.sh.
# An xunit.v3 executable speaks its own command line, or that of Microsoft.Testing.Platform when its project sets
# UseMicrosoftTestingPlatformRunner: both are handled.

# test_arguments EXECUTABLE [trait NAME=VALUE | trait- NAME=VALUE | method WILDCARD]...  sets the array test_options; trait- leaves those out.
test_arguments() {
    local executable=$1 prefix=-
    shift
    if "$executable" -assemblyInfo >/dev/null 2>&1; then
        test_options=(-noColor -noLogo)
    else
        test_options=(--no-ansi) prefix=--filter-
    fi
    while (($#)); do
        case $prefix$1 in
            --filter-trait-) test_options+=(--filter-not-trait "$2") ;;
            *) test_options+=("$prefix$1" "$2") ;;
        esac
        shift 2
    done
}

# count_tests LOG  sets test_passed, test_failed and test_skipped from an executable's summary; returns 1 when it has none.
# shellcheck disable=SC2034
count_tests() {
    local log=$1 summary
    test_passed=0 test_failed=0 test_skipped=0
    if summary=$(grep -E '^ +[^ ]+ +Total: [0-9]+' "$log" | tail -n 1) && [[ $summary ]]; then
        local total errors not_run
        total=$(_number "$summary" Total) errors=$(_number "$summary" Errors) not_run=$(_number "$summary" 'Not Run')
        test_failed=$(_number "$summary" Failed) test_skipped=$(_number "$summary" Skipped)
        test_passed=$((total - test_failed - test_skipped - not_run))
        test_failed=$((test_failed + errors))
    elif grep -q '^Test run summary' "$log"; then
        test_passed=$(_line "$log" succeeded) test_failed=$(_line "$log" failed) test_skipped=$(_line "$log" skipped)
    else
        return 1
    fi
}

_number() {
    local value
    value=$(sed -n "s/.*[ ,]$2: \([0-9]*\).*/\1/p" <<<"$1")
    printf '%s\n' "${value:-0}"
}

_line() {
    local value
    value=$(sed -n "s/^ *$2: \([0-9]*\)$/\1/p" "$1" | tail -n 1)
    printf '%s\n' "${value:-0}"
}
