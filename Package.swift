// swift-tools-version: 6.2
import PackageDescription

/// Targets stand in layer order.
///
/// An arrow in `dependencies` only ever points at a target above it.
/// `Tests/LayeringTests` holds every `import` line to this table.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func module(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
    _ name: String,
    uses dependencies: [Target.Dependency],
    exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "berth",
    products: [.executable(name: "berth", targets: ["berth"])],
    targets: [
        // 0: pure tools, bytes in, values out.
        module("Printing"),
        module("YAML"),
        module("Digests"),
        module("HTTPWire"),
        module("Addresses", uses: ["Digests"]),

        // 1: the pure domain; no I/O, no clock, no `async`.
        module("Model", uses: ["Addresses", "Digests", "Printing"]),
        module("Manifests", uses: ["YAML", "Addresses", "Digests", "Model", "Printing"]),
        module("Planning", uses: ["Digests", "Model"]),
        module("Rollouts", uses: ["Digests", "Model"]),

        // 2: one outside thing each.
        .systemLibrary(name: "Cglibc"),
        module("Platform", uses: ["Cglibc", "Addresses", "Printing"]),
        .systemLibrary(
            name: "Clibgit2",
            pkgConfig: "libgit2",
            providers: [.apt(["libgit2-dev"])]
        ),
        module("GitSource", uses: ["Clibgit2", "Platform", "Printing"]),
        module("DockerEngine", uses: ["HTTPWire", "Platform", "Printing"]),
        module("Registry", uses: ["Model", "Digests", "Platform", "Printing"]),
        module("Traffic", uses: ["Addresses", "Platform"]),

        // 3: the loop.
        module(
            "Controller",
            uses: [
                "Addresses", "Digests", "Model", "Manifests", "Planning", "Rollouts", "Platform",
                "GitSource", "DockerEngine", "Registry", "Traffic", "HTTPWire", "Printing",
            ]
        ),

        // 4: the commands.
        module(
            "Commands",
            uses: [
                "Addresses", "Model", "Manifests", "Planning", "Platform", "Controller", "Printing",
            ]
        ),
        .executableTarget(
            name: "berth",
            dependencies: ["Commands", "Platform"],
            swiftSettings: settings
        ),

        // Steady load from several network namespaces, for tests, benchmarks and the quickstart.
        .target(
            name: "Load",
            dependencies: ["Addresses", "Platform"],
            path: "Tests/Load",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "berth-load",
            dependencies: ["Addresses", "Load", "Platform"],
            path: "Tests/LoadCommand",
            swiftSettings: settings
        ),
        // Reads a fleet again and again, for a benchmark.
        .executableTarget(
            name: "berth-read",
            dependencies: ["Manifests", "Model", "YAML"],
            path: "Tests/Benchmarks/Read",
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Addresses", "Digests", "HTTPWire", "Load", "Platform"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        // What stands in containers; static, so that it runs in an image without anything else.
        .executableTarget(
            name: "sample-server",
            path: "Tests/SampleServer",
            swiftSettings: settings + [.unsafeFlags(["-static-executable"])],
            linkerSettings: [.unsafeFlags(["-static-executable"])]
        ),
        // A host that crashes, forgets and lies, under the real rollout.
        .target(
            name: "Simulation",
            dependencies: ["Addresses", "Digests", "Model", "Rollouts", "TestSupport"],
            path: "Tests/Simulation",
            swiftSettings: settings
        ),
        tests("YAMLTests", uses: ["YAML", "TestSupport"]),
        tests("DigestsTests", uses: ["Digests"]),
        tests("AddressesTests", uses: ["Addresses", "TestSupport"]),
        tests("HTTPWireTests", uses: ["HTTPWire", "TestSupport"]),
        tests("ModelTests", uses: ["Model", "Digests", "TestSupport"]),
        tests("ManifestsTests", uses: ["Manifests", "YAML", "Model", "TestSupport"]),
        tests("PlanningTests", uses: ["Planning", "Model", "Digests"]),
        tests(
            "RolloutsTests",
            uses: ["Rollouts", "Addresses", "Digests", "Model", "Simulation"]
        ),
        tests("PlatformTests", uses: ["Platform", "Addresses", "TestSupport"]),
        tests("GitSourceTests", uses: ["GitSource", "Platform", "TestSupport"]),
        tests("DockerEngineTests", uses: ["DockerEngine", "HTTPWire", "Platform", "TestSupport"]),
        tests("RegistryTests", uses: ["Registry", "Model", "Digests", "Platform", "TestSupport"]),
        tests(
            "TrafficTests",
            uses: ["Traffic", "Addresses", "Load", "Platform", "TestSupport"]
        ),
        tests(
            "ControllerTests",
            uses: [
                "Controller", "Addresses", "Digests", "DockerEngine", "GitSource", "HTTPWire",
                "Model",
                "Planning", "Platform", "Registry", "Rollouts", "TestSupport", "Traffic",
            ]
        ),
        tests(
            "CommandsTests",
            uses: [
                "Commands", "Controller", "Model", "Planning", "Platform", "Printing",
                "TestSupport",
            ]
        ),
        tests("LayeringTests", uses: []),
        tests("EndToEndTests", uses: ["Addresses", "Load", "Platform", "TestSupport"]),
    ]
)
