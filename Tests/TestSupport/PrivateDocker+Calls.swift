internal import Foundation
package import HTTPWire
internal import Platform

extension PrivateDocker {
    /// Sends one request to the daemon, without any client's help.
    ///
    /// - Throws: what went wrong with the connection; statuses are no errors.
    @discardableResult
    package func call(
        _ method: String,
        _ target: String,
        fields: HeaderFields = HeaderFields(),
        body: [UInt8] = []
    ) async throws -> Response {
        var fields = fields
        fields["Host"] = "docker"
        fields["Connection"] = "close"
        let request = try Request(method: method, target: target, fields: fields, body: body)
            .encoded()
        let address = SocketAddress.unix(path: socketPath)
        return try await BlockingQueue(label: "private-docker.call").run {
            let deadline = ContinuousClock.now + .seconds(60)
            let socket = try StreamSocket.connect(to: address, until: deadline)
            try socket.write(request, until: deadline)
            var parser = ResponseParser(
                method: method,
                limits: WireLimits(bodyBytes: 64 * 1024 * 1024)
            )
            var response: Response?
            while true {
                while let part = try parser.next() {
                    switch part {
                    case .head(let head): response = Response(head: head)
                    case .body(let bytes): response?.body += bytes
                    case .end: if let response { return response }
                    }
                }
                let bytes = try socket.read(upTo: 64 * 1024, until: deadline)
                if bytes.isEmpty { parser.receiveEnd() } else { parser.receive(bytes) }
            }
        }
    }

    /// Makes an image of busybox alone, with all its commands, and nothing from any registry.
    ///
    /// - Parameters:
    ///   - name: The image's name and tag, such as `app:1`.
    ///   - changes: Instructions of a Dockerfile to apply, such as `CMD ["sleep", "1d"]`.
    /// - Throws: what kept the image from being made.
    package func importBusybox(as name: String, changes: [String] = []) async throws {
        let parts = name.split(separator: ":")
        guard parts.count == 2 else { throw Failure("\(name) has no tag") }
        let escaped = changes.map { change in
            let text = change.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return "&changes=\(text)"
        }
        let response = try await call(
            "POST",
            "/images/create?fromSrc=-&repo=\(parts[0])&tag=\(parts[1])" + escaped.joined(),
            fields: ["Content-Type": "application/x-tar"],
            body: try await Self.busyboxArchive.value
        )
        let answer = String(decoding: response.body, as: UTF8.self)
        guard response.head.status == 200, !answer.contains("errorDetail") else {
            throw Failure("the image \(name) could not be made: \(answer)")
        }
    }

    /// Pushes one of the daemon's images to a registry that asks for no password.
    package func push(_ image: String, as repository: String, tag: String) async throws {
        try await call("POST", "/images/\(image)/tag?repo=\(repository)&tag=\(tag)")
        let response = try await call(
            "POST",
            "/images/\(repository)/push?tag=\(tag)",
            fields: ["X-Registry-Auth": "e30="]
        )
        let answer = String(decoding: response.body, as: UTF8.self)
        guard response.head.status == 200, !answer.contains("errorDetail") else {
            throw Failure("the image \(image) could not be pushed: \(answer)")
        }
    }

    /// A root file system in a tar archive, made once.
    private static let busyboxArchive = Task<[UInt8], any Error> {
        let busybox = ["/bin/busybox", "/usr/bin/busybox"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let busybox else {
            throw Failure("busybox is not installed (apt-get install busybox-static)")
        }
        let folder = try TemporaryDirectory()
        for name in ["bin", "tmp", "etc", "www"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)",
                withIntermediateDirectories: false
            )
        }
        try FileManager.default.copyItem(atPath: busybox, toPath: "\(folder.path)/bin/busybox")
        let commands = try await Command(busybox, ["--list"]).run().text
        for command in commands.split(separator: "\n") where command != "busybox" {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/bin/\(command)",
                withDestinationPath: "busybox"
            )
        }
        return try await Command(
            "tar",
            ["--create", "--owner=0", "--group=0", "--directory", folder.path, "."],
            outputLimit: 64 * 1024 * 1024
        ).run().standardOutput
    }
}
