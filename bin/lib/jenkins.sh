# A Jenkins with the plugin on this machine, for bin/run, which sets $root, $mvn and $maven_flags. All its state is in target/run/.

readonly run="$root/target/run"
readonly node=gpu-agent-1 job=gpu-demo

port=8080 once=false controller="" agent="" url=""
[ "${CI:-}" = true ] && once=true

# Whether the plugin can be built here.
can_run_jenkins() {
    mkdir -p "$root/target"
    [ -z "$(parent_obstacle "$root/target/run-parent.log")" ]
}

run_jenkins() {
    while [ $# -gt 0 ]; do
        case "$1" in
            --port) port="${2:-}" && shift 2 || { echo "--port needs a number; see bin/run --help." >&2 && exit 2; } ;;
            --once) once=true && shift ;;
            *) echo "'$1' is no option; see bin/run --help." >&2 && exit 2 ;;
        esac
    done
    [[ "$port" =~ ^[0-9]+$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] ||
        { echo "--port is '$port'; allowed is 1 to 65535." >&2 && exit 2; }
    command -v curl > /dev/null || { echo "bin/run needs curl to follow the build; install it, or try bin/run --terminal." >&2 && exit 2; }
    build_plugin
    trap 'trap "" INT TERM; end_jenkins' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    start_controller
    start_agent
    follow_build
    if $once; then
        check_build
    else
        printf '\nJenkins is at %s — user %s, password %s. Ctrl-C ends it.\n' "$url" admin "$password"
        wait "$controller"
    fi
}

build_plugin() {
    local maven log="$run/build.log"
    rm -rf "$run"
    mkdir -p "$run/tmp" "$run/home/init.groovy.d" "$run/home/plugins"
    maven="$(official_maven "$log")" || stop_with "Maven $OFFICIAL_MAVEN_LEAST or newer is needed and can't be fetched" "$log"
    echo "Building the plugin …" >&2
    (cd "$root" && "$maven" "${maven_flags[@]}" -f pom.xml -Pquick-build package dependency:copy \
        -Dartifact='org.jenkins-ci.main:jenkins-war:${jenkins.version}:war' -Dmdep.stripVersion=true -DoutputDirectory="$run") \
        > "$log" 2>&1 || stop_with "The plugin can't be built" "$log"
    cp "$root/target/gpu-lease.hpi" "$root"/target/test-classes/test-dependencies/*.hpi "$run/home/plugins/"
    cp "$root/src/run/init.groovy" "$run/home/init.groovy.d/"
}

start_controller() {
    local wanted="$port" log="$run/jenkins.log"
    while is_taken "$port"; do port=$((port % 65535 + 1)); done
    [ "$port" = "$wanted" ] || echo "Port $wanted is taken; using $port." >&2
    url="http://127.0.0.1:$port/"
    password="$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')"
    echo "Starting Jenkins …" >&2
    JENKINS_HOME="$run/home" DEMO_URL="$url" DEMO_PASSWORD="$password" DEMO_NODE="$node" DEMO_JOB="$job" DEMO_DEVICES="$(devices)" \
        DEMO_FOLDER="$run" DEMO_SCRIPT="$root/src/run/gpu-demo.Jenkinsfile" \
        "${java[@]}" -Xmx1g -Djava.awt.headless=true -Djava.io.tmpdir="$run/tmp" -Djenkins.install.runSetupWizard=false \
        -Dhudson.TcpSlaveAgentListener.port=-1 -jar "$run/jenkins-war.war" \
        --httpListenAddress=127.0.0.1 --httpPort="$port" --webroot="$run/war" > "$log" 2>&1 < /dev/null &
    controller=$!
    await_file "$run/agent.secret" "$controller" "Jenkins doesn't start" "$log"
}

start_agent() {
    local log="$run/agent.log"
    get jnlpJars/agent.jar -o "$run/agent.jar"
    "${java[@]}" -Xmx256m -jar "$run/agent.jar" -url "$url" -name "$node" -secret "@$run/agent.secret" \
        -webSocket -workDir "$run/agent" > "$log" 2>&1 < /dev/null &
    agent=$!
}

# Prints the console log of the demo's first build as it comes, until the build ends.
follow_build() {
    local at=0 headers="$run/console.headers"
    printf 'Jenkins is at %s; this is the log of %sjob/%s/1/console\n\n' "$url" "$url" "$job" >&2
    while :; do
        kill -0 "$agent" 2> /dev/null || stop_with "The agent has ended" "$run/agent.log"
        kill -0 "$controller" 2> /dev/null || stop_with "Jenkins has ended" "$run/jenkins.log"
        if get "job/$job/1/logText/progressiveText?start=$at" -D "$headers" 2> /dev/null; then
            at="$(tr -d '\r' < "$headers" | sed -n 's/^[Xx]-[Tt]ext-[Ss]ize: //p')"
            grep -qi '^x-more-data: true' "$headers" || return 0
        fi
        sleep 0.5
    done
}

# --once: whether the build succeeded, and everything was given back.
check_build() {
    local result left
    result="$(get "job/$job/1/api/json?tree=result" | sed -n 's/.*"result":"\([A-Z_]*\)".*/\1/p')"
    left="$(as_admin scriptText --data-urlencode "script=$(cat "$root/src/run/left.groovy")")"
    printf '\n%s #1: %s; %s\n' "$job" "${result:-no result}" "$left"
    [ "$result" = SUCCESS ] && [ "$left" = "0 leases, 0 waiters" ]
}

# ---- the end: the build first, so that the programs which it started end with it

end_jenkins() {
    if is_running "$controller" && is_running "$agent"; then
        as_admin "job/$job/1/stop" --data '' -o /dev/null 2> /dev/null &&
            await_end_of_build
    fi
    end_process "$agent"
    end_process "$controller"
}

await_end_of_build() {
    local i
    for ((i = 0; i < 50; i++)); do
        get "job/$job/1/api/json?tree=building" 2> /dev/null | grep -q '"building":true' || return 0
        sleep 0.2
    done
}

is_running() {
    [ -n "$1" ] && kill -0 "$1" 2> /dev/null
}

end_process() {
    local i
    is_running "$1" || return 0
    kill "$1" 2> /dev/null || return 0
    for ((i = 0; i < 100; i++)); do
        is_running "$1" || return 0
        sleep 0.1
    done
    kill -9 "$1" 2> /dev/null || true
}

# ---- little helpers

readonly java=("${JAVA_HOME:+$JAVA_HOME/bin/}java")

# What to simulate; nothing where there are GPUs.
devices() {
    { ls /dev/nvidia[0-9]* > /dev/null 2>&1 || [ -e /dev/dxg ]; } || echo "${GPU_LEASE_SIMULATE:-4xH100:80GB}"
}

is_taken() {
    (: < "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

get() {
    curl --noproxy '*' --silent --show-error --fail "$url$1" "${@:2}"
}

as_admin() {
    get "$1" --user "admin:$(cat "$run/admin.token")" "${@:2}"
}

await_file() {  # FILE PROCESS MESSAGE LOG
    local i
    for ((i = 0; i < 1200; i++)); do
        [ -s "$1" ] && return
        kill -0 "$2" 2> /dev/null || break
        sleep 0.25
    done
    stop_with "$3" "$4"
}

stop_with() {  # MESSAGE LOG
    [ ! -f "$2" ] || tail -n 40 "$2" >&2
    echo "$1; log: ${2#"$root/"}" >&2
    exit 1
}
