internal import Foundation
internal import HTTPWire
package import Platform
internal import Synchronization

/// A real Docker daemon of a test's own, in a network namespace of its own, with containerd, data
/// and socket in a folder of its own.
///
/// Nothing of the host's Docker, network or firewall is touched.
/// The namespace has a loopback and, once dockerd runs, Docker's bridges; nothing leads out of it.
///
///     let docker = try await PrivateDocker.start()
///     defer { docker.stop() }
///     try await docker.importBusybox(as: "app:1")
package final class PrivateDocker: Sendable {
    /// What a test may choose.
    package struct Options: Sendable {
        /// Whether containers outlive the daemon.
        package var keepsContainersRunning = false

        /// More arguments for dockerd.
        package var arguments: [String] = []

        /// Makes the usual choice.
        package init() {}
    }

    /// How to end the daemon.
    package enum Ending: Sendable {
        /// With SIGTERM: it stops its containers first, unless they outlive it.
        case politely
        /// With SIGKILL, as a crash would.
        case suddenly
    }

    /// Where everything is.
    package let folder: String

    /// The namespace's name, for `ip netns` and `ip -n`.
    package let namespaceName: String

    /// How the daemon is started, unless a start has choices of its own.
    package let options: Options

    private let daemon = Mutex<DaemonProcess?>(nil)

    private init(name: String, options: Options) {
        namespaceName = name
        folder = Self.parent + name
        self.options = options
    }

    /// Where the daemon listens.
    package var socketPath: String { folder + "/docker.sock" }

    /// The namespace that the daemon and the host's side of its networks are in.
    package var namespace: NetworkNamespace { NetworkNamespace(named: namespaceName) }

    /// What the daemon has written about itself.
    package var log: String {
        (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
    }

    /// The process ID of dockerd; nil while it does not run.
    package var processID: Int32? {
        daemon.withLock { $0?.isRunning == true ? $0?.processID : nil }
    }
}

// MARK: - Life

extension PrivateDocker {
    private static let parent = "/tmp/"
    private static let prefix = "berth-docker-"
    private static let count = Mutex(0)

    /// Goes on only where it can run.
    package static func requireParts() throws {
        try RealParts.requireRoot()
        for program in ["dockerd", "ip", "nsenter", "busybox"] {
            try RealParts.require(program: program)
        }
    }

    /// Starts a daemon and waits until it answers.
    ///
    /// What a killed run of a test left behind is swept away first.
    ///
    /// - Throws: what keeps it from running, with the end of its log.
    package static func start(_ options: Options = Options()) async throws -> PrivateDocker {
        sweepDeadRuns()
        let number = count.withLock { count in
            count += 1
            return count
        }
        let name = "\(prefix)\(getpid())-\(number)"
        let docker = PrivateDocker(name: name, options: options)
        do {
            try FileManager.default.createDirectory(
                atPath: docker.folder,
                withIntermediateDirectories: false
            )
            // Mounts in it are common, be the daemon in a mount namespace of its own.
            try await Command("mount", ["--bind", docker.folder, docker.folder]).run()
            try await Command("mount", ["--make-shared", docker.folder]).run()
            if TestEngine.chosen.name != "20" { try await shareHeldMounts() }
            try await Command("ip", ["netns", "add", name]).run()
            try await Command("ip", ["-n", name, "link", "set", "lo", "up"]).run()
            try await docker.launch()
        } catch {
            docker.stop()
            throw error
        }
        return docker
    }

    /// What Berth mounts for containers has to reach a daemon in a mount namespace of its own.
    ///
    /// The folder stays a mount point of itself afterwards: other runs may need it.
    private static func shareHeldMounts() async throws {
        let script = """
            mkdir --parents --mode 700 /run/berth
            mountpoint --quiet /run/berth || mount --bind /run/berth /run/berth
            mount --make-shared /run/berth
            """
        try await Command("sh", ["-e", "-c", script]).run()
    }

    /// Ends the daemon, starts it again with the same data, and waits until it answers.
    package func restart(_ ending: Ending = .politely) async throws {
        await BlockingQueue(label: "private-docker.end").run { self.end(ending) }
        try await launch()
    }

    /// Ends the daemon and returns when it is gone; its containers may live on.
    package func end(_ ending: Ending) {
        daemon.withLock { daemon in
            daemon?.end(ending == .politely ? SIGTERM : SIGKILL, patience: .seconds(30))
            daemon = nil
        }
    }

    /// Starts the daemon, after `end`, and waits until it answers.
    ///
    /// dockerd gives its own containerd 15 s and ends if that was not enough, as it may not be on a
    /// busy machine; then it is started again.
    /// `choices` are for this start alone; without any it is started as the first time.
    package func launch(_ choices: Options? = nil) async throws {
        let options = choices ?? options
        for _ in 0..<2 {
            do {
                return try await launchOnce(options)
            } catch  where log.suffix(4_000).contains("timeout waiting for containerd") {
                end(.suddenly)
            }
        }
        try await launchOnce(options)
    }

    private func launchOnce(_ options: Options) async throws {
        let arguments = [
            "/usr/bin/nsenter", "--net=/run/netns/\(namespaceName)", "dockerd",
            "--host", "unix://\(socketPath)",
            "--data-root", "\(folder)/data",
            "--exec-root", "\(folder)/exec",
            "--pidfile", "\(folder)/pid",
            // One folder to remove, and no manager to ask.
            "--cgroup-parent", "/\(namespaceName)",
            "--exec-opt", "native.cgroupdriver=cgroupfs",
        ]
        let choices =
            (options.keepsContainersRunning ? ["--live-restore"] : []) + options.arguments
            + TestEngine.chosen.daemonArguments
        let process = try DaemonProcess(arguments + choices, log: folder + "/log")
        daemon.withLock { $0 = process }
        try await waitUntilItAnswers(process.processID)
    }

    private func waitUntilItAnswers(_ processID: Int32) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let response = try? await call("GET", "/_ping"), response.head.status == 200 {
                return
            }
            guard self.processID != nil else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure("dockerd (process \(processID)) does not answer:\n\(log.suffix(4000))")
    }

    /// Ends everything and removes every trace; to be called once.
    ///
    /// It blocks, so that it can stand in a `defer`.
    package func stop() {
        // The containers would only hold the daemon up.
        endContainers()
        end(.politely)
        sweep()
    }

    /// Runs a program in the namespace, as a program of the Docker host.
    @discardableResult
    package func run(_ command: Command) async throws -> Command.Output {
        var inside = command
        inside.program = "nsenter"
        inside.arguments =
            ["--net=/run/netns/\(namespaceName)", command.program] + command.arguments
        return try await inside.run()
    }

    /// Why a private daemon did not do what a test needs.
    package struct Failure: Error, CustomStringConvertible {
        /// What happened.
        package let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// Sweeps up after test processes that are gone.
    private static func sweepDeadRuns() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let owner = name.dropFirst(prefix.count).prefix { $0 != "-" }
            guard let processID = Int32(owner), kill(processID, 0) != 0 else { continue }
            PrivateDocker(name: name, options: Options()).sweep()
        }
    }
}
