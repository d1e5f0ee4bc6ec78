import Foundation
import Platform
import TestSupport

/// A static busybox that answers `/version` with its name and version, and `/health` with ok.
struct TestImage: Hashable, Sendable {
    var name: String
    var version: String
    /// Whether `/health` is there.
    var isHealthy = true
    /// What it is pushed as, if not the version: to move a tag.
    var tag: String?
    /// Where it is pushed to.
    var registry = "localhost:5000"

    /// Name and tag, as Docker takes them.
    var reference: String { "\(registry)/\(name):\(tag ?? version)" }

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
        for applet in ["sh", "httpd", "wget", "touch", "rm", "cat", "sleep", "kill"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("bin/\(applet)"),
                withDestinationPath: "busybox"
            )
        }
        try folder.write("www/version", "\(name) \(version)\n", mode: 0o644)
        if isHealthy { try folder.write("www/health", "ok\n", mode: 0o644) }
        try folder.write(
            "app/healthcheck",
            "#!/bin/sh\nexec wget -q -O /dev/null http://127.0.0.1:8080/health\n",
            mode: 0o755
        )
        // As process 1 the server would ignore SIGTERM; the shell hears it and ends.
        try folder.write(
            "app/serve",
            """
            #!/bin/sh
            trap "exit 0" TERM
            echo "\(name) \(version) is up"
            httpd -f -p 8080 -h /www &
            wait

            """,
            mode: 0o755
        )
        let arguments = ["--create", "--owner=0", "--group=0", "--directory", folder.path, "."]
        return try Command("tar", arguments, outputLimit: 64 << 20).runBlocking().standardOutput
    }
}

/// Which images are in the registry.
actor ImageShelf {
    private var pushed: Set<TestImage> = []

    func push(_ image: TestImage, to world: World) async throws {
        guard image.tag != nil || !pushed.contains(image) else { return }
        try await world.load(image)
        try await world.docker("push", "-q", image.reference)
        try await world.docker("rmi", image.reference)
        pushed.insert(image)
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
