internal import DockerEngine
internal import Foundation

/// A project that Compose runs on this host.
package enum ComposeProject {
    /// The projects that run from a Compose file, sorted; none where Docker does not answer.
    ///
    /// Compose 1.29 and 2 write the same labels; 1.29 names files from the working folder.
    package static func running(from file: String, engine: String) async -> [String] {
        guard let address = try? EngineAddress(engine) else { return [] }
        let client = EngineClient(address: address)
        guard let containers = try? await client.listContainers(all: false) else { return [] }
        return names(of: containers.compactMap(\.labels), from: file)
    }

    /// The projects whose labels name the file.
    static func names(of labels: [[String: String]], from file: String) -> [String] {
        let names = labels.compactMap { labels -> String? in
            guard let project = labels["com.docker.compose.project"],
                let files = labels["com.docker.compose.project.config_files"]
            else { return nil }
            let folder = labels["com.docker.compose.project.working_dir"] ?? "/"
            let paths = files.split(separator: ",").map { path in
                URL(fileURLWithPath: path.hasPrefix("/") ? String(path) : "\(folder)/\(path)")
                    .standardizedFileURL.resolvingSymlinksInPath().path
            }
            return paths.contains(file) ? project : nil
        }
        return Set(names).sorted()
    }
}
