internal import Foundation

/// The Docker that tests on real parts run on, and what stands beside it.
///
/// | variable | chooses |
/// |---|---|
/// | `BERTH_TEST_ENGINE` | `20`, the machine's own and the default, or `26` or `28`, fetched by `Tests/engines.sh` |
/// | `BERTH_TEST_NFT` | the engine whose nft is run; by default the same |
/// | `BERTH_TEST_IPTABLES` | `nft` or `legacy`; by default the machine's choice, or `nft` |
/// | `BERTH_TEST_LIVE_RESTORE` | `off`: containers of the end-to-end cases end with their daemon |
/// | `BERTH_TEST_DOCKERD` | more arguments for dockerd, such as `--userland-proxy=false` |
package struct TestEngine: Sendable {
    /// What was chosen for this run; its programs stand at the front of `PATH` once it was asked for.
    package static let chosen: TestEngine = {
        let variables = ProcessInfo.processInfo.environment
        let engine = TestEngine(variables)
        if !engine.folders.isEmpty, let path = variables["PATH"] {
            setenv("PATH", (engine.folders + [path]).joined(separator: ":"), 1)
        }
        return engine
    }()

    /// `20`, `26` or `28`.
    package let name: String

    /// Folders whose programs are run instead of the machine's.
    let folders: [String]

    /// Whether the end-to-end cases' containers outlive their daemon.
    package let keepsContainersRunning: Bool

    /// More arguments for dockerd.
    let daemonArguments: [String]

    /// `nft` or `legacy`; nil for the machine's choice.
    package let iptables: String?

    /// The engine whose nft is run.
    private let nft: String

    private let cache: String

    private init(_ variables: [String: String]) {
        let cache =
            (variables["XDG_CACHE_HOME"] ?? "\(variables["HOME"] ?? "")/.cache") + "/berth-engines"
        let name = variables["BERTH_TEST_ENGINE"] ?? "20"
        nft = variables["BERTH_TEST_NFT"] ?? name
        iptables = variables["BERTH_TEST_IPTABLES"] ?? (name == "20" ? nil : "nft")
        let words = variables["BERTH_TEST_DOCKERD"]?.split(separator: " ").map(String.init)
        keepsContainersRunning = variables["BERTH_TEST_LIVE_RESTORE"] != "off"
        self.cache = cache
        self.name = name
        folders =
            (name == "20" ? [] : ["\(cache)/\(name)/bin"])
            + (nft == "20" ? [] : ["\(cache)/\(nft)/nft"])
            + (iptables.map { ["\(cache)/\(name)/iptables-\($0)"] } ?? [])
        let store = name == "28" ? ["--feature", "containerd-snapshotter=true"] : []
        daemonArguments = store + (words ?? [])
    }

    /// What was fetched and is run: a program's package and its version, as the program says it.
    package var packages: [(name: String, version: String)] {
        let sources = [("docker.io", name), ("iptables", name), ("nftables", nft)]
        return sources.compactMap { package, engine in
            let list = try? String(contentsOfFile: "\(cache)/\(engine)/versions", encoding: .utf8)
            let line = list?.split(separator: "\n").first { $0.hasPrefix(package + " ") }
            // docker.io 28.5.2+dfsg4-5: what Debian adds is left out.
            let version = line?.dropFirst(package.count + 1).prefix { $0.isNumber || $0 == "." }
            return version.map { (package, String($0)) }
        }
    }

    /// Whether docker-proxy serves what rules cannot.
    package var hasProxy: Bool { !daemonArguments.contains("--userland-proxy=false") }

    /// Whether containerd keeps the images, as by default in Docker 29.
    package var hasContainerdStore: Bool { daemonArguments.contains("containerd-snapshotter=true") }

    /// Goes on only where everything that was chosen is there.
    func require() throws {
        for folder in folders {
            try RealParts.require(
                FileManager.default.fileExists(atPath: folder),
                "\(folder) (Tests/engines.sh)"
            )
        }
    }

    /// The path of Docker Compose, for projects on the engine at `DOCKER_HOST`, whichever it is.
    ///
    /// The engine's own client is `docker` in `PATH`, as ``RealParts/require(program:)`` finds it.
    package func compose() throws -> String {
        let path = "\(cache)/28/bin/docker-compose"
        try RealParts.require(
            FileManager.default.isExecutableFile(atPath: path),
            "Docker Compose in \(path) (Tests/engines.sh 28)"
        )
        return path
    }

    /// A value for `PATH` with the chosen programs and the system's.
    package var searchPath: String {
        (folders + ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .joined(separator: ":")
    }
}
