# Which Maven builds what. Sourced by bin/verify and bin/run, which set $root to the project's folder.

readonly OFFICIAL_MAVEN=3.9.9  # fetched where the local one is older than the parent POM wants
readonly OFFICIAL_MAVEN_LEAST=3.9.6

mvn="${MVN:-mvn}"
maven_flags=(--batch-mode --no-transfer-progress -Dstyle.color=never)

require_maven() {
    command -v "$mvn" > /dev/null || {
        echo "There is no Maven: '$mvn' is not on the PATH. Install Maven 3.8 or newer with a JDK 17, or set MVN to its path." >&2
        exit 2
    }
}

# Prints why the parent of pom.xml can't be resolved, or nothing if it can. Other faults of the POM are the build's to report.
#   parent_obstacle LOG [MAVEN-ARGUMENT…]
parent_obstacle() {
    local log="$1"
    shift
    if ! "$mvn" "${maven_flags[@]}" --quiet --non-recursive -f "$root/pom.xml" validate "$@" > "$log" 2>&1; then
        sed -n 's/.*Non-resolvable parent POM for [^ ]*: //p' "$log" | tail -n 1 |
            sed "s/ and 'parent.relativePath' points at no local POM @ line [0-9]*, column [0-9]*//; s/ -> \[Help [0-9]*\]//"
    fi
}

# Prints the path of a Maven that is new enough for pom.xml: the local one, or one from the cache, which is filled from Central.
#   official_maven LOG [MAVEN-ARGUMENT…]
official_maven() {
    local log="$1" version cache home
    shift
    version="$("$mvn" -Dstyle.color=never --version 2> /dev/null | sed -n 's/^Apache Maven \([0-9][0-9.]*\).*/\1/p')"
    if [ "$(printf '%s\n' "$OFFICIAL_MAVEN_LEAST" "${version:-0}" | sort -V | head -n 1)" = "$OFFICIAL_MAVEN_LEAST" ]; then
        echo "$mvn"
        return
    fi
    cache="${XDG_CACHE_HOME:-${HOME:-$root/target}/.cache}/gpu-lease"
    mkdir -p "$cache" 2> /dev/null || cache="$root/target/cache"
    home="$cache/apache-maven-$OFFICIAL_MAVEN"
    [ -f "$home/bin/mvn" ] || fetch_maven "$log" "$cache" "$@" || return
    echo "$home/bin/mvn"
}

fetch_maven() {
    local log="$1" cache="$2" draft
    shift 2
    mkdir -p "$cache"
    draft="$(mktemp -d "$cache/draft.XXXXXX")"
    if (cd "$draft" && "$mvn" "${maven_flags[@]}" --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
        -Dartifact="org.apache.maven:apache-maven:$OFFICIAL_MAVEN:zip:bin" -DoutputDirectory="$draft" "$@") > "$log" 2>&1; then
        chmod +x "$draft/apache-maven-$OFFICIAL_MAVEN/bin/mvn"
        # Somebody may have been quicker.
        [ -d "$cache/apache-maven-$OFFICIAL_MAVEN" ] || mv "$draft/apache-maven-$OFFICIAL_MAVEN" "$cache/"
    fi
    rm -rf "$draft"
    [ -f "$cache/apache-maven-$OFFICIAL_MAVEN/bin/mvn" ]
}
