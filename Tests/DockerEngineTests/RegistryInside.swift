import Foundation
import HTTPWire
import Platform
import TestSupport

/// A real registry on 127.0.0.1:5000 of a private Docker's namespace.
final class RegistryInside {
    private let docker: PrivateDocker
    private let folder: ScratchFolder
    private let process = Process()

    init(_ docker: PrivateDocker) throws {
        self.docker = docker
        folder = try ScratchFolder()
        let configuration = """
            version: 0.1
            storage: { filesystem: { rootdirectory: \(folder.path)/data } }
            http: { addr: "127.0.0.1:5000" }
            """
        let file = folder.path + "/registry.yml"
        try configuration.write(toFile: file, atomically: false, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/nsenter")
        process.arguments = ["--net=\(docker.namespace.path)", "docker-registry", "serve", file]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    func waitUntilItAnswers() async {
        let namespace = docker.namespace
        await eventually("the registry answers") {
            await BlockingQueue(label: "registry.probe").run {
                let socket = try? namespace.visit { () throws(SocketError) in
                    try StreamSocket.connect(
                        to: .tcp(host: "127.0.0.1", port: 5000),
                        until: .now + .seconds(5)
                    )
                }
                return socket != nil
            }
        }
    }

    /// Pushes one of the daemon's images.
    func push(_ image: String, as repository: String, tag: String) async throws {
        try await docker.call("POST", "/images/\(image)/tag?repo=\(repository)&tag=\(tag)")
        let response = try await docker.call(
            "POST",
            "/images/\(repository)/push?tag=\(tag)",
            fields: ["X-Registry-Auth": "e30="]
        )
        let answer = String(decoding: response.body, as: UTF8.self)
        guard response.head.status == 200, !answer.contains("errorDetail") else {
            throw URLError(.cannotWriteToFile, userInfo: [NSLocalizedDescriptionKey: answer])
        }
    }
}
