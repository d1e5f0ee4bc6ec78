enum HealthCheckKeys {
    static let shape = ObjectShape([
        Key("test", HealthTestShape(), "What is run inside the container"),
        Key("interval", DurationShape(), "Between two tests"),
        Key("timeout", DurationShape(), "For one test"),
        Key("retries", IntegerShape(), "Failures in a row after which it is unhealthy"),
        Key("start_period", DurationShape(), "Failures within it do not count"),
        Key("start_interval", DurationShape(), "Between two tests within the start period"),
        Key("disable", BooleanShape(dropsFalse: true), "Runs no test, not even the image's own"),
    ])
}

enum LoggingKeys {
    static let shape = ObjectShape([
        Key("driver", StringShape(), "The log driver"),
        Key("options", KeyValueShape.logOptions, "Options for the driver"),
    ])
}

enum DeployKeys {
    static let shape = ObjectShape(
        [
            Key("mode", StringShape(check: checkMode), "replicated"),
            Key("replicas", IntegerShape(range: 0...1_000), "How many containers run"),
            Key("labels", KeyValueShape.labels, "Labels of the service"),
            Key("update_config", update, "How an update proceeds"),
            Key("rollback_config", update, "How a rollback proceeds"),
            Key("resources", resources, "Limits and reservations"),
            Key("restart_policy", restart, "When Docker starts it again"),
            .refused("placement", "placement is for clusters, and there is one host", "remove it"),
            .refused("endpoint_mode", "endpoint modes are for clusters", "remove it"),
        ],
        null: .map(OrderedMap())
    )

    @Sendable private static func checkMode(_ text: String) throws(TextError) -> String {
        guard text == "replicated" else {
            throw TextError("mode \(text.quoted) is for clusters", remedy: "write replicated")
        }
        return text
    }

    private static let update = ObjectShape([
        Key("parallelism", IntegerShape(range: 0...1_000), "Slots at a time; 0 is all"),
        Key("delay", DurationShape(), "Between two batches"),
        Key("failure_action", StringShape.choice(["rollback", "pause", "continue"]))
            .about("What happens when too many failed"),
        Key("monitor", DurationShape(), "How long a new container is watched"),
        Key(
            "max_failure_ratio",
            DecimalShape(range: 0...1),
            "The share of failures that is tolerated"
        ),
        Key("order", StringShape.choice(["start-first", "stop-first"]), "Which goes first"),
    ])

    private static let resources = ObjectShape([
        Key(
            "limits",
            ObjectShape([
                Key("cpus", DecimalShape(), "Processors"),
                Key("memory", BytesShape(needsText: true), "The most memory"),
                Key("pids", IntegerShape(range: -1...Int64.max), "Processes and threads"),
            ]),
            "What it may use at most"
        ),
        Key(
            "reservations",
            ObjectShape([
                Key("cpus", DecimalShape(), "Has no effect on one host"),
                Key("memory", BytesShape(needsText: true), "Memory that is reserved for it"),
                .refused("devices", "GPUs are not available", "use devices:"),
                .refused("generic_resources", "generic resources are for clusters", "remove it"),
            ]),
            "What is reserved for it"
        ),
    ])

    private static let restart = ObjectShape([
        Key("condition", StringShape.choice(["none", "on-failure", "any"]), "When"),
        Key("delay", DurationShape(), "Docker's own delays hold on one host"),
        Key("max_attempts", IntegerShape(), "How often at most, on failure"),
        Key("window", DurationShape(), "Docker's own window holds on one host"),
    ])
}

/// `x-berth`.
enum BerthKeys {
    static let volume = ObjectShape([
        Key("shared", BooleanShape(dropsFalse: true))
            .about("Whether several containers may write to it at a time")
    ])

    static let shape = ObjectShape([
        Key("start_timeout", DurationShape(), "How long a container may take to be ready"),
        Key("readiness_delay", DurationShape(), "How long it must run before it counts"),
        Key("drain_timeout", DurationShape())
            .about("How long a replaced container keeps its connections"),
        Key("probe", probe, "What Berth asks the container"),
    ])

    private static let probe = ObjectShape(
        [
            Key("http", StringShape(check: checkPath), "The path to GET"),
            Key("port", IntegerShape(range: 1...65_535), "The port to ask at"),
            Key("status", StatusShape(), "The status codes that mean ready, as 200-399"),
            Key("tcp", IntegerShape(range: 1...65_535), "The port that must accept a connection"),
        ],
        check: { probe in
            switch (probe["http"] != nil, probe["tcp"] != nil) {
            case (true, true):
                TextError("http and tcp exclude each other", remedy: "remove one")
            case (false, false):
                TextError("the probe has no target", remedy: "write http: /path and port:, or tcp:")
            case (true, false) where probe["port"] == nil:
                TextError("the port is missing", remedy: "add port:")
            case (false, true) where probe["port"] != nil || probe["status"] != nil:
                TextError("port and status belong to http", remedy: "remove them")
            default: nil
            }
        }
    )

    @Sendable private static func checkPath(_ text: String) throws(TextError) -> String {
        guard text.hasPrefix("/"), !text.contains(where: \.isWhitespace) else {
            throw TextError("\(text.quoted) is not a path", remedy: "write one as /health")
        }
        // What stands in a request is ASCII (RFC 9112 §3.2, RFC 3986 §2.1).
        guard text.utf8.allSatisfy({ $0 < 0x7F }) else {
            throw TextError("\(text.quoted) has letters that no request can have")
                .with(remedy: "write them as their bytes, %C3%A9 for é")
        }
        return text
    }

    /// `200`, or `200-399`.
    private struct StatusShape: Shape {
        func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
            let shape = ScalarShape(check: { text throws(TextError) in
                guard Self.range(text) == nil else { return }
                throw TextError(
                    "\(text.quoted) is not a range of status codes",
                    remedy: "write 200-399"
                )
            })
            let text = shape.read(item, at: path, into: &problems)?.string
            guard let range = text.flatMap(Self.range) else { return nil }
            return item.value(
                .list([range.lowerBound, range.upperBound].map { item.value(.integer($0)) })
            )
        }

        private static func range(_ text: String) -> ClosedRange<Int64>? {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
                .map { Int64($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
                (100...599).contains(first), (first...599).contains(last)
            else { return nil }
            return first...last
        }

        var schema: SchemaNode { .type("integer", "string") }
    }
}
