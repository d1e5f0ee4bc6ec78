/// The small fleet that `berth init` starts from without a Compose file.
enum InitSample {
    /// Paths and texts.
    static let files: [(path: String, text: String)] =
        [("manifests/web.yaml", manifest)]
        + [("dev", nil, 8_080), ("staging", "dev", 8_081), ("prod", "staging", 8_082)].map {
            (name: String, before: String?, port: Int) in
            ("environments/\(name).yaml", environment(name, after: before, port: port))
        }

    private static let manifest = """
        # What the service is: a Compose file. Registry and version come from the environment.
        services:
          web:
            image: nginx
            restart: unless-stopped
            x-berth:
              probe: { http: /, port: 80 }

        """

    private static func environment(_ name: String, after before: String?, port: Int) -> String {
        """
        # What runs in \(name).
        registry: docker.io
        pull_policy: if_not_present
        \(before.map { "promotes_from: \($0)\n" } ?? "")services:
          web:
            version: "1.28.0"  # commit another one here to promote it
            ports: ["\(port):80"]

        """
    }
}
