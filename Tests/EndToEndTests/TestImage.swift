import Foundation
import Platform
import TestSupport

/// A static server that answers `/version` with its name and version, and `/health` with ok.
struct TestImage: Hashable, Sendable {
    var name: String
    var version: String
    /// What answers.
    var server = Server.busybox
    /// Whether `/health` is there.
    var isHealthy = true
    /// What it is pushed as, if not the version: to move a tag.
    var tag: String?
    /// Shell lines that run before the server starts.
    var beforehand = ""
    /// Where the server listens; what is asked of it is port 8080.
    var serverPort = 8080
    /// Where it is pushed to.
    var registry = "localhost:5000"

    /// Name and tag, as Docker takes them.
    var reference: String { "\(registry)/\(name):\(tag ?? version)" }

    /// The programs that answer.
    enum Server {
        /// busybox's httpd, a process for each connection.
        case busybox
        /// Our own: keeps connections, takes datagrams, and ends politely.
        case sample
    }

    /// The image as an archive of a root file system.
    func archive() throws -> [UInt8] {
        let folder = try TemporaryDirectory("berth-image")
        for directory in ["bin", "etc"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(directory),
                withIntermediateDirectories: false
            )
        }
        try FileManager.default.copyItem(
            atPath: FileManager.default.isExecutableFile(atPath: "/bin/busybox")
                ? "/bin/busybox" : "/usr/bin/busybox",
            toPath: folder.file("bin/busybox")
        )
        for applet in ["sh", "httpd", "wget", "touch", "rm", "cat", "sleep", "kill", "mv"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("bin/\(applet)"),
                withDestinationPath: "busybox"
            )
        }
        try folder.write("www/version", "\(name) \(version)\n", mode: 0o644)
        if isHealthy { try folder.write("www/health", "ok\n", mode: 0o644) }
        try folder.write(
            "app/healthcheck",
            "#!/bin/sh\nexec wget -q -O /dev/null http://127.0.0.1:\(serverPort)/health\n",
            mode: 0o755
        )
        try addServer(to: folder)
        let arguments = ["--create", "--owner=0", "--group=0", "--directory", folder.path, "."]
        return try Command("tar", arguments, outputLimit: 64 << 20).runBlocking().standardOutput
    }

    private func addServer(to folder: TemporaryDirectory) throws {
        if server == .sample {
            let program = Bundle.main.bundleURL.appendingPathComponent("sample-server").path
            try FileManager.default.copyItem(
                atPath: program,
                toPath: folder.file("app/sample-server")
            )
            let script = "#!/bin/sh\nexec /app/sample-server 8080 \"\(name) \(version)\"\n"
            try folder.write("app/serve", script, mode: 0o755)
            return
        }
        // As process 1 the server would ignore SIGTERM; the shell hears it and ends.
        try folder.write(
            "app/serve",
            """
            #!/bin/sh
            trap "exit 0" TERM
            echo "\(name) \(version) is up"
            \(beforehand)
            httpd -f -p \(serverPort) -h /www &
            wait

            """,
            mode: 0o755
        )
    }
}

/// Which images are in the registry.
actor ImageShelf {
    /// What each reference leads to.
    private var pushed: [String: TestImage] = [:]

    func push(_ image: TestImage, to world: World) async throws {
        guard image.tag != nil || pushed[image.reference] != image else { return }
        try await world.load(image)
        try await world.docker("push", "-q", image.reference)
        try await world.docker("rmi", image.reference)
        pushed[image.reference] = image
    }
}

extension World {
    /// Puts an image into Docker alone.
    func load(_ image: TestImage) async throws {
        let file = try TemporaryDirectory("berth-image")
        let archive = file.file("root.tar")
        try Data(image.archive()).write(to: URL(fileURLWithPath: archive))
        try await docker("import", "--change", "CMD [\"/app/serve\"]", archive, image.reference)
    }
}
