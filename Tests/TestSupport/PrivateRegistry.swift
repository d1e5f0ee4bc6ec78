import Foundation
import Synchronization
import XCTest

/// The real `docker-registry` on a port and in a folder of its own.
///
/// ```swift
/// let registry = try await PrivateRegistry.start()
/// defer { registry.stop() }
/// let digest = try await registry.push("team/app", tag: "1.0", layers: [.file("app", "…")])
/// ```
///
/// A test goes on only where the program is installed (``RealParts``).
package final class PrivateRegistry: Sendable {
    /// The one account of a registry that asks for a password.
    package static let user = "robot"

    /// Its password.
    package static let password = "correct horse"

    /// `robot:correct horse` as htpasswd -B writes it, fixed so that no tool has to be installed.
    private static let htpasswd =
        "robot:$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n"

    /// Host and port, to put before an image's name.
    package let address: String

    /// Whether it asks for a user name and a password.
    package let isProtected: Bool

    private let process: Process
    private let folder: URL

    private init(address: String, isProtected: Bool, process: Process, folder: URL) {
        self.address = address
        self.isProtected = isProtected
        self.process = process
        self.folder = folder
    }

    /// Starts a registry and returns when it listens.
    ///
    /// Port 0 is any that is free. If it `isProtected`, it asks for ``user`` and ``password``.
    /// The `wrapper` is a command to run it through, such as `ip netns exec NAME`; it must replace
    /// itself with the registry, not start it as a child.
    package static func start(
        host: String = "127.0.0.1",
        port: Int = 0,
        isProtected: Bool = false,
        wrapper: [String] = []
    ) async throws -> PrivateRegistry {
        let program = try RealParts.require(program: "docker-registry")
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("berth-registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = configuration(
            listen: "\(host):\(port)",
            folder: folder.path,
            isProtected: isProtected
        )
        let file = folder.appendingPathComponent("config.yml")
        try Data(configuration.utf8).write(to: file)
        try Data(htpasswd.utf8).write(to: folder.appendingPathComponent("htpasswd"))

        let command = wrapper + [program, "serve", file.path]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let log = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = log
        do {
            try process.run()
            let port = try await listeningPort(log.fileHandleForReading)
            return PrivateRegistry(
                address: "\(host):\(port)",
                isProtected: isProtected,
                process: process,
                folder: folder
            )
        } catch {
            end(process)
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
    }

    /// Ends the process and removes its folder.
    package func stop() {
        Self.end(process)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Asks the process to end, and makes it after five seconds.
    private static func end(_ process: Process) {
        guard process.isRunning else { return }
        process.terminate()
        let patience = ContinuousClock.now + .seconds(5)
        while process.isRunning, .now < patience { usleep(2_000) }
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func configuration(
        listen: String,
        folder: String,
        isProtected: Bool
    ) -> String {
        let open = """
            version: 0.1
            log: {level: info}
            storage:
              filesystem: {rootdirectory: \(folder)/data}
              delete: {enabled: true}
            http: {addr: "\(listen)", secret: unused}

            """
        let protection = """
            auth:
              htpasswd: {realm: berth, path: \(folder)/htpasswd}

            """
        return isProtected ? open + protection : open
    }

    /// Reads the registry's log until it says where it listens, and keeps the pipe empty after.
    private static func listeningPort(_ log: FileHandle) async throws -> Int {
        let reader = LogReader()
        return try await withCheckedThrowingContinuation { continuation in
            reader.wait(continuation)
            log.readabilityHandler = { handle in
                let data = handle.availableData
                if data.isEmpty { handle.readabilityHandler = nil }
                reader.read(data)
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + 20) { reader.give(up: "20 s") }
        }
    }
}

/// Looks for `listening on HOST:PORT` in a log that comes in pieces.
private final class LogReader: Sendable {
    private let state = Mutex((waiting: CheckedContinuation<Int, any Error>?.none, log: ""))

    func wait(_ continuation: CheckedContinuation<Int, any Error>) {
        state.withLock { $0.waiting = continuation }
    }

    func read(_ data: Data) {
        guard !data.isEmpty else { return give(up: "it ended") }
        state.withLock { state in
            guard let waiting = state.waiting else { return }
            state.log += String(decoding: data, as: UTF8.self)
            guard let match = state.log.firstMatch(of: /listening on [^ ]*:([0-9]+)[^0-9]/),
                let port = Int(match.1)
            else { return }
            state.waiting = nil
            waiting.resume(returning: port)
        }
    }

    func give(up reason: String) {
        state.withLock { state in
            let text = "docker-registry does not listen (\(reason)): \(state.log)"
            state.waiting?.resume(
                throwing: CocoaError(
                    .coderInvalidValue,
                    userInfo: [NSDebugDescriptionErrorKey: text]
                )
            )
            state.waiting = nil
        }
    }
}
