import Digests
import Model
import XCTest

final class GoalTests: XCTestCase {
    private typealias Change = (inout ContainerSpec) -> Void

    /// For every field of a spec: changes of it that need a container of their own, each different
    /// from all others.
    private let changes: [(field: String, changes: [Change])] = [
        ("command", [{ $0.command = ["serve"] }, { $0.command = ["serve", "x"] }]),
        ("entrypoint", [{ $0.entrypoint = ["/entry"] }, { $0.entrypoint = [] }]),
        (
            "environment",
            [
                { $0.environment = ["A": "1"] }, { $0.environment = ["A": "2"] },
                { $0.environment = ["A": ""] }, { $0.environment = ["A": nil] },
            ]
        ),
        (
            "hostEnvironmentFiles",
            [
                { $0.hostEnvironmentFiles = [HostEnvironmentFile(path: "/a")] },
                { $0.hostEnvironmentFiles = [HostEnvironmentFile(path: "/a", isRaw: true)] },
                { $0.hostEnvironmentFiles = [HostEnvironmentFile(path: "/a", isRequired: false)] },
            ]
        ),
        ("labels", [{ $0.labels = ["a": "1"] }, { $0.labels = ["a": ""] }]),
        ("user", [{ $0.user = "1" }]),
        ("workingDirectory", [{ $0.workingDirectory = "/srv" }]),
        ("hostname", [{ $0.hostname = "web" }]),
        ("domainname", [{ $0.domainname = "example.org" }]),
        ("tty", [{ $0.tty = true }]),
        ("stdinOpen", [{ $0.stdinOpen = true }]),
        ("stopSignal", [{ $0.stopSignal = "SIGINT" }]),
        (
            "stopGracePeriod",
            [{ $0.stopGracePeriod = .seconds(1) }, { $0.stopGracePeriod = .milliseconds(1) }]
        ),
        (
            "healthCheck",
            [
                { $0.healthCheck = .disabled },
                { $0.healthCheck = HealthCheck(test: ["CMD", "x"]) },
                { $0.healthCheck = HealthCheck(interval: .seconds(1)) },
                { $0.healthCheck = HealthCheck(timeout: .seconds(1)) },
                { $0.healthCheck = HealthCheck(retries: 1) },
                { $0.healthCheck = HealthCheck(startPeriod: .seconds(1)) },
                { $0.healthCheck = HealthCheck(startInterval: .seconds(1)) },
            ]
        ),
        (
            "restart",
            [
                { $0.restart = .always }, { $0.restart = .unlessStopped },
                { $0.restart = .onFailure(retries: nil) }, { $0.restart = .onFailure(retries: 2) },
            ]
        ),
        (
            "mounts",
            [
                { $0.mounts = [Mount(.tmpfs(size: nil, mode: nil), target: "/a")] },
                { $0.mounts = [Mount(.tmpfs(size: 1, mode: nil), target: "/a")] },
                { $0.mounts = [Mount(.anonymousVolume(VolumeOptions()), target: "/a")] },
                {
                    $0.mounts = [Mount(.bind(path: "/a", options: BindOptions()), target: "/a")]
                },
                {
                    $0.mounts = [
                        Mount(
                            .bind(path: "/a", options: BindOptions()),
                            target: "/a",
                            readOnly: true
                        )
                    ]
                },
                {
                    $0.mounts = [Mount(.volume(key: "a", options: VolumeOptions()), target: "/a")]
                },
            ]
        ),
        (
            "files",
            [
                { $0.files = [FileMount(.host(path: "/a"), target: "/a")] },
                { $0.files = [FileMount(.host(path: "/a"), target: "/a", mode: 0o400)] },
                { $0.files = [FileMount(.commit(SampleService.digest), target: "/a")] },
            ]
        ),
        (
            "exposedPorts",
            [
                { $0.exposedPorts = [ContainerPort(9_090)] },
                { $0.exposedPorts = [ContainerPort(9_090, .udp)] },
            ]
        ),
        (
            "network",
            [
                { $0.network = .host }, { $0.network = .bridge }, { $0.network = .none },
                { $0.network = .networks([NetworkAttachment(network: "other")]) },
                {
                    $0.network = .networks([
                        NetworkAttachment(network: "default", aliases: ["www"])
                    ])
                },
            ]
        ),
        (
            "resources",
            [
                { $0.resources.nanoCPUs = 1 }, { $0.resources.memory = 1 },
                { $0.resources.memorySwap = 1 }, { $0.resources.memoryReservation = 1 },
                { $0.resources.memorySwappiness = 1 }, { $0.resources.pids = 1 },
                { $0.resources.cpuShares = 1 }, { $0.resources.cpuQuota = 1 },
                { $0.resources.cpuPeriod = 1 }, { $0.resources.cpuset = "0" },
                { $0.resources.disablesOOMKiller = true },
            ]
        ),
        ("readOnly", [{ $0.readOnly = true }]),
        ("initProcess", [{ $0.initProcess = true }, { $0.initProcess = false }]),
        ("privileged", [{ $0.privileged = true }]),
        ("addedCapabilities", [{ $0.addedCapabilities = ["ALL"] }]),
        ("droppedCapabilities", [{ $0.droppedCapabilities = ["ALL"] }]),
        ("securityOptions", [{ $0.securityOptions = ["label:disable"] }]),
        ("groups", [{ $0.groups = ["audio"] }]),
        ("ulimits", [{ $0.ulimits = ["nofile": Ulimit(soft: 1, hard: 2)] }]),
        ("sysctls", [{ $0.sysctls = ["net.core.somaxconn": "1"] }]),
        (
            "logging",
            [
                { $0.logging = Logging(driver: "none") },
                { $0.logging = Logging(driver: nil, options: ["max-size": "1m"]) },
            ]
        ),
        ("extraHosts", [{ $0.extraHosts = [ExtraHost(name: "db", address: "10.0.0.1")] }]),
        ("dnsServers", [{ $0.dnsServers = ["9.9.9.9"] }]),
        ("dnsSearch", [{ $0.dnsSearch = ["example.org"] }]),
        ("dnsOptions", [{ $0.dnsOptions = ["ndots:1"] }]),
        ("sharedMemory", [{ $0.sharedMemory = 1 }]),
        ("platform", [{ $0.platform = "linux/arm64" }]),
        (
            "devices",
            [
                { $0.devices = [Device("/dev/fuse")] },
                { $0.devices = [Device("/dev/fuse", target: "/dev/x")] },
                { $0.devices = [Device("/dev/fuse", permissions: "r")] },
            ]
        ),
        ("ipcMode", [{ $0.ipcMode = "host" }]),
        ("pidMode", [{ $0.pidMode = "host" }]),
        ("userNamespaceMode", [{ $0.userNamespaceMode = "host" }]),
        ("cgroupParent", [{ $0.cgroupParent = "/berth" }]),
        ("runtime", [{ $0.runtime = "runsc" }]),
        ("oomScoreAdjustment", [{ $0.oomScoreAdjustment = 1 }]),
        ("annotations", [{ $0.annotations = ["a": "1"] }]),
    ]

    func testTheTableHasEveryField() {
        let fields = Mirror(reflecting: ContainerSpec()).children.compactMap(\.label)
        XCTAssertEqual(Set(fields), Set(changes.map(\.field)))
    }

    func testEveryChangeOfASpecGivesAnotherDigest() throws {
        var seen: [Digest: String] = [try SampleService.spec(): "unchanged"]
        for (field, changes) in changes {
            for (index, change) in changes.enumerated() {
                let spec = try SampleService.spec { change(&$0.container) }
                let name = "\(field)[\(index)]"
                XCTAssertNil(seen[spec], "\(name) has the digest of \(seen[spec] ?? "")")
                seen[spec] = name
            }
        }
    }

    func testWhatCanChangeWithoutANewContainerLeavesTheDigest() throws {
        let harmless: [(name: String, change: (inout Service) -> Void)] = [
            ("replicas", { $0.replicas = 5 }),
            ("published host port", { $0.ports[0].published = 9_999 }),
            ("host address", { $0.ports[0].hostAddress = "10.0.0.1" }),
            (
                "a second host port to the same target",
                { $0.ports.append(PublishedPort(target: ContainerPort(80), published: 81)) }
            ),
            ("update policy", { $0.update = UpdatePolicy(order: .stopFirst, parallelism: 0) }),
            ("rollback policy", { $0.rollback = UpdatePolicy(monitor: .seconds(9)) }),
            ("readiness", { $0.readiness = Readiness(probe: .tcp(port: 80)) }),
            ("drain timeout", { $0.drainTimeout = .seconds(1) }),
            ("pull policy", { $0.pullPolicy = .always }),
            ("dependencies", { $0.dependencies = [Dependency(on: "db")] }),
            ("service labels", { $0.labels = ["a": "1"] }),
            ("location", { $0.location.line = 99 }),
            ("origins", { $0.origins = ["version": $0.location] }),
            ("an empty list", { $0.container.labels = [:] }),
        ]
        let spec = try SampleService.spec()
        for (name, change) in harmless {
            XCTAssertEqual(try SampleService.spec(change), spec, name)
        }
    }

    func testWhatDockerFixesBesideTheSpecChangesTheDigest() throws {
        let spec = try SampleService.spec()
        let service = try SampleService.make()
        XCTAssertNotEqual(Goal(service, image: Digest(hashing: [1])).spec, spec, "image digest")
        let tag = try ImageName("ghcr.io/acme/web:1.4.3")
        XCTAssertNotEqual(try SampleService.spec { $0.image = tag }, spec, "tag")
        XCTAssertNotEqual(
            try SampleService.spec { $0.ports[0].target = ContainerPort(81) },
            spec,
            "target port"
        )
        XCTAssertNotEqual(
            try SampleService.spec { $0.ports[0].published = nil },
            spec,
            "a port that Docker chooses"
        )
    }

    func testContentOfHostFilesChangesTheDigest() throws {
        let service = try SampleService.make { service in
            service.container.files = [FileMount(.host(path: "/run/key"), target: "/key")]
        }
        let digests = [
            Goal(service, image: SampleService.digest),
            Goal(
                service,
                image: SampleService.digest,
                hostFiles: ["/run/key": Digest(hashing: [1])]
            ),
            Goal(
                service,
                image: SampleService.digest,
                hostFiles: ["/run/key": Digest(hashing: [2])]
            ),
        ].map(\.spec)
        XCTAssertEqual(Set(digests).count, 3)
    }

    /// A migration is not run again because of a network, a limit or another service's secret.
    func testAJobIsToldByItsProgramAlone() throws {
        let program: Set = [
            "command", "entrypoint", "environment", "hostEnvironmentFiles", "files", "user",
            "workingDirectory", "platform",
        ]
        let plain = try SampleService.spec { $0.isJob = true }
        for (field, changes) in changes {
            let specs = try changes.map { change in
                try SampleService.spec { service in
                    service.isJob = true
                    change(&service.container)
                }
            }
            XCTAssertEqual(specs.contains { $0 != plain }, program.contains(field), field)
        }
        let service = try SampleService.make { service in
            service.isJob = true
            service.container.files = [FileMount(.host(path: "/run/key"), target: "/key")]
        }
        let specs = [UInt8(1), 2].map { content in
            let files = ["/run/key": Digest(hashing: [content])]
            return Goal(service, image: SampleService.digest, hostFiles: files).spec
        }
        XCTAssertEqual(specs[0], specs[1], "another secret")
        XCTAssertNotEqual(Goal(service, image: Digest(hashing: [1])).spec, specs[0], "the image")
    }

    func testOrderOfDictionariesAndPortsDoesNotMatter() throws {
        let names = (0..<50).map { "NAME_\($0)" }
        let one = try SampleService.spec { service in
            for name in names { service.container.environment[name] = name }
            for name in names { service.container.labels[name] = name }
            service.ports.append(PublishedPort(target: ContainerPort(443), published: 443))
        }
        let other = try SampleService.spec { service in
            for name in names.reversed() { service.container.environment[name] = name }
            for name in names.reversed() { service.container.labels[name] = name }
            service.ports.insert(PublishedPort(target: ContainerPort(443), published: 443), at: 0)
        }
        XCTAssertEqual(one, other)
    }

    /// A new release that gives another digest would replace every container of every fleet.
    func testDigestsNeverChangeBetweenReleases() throws {
        XCTAssertEqual(
            try SampleService.spec().description,
            "sha256:199c9c557f9e0de7db5b0a23f5a47452160c70b1de7aa660e35a2565a62df0a9"
        )
        XCTAssertEqual(
            Goal(try SampleService.everything(), image: SampleService.digest).spec.description,
            "sha256:683eea5e4899ed55f324f1d9fdd3a12153efd1b0facd4ccc8e87846dd197953d"
        )
    }
}
