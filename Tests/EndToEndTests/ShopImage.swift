import Foundation
import Platform
import TestSupport

/// nginx, Redis and PostgreSQL as this machine has them, and three small services that use them.
///
/// All images have one layer in common: a release is its entry point and its variables.
struct ShopImage: Sendable {
    var service: String
    var version: String
    /// An `api` that never is healthy, a `postgres` that exits.
    var isBroken = false

    var reference: String { "localhost:5000/\(service):\(version)" }

    /// What can be pulled: each service at 1.0.0, a newer `api`, and releases that fail.
    private static let releases =
        ["nginx", "api", "worker", "migrate", "redis", "postgres"].map {
            ShopImage(service: $0, version: "1.0.0")
        } + [
            ShopImage(service: "api", version: "1.1.0"),
            ShopImage(service: "api", version: "1.1.1", isBroken: true),
            ShopImage(service: "postgres", version: "1.1.1", isBroken: true),
        ]

    /// Goes on only where the programs are.
    static func requireParts() throws {
        for program in ["nginx", "redis-server", "redis-cli", "docker-compose", "ldd"] {
            try RealParts.require(program: program)
        }
        try RealParts.require(
            programs(of: "/usr/lib/postgresql") != nil,
            "PostgreSQL (Tests/install.sh)"
        )
    }

    /// Pushes all of them, once.
    static func pushAll() async throws { try await pushed.value }

    private static let pushed = Task<Void, any Error> {
        let world = try await World.shared()
        let folder = try TemporaryDirectory("berth-shop-image")
        guard let postgres = programs(of: "/usr/lib/postgresql") else {
            throw Missing("PostgreSQL is not installed (Tests/install.sh)")
        }
        for (name, text) in ShopProgram.all {
            try folder.write("root/app/\(name)", "#!/bin/sh\n\(text)", mode: 0o755)
        }
        let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
        let script = ["sh", "-euc", collect, folder.file("root"), postgres]
        let ended = try await world.run(script, environment: address)
        guard ended.code == 0 else { throw Missing("no image of the shop: \(ended)") }
        for release in releases { try await release.push(to: world) }
    }

    private func push(to world: World) async throws {
        try await world.docker("create", "--name", "release", "shop-base:1", "none")
        let changes = [
            "ENTRYPOINT [\"/app/\(service)\"]", "CMD []",
            "ENV VERSION=\(version) BROKEN=\(isBroken ? "yes" : "")",
        ]
        let words = changes.flatMap { ["--change", $0] } + ["release", reference]
        let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
        let ended = try await world.run(["docker", "commit"] + words, environment: address)
        guard ended.code == 0 else { throw Missing("\(reference): \(ended)") }
        try await world.docker("rm", "release")
        try await world.docker("push", "-q", reference)
    }

    /// The newest version's folder of programs.
    private static func programs(of folder: String) -> String? {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { "\(folder)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/postgres") }
    }

    /// Fills the folder `$0` with the programs and the libraries that they need, and imports it;
    /// `$1` is PostgreSQL's.
    private static let collect = """
        PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
        root=$0
        mkdir -p "$root"/bin "$root"/etc "$root"/root "$root"/data "$root"/app/www/cgi-bin \\
            "$root"/var/lib/nginx "$root"/var/log/nginx "$root"/var/lib/postgresql/data
        mkdir -m 1777 "$root/tmp"
        mv "$root"/app/orders "$root"/app/carts "$root"/app/www/cgi-bin
        set -- "$1" "$1"/postgres "$1"/initdb "$1"/psql "$1"/pg_isready \\
            "$1"/../lib/plpgsql.so "$1"/../lib/dict_snowball.so \\
            "$(command -v nginx)" "$(command -v redis-server)" "$(command -v redis-cli)" \\
            /usr/bin/setpriv
        postgres=$1
        shift
        for file in "$@" $(ldd "$@" | sed -n 's,^[^/]*\\(/[^ ]*\\) (0x.*,\\1,p' | sort -u); do
            cp --parents --dereference "$(realpath --no-symlinks "$file")" "$root"
        done
        share=$(echo "${postgres%/bin}" | sed s,/lib/,/share/,)
        cp --parents --recursive --dereference "$share" "$root"
        cp "$(command -v busybox)" "$root/bin/busybox"
        for applet in sh cat chmod chown echo httpd mkdir sleep wget; do
            ln -s busybox "$root/bin/$applet"
        done
        printf '%s\\n' root:x:0:0::/root:/bin/sh postgres:x:999:999::/tmp:/bin/sh \\
            nobody:x:65534:65534::/tmp:/bin/sh > "$root/etc/passwd"
        printf '%s\\n' root:x:0: postgres:x:999: nogroup:x:65534: > "$root/etc/group"
        tar --create --owner=0 --group=0 --directory "$root" . | docker import \\
            --change "ENV PATH=$postgres:/usr/sbin:/usr/bin:/sbin:/bin" - shop-base:1
        """
}

/// The shell scripts that are the images' entry points, and the api's answers.
private enum ShopProgram {
    static let all = [
        "nginx": "exec nginx -c /etc/nginx/nginx.conf -g 'daemon off;'\n",
        "redis": "exec redis-server --dir /data --appendonly yes --protected-mode no\n",
        "postgres": postgres, "sql": sql, "migrate": migrate, "worker": worker, "api": api,
        "orders": answer("orders", "/app/sql 'select count(*) from orders'"),
        "carts": answer("carts", "redis-cli -e -h redis eval \(cartCount) 0"),
    ]

    /// Redis's own words for how many keys of carts there are.
    static let cartCount = "\"return #redis.call('keys', 'cart:*')\""

    /// Its log stands beside the data, so that it tells of all containers that had them.
    private static let postgres = """
        set -e
        [ -z "$BROKEN" ] || { echo "this version does not start" >&2; exit 3; }
        cd /tmp
        data=/var/lib/postgresql/data
        chown postgres:postgres $data
        chmod 700 $data
        run() { exec /usr/bin/setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
        if [ ! -e $data/PG_VERSION ]; then
            (umask 077; cat /run/secrets/db_password > password; chown postgres password)
            (run initdb -D $data --pwfile=/tmp/password -A scram-sha-256 --no-locale --no-sync)
            echo "host all all all scram-sha-256" >> $data/pg_hba.conf
        fi
        run postgres -D $data -c listen_addresses=* -c unix_socket_directories=/tmp -c fsync=off \\
            -c logging_collector=on -c log_directory=log -c log_filename=server.log \\
            -c timezone=GMT -c log_timezone=GMT

        """

    private static let sql = """
        export PGPASSWORD="$(cat /run/secrets/db_password)" PGCONNECT_TIMEOUT=2
        exec psql -h postgres -U postgres -qAt -v ON_ERROR_STOP=1 -c "$1"

        """

    private static let migrate = """
        exec /app/sql "create table if not exists orders (id serial primary key, note text);
            create table if not exists beats (at timestamptz default now())"

        """

    private static let worker = """
        trap "exit 0" TERM
        while true; do
            redis-cli -e -h redis incr beats && /app/sql "insert into beats default values"
            sleep 1 &
            wait
        done

        """

    private static let api = """
        trap "exit 0" TERM
        echo "api $VERSION" > /app/www/version
        [ -n "$BROKEN" ] || echo ok > /app/www/health
        httpd -f -p 8000 -h /app/www &
        wait

        """

    /// A program of the api's that says how many there are of something.
    private static func answer(_ name: String, _ count: String) -> String {
        """
        count=$(\(count)) || { printf 'Status: 503 not now\\r\\n\\r\\n'; exit 0; }
        printf 'Content-Type: text/plain\\r\\n\\r\\n%s %s\\n' \(name) "$count"

        """
    }
}
