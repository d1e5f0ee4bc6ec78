import Digests
import DockerEngine
import Foundation
import Model
import XCTest

@testable import Controller

final class BlueprintTests: XCTestCase {
    private func blueprint(
        slot: Int = 2,
        _ adjust: (inout Service) -> Void
    ) throws -> Blueprint {
        let service = try Sample.service("web", "1", adjust)
        let desired = Sample.desired([service]) { desired in
            desired.networks = [
                "default": Model.Network(key: "default"),
                "back": Model.Network(key: "back", isInternal: true),
                "front": Model.Network(key: "front", name: "frontier"),
                "attic": Model.Network(key: "attic", isExternal: true),
            ]
            desired.volumes = ["data": Model.Volume(key: "data", name: "archive")]
        }
        return Blueprint(
            goal: Sample.goal(service),
            slot: slot,
            generation: 7,
            desired: desired,
            layout: HostLayout(stateDirectory: "/state"),
            internalNetworks: ["attic"]
        )
    }

    func testAPlainService() throws {
        let body = try blueprint { _ in }.body()
        XCTAssertEqual(
            body.config.image,
            "registry.example/web@\(Sample.digest("1"))"
        )
        XCTAssertNil(body.config.cmd)
        XCTAssertNil(body.config.entrypoint)
        XCTAssertNil(body.config.env)
        XCTAssertNil(body.config.exposedPorts)
        XCTAssertNil(body.config.healthcheck)
        XCTAssertNil(body.hostConfig.portBindings)
        XCTAssertNil(body.hostConfig.mounts)
        XCTAssertEqual(
            body.hostConfig.binds,
            ["/state/environments/prod/hosts/web:/etc/hosts:ro"]
        )
        XCTAssertEqual(body.hostConfig.networkMode, "prod_default")
        XCTAssertEqual(body.hostConfig.restartPolicy?.name, "no")
    }

    func testLabelsSayWhatItIs() throws {
        let blueprint = try blueprint { service in
            service.container.labels = ["team": "core", "berth.slot": "forged"]
        }
        let labels = blueprint.body().config.labels ?? [:]
        let want = [
            "team": "core", "berth.environment": "prod", "berth.service": "web",
            "berth.slot": "2", "berth.spec": blueprint.goal.spec.description,
            "berth.version": "1", "berth.revision": Sample.revision(1).id,
            "berth.generation": "7",
            "berth.image": "registry.example/web:1@\(Sample.digest("1"))",
            "berth.name": "prod-web-2", "berth.names": "by-network",
            "berth.network": "prod_default",
            "com.docker.compose.project": "berth-prod", "com.docker.compose.service": "web",
            "com.docker.compose.container-number": "2", "com.docker.compose.oneoff": "False",
        ]
        XCTAssertEqual(labels, want)
    }

    /// SELinux's labels are Docker's only in the old form.
    func testVolumesAreRelabelled() throws {
        let host = try blueprint { service in
            service.container.mounts = [
                Mount(.volume(key: "data", options: VolumeOptions(selinux: "z")), target: "/d"),
                Mount(
                    .volume(key: "data", options: VolumeOptions(noCopy: true, selinux: "Z")),
                    target: "/e",
                    readOnly: true
                ),
            ]
        }.body().hostConfig
        let binds = try XCTUnwrap(host.binds).filter { !$0.hasSuffix(":/etc/hosts:ro") }
        XCTAssertEqual(binds, ["archive:/d:z", "archive:/e:ro,Z,nocopy"])
        XCTAssertNil(host.mounts)
    }

    func testTheProcess() throws {
        let config = try blueprint { service in
            service.container.command = ["serve", "-v"]
            service.container.entrypoint = []
            service.container.environment = ["B": "2", "A": "x=y", "GONE": nil]
            service.container.user = "1000:1000"
            service.container.workingDirectory = "/srv"
            service.container.hostname = "web"
            service.container.domainname = "example.org"
            service.container.tty = true
            service.container.stdinOpen = true
            service.container.stopSignal = "SIGQUIT"
            service.container.stopGracePeriod = .milliseconds(1_500)
            service.container.healthCheck = Model.HealthCheck(
                test: ["CMD", "/health"],
                interval: .milliseconds(500),
                timeout: .seconds(2),
                retries: 4,
                startPeriod: .seconds(30),
                startInterval: .seconds(1)
            )
        }.body().config
        XCTAssertEqual(config.cmd, ["serve", "-v"])
        XCTAssertEqual(config.entrypoint, [""], "Docker's way to clear it")
        XCTAssertEqual(config.env, ["A=x=y", "B=2", "GONE"])
        XCTAssertEqual(config.user, "1000:1000")
        XCTAssertEqual(config.workingDir, "/srv")
        XCTAssertEqual(config.hostname, "web")
        XCTAssertEqual(config.domainname, "example.org")
        XCTAssertEqual(config.tty, true)
        XCTAssertEqual(config.openStdin, true)
        XCTAssertEqual(config.stopSignal, "SIGQUIT")
        XCTAssertEqual(config.stopTimeout, 2, "whole seconds, rounded up")
        XCTAssertEqual(config.healthcheck?.test, ["CMD", "/health"])
        XCTAssertEqual(config.healthcheck?.interval, 500_000_000)
        XCTAssertEqual(config.healthcheck?.timeout, 2_000_000_000)
        XCTAssertEqual(config.healthcheck?.retries, 4)
        XCTAssertEqual(config.healthcheck?.startPeriod, 30_000_000_000)
        XCTAssertEqual(config.healthcheck?.startInterval, 1_000_000_000)
    }

    func testPorts() throws {
        let body = try blueprint { service in
            service.container.exposedPorts = [ContainerPort(9_090)]
            service.ports = [
                Model.PublishedPort(target: ContainerPort(80), published: 8_080),
                Model.PublishedPort(target: ContainerPort(80), published: 8_081),
                Model.PublishedPort(target: ContainerPort(53, .udp), published: 53),
                Model.PublishedPort(target: ContainerPort(443), published: nil),
                Model.PublishedPort(
                    target: ContainerPort(444),
                    published: nil,
                    hostAddress: "10.0.0.1"
                ),
            ]
        }.body()
        XCTAssertEqual(
            body.config.exposedPorts?.names,
            ["80/tcp", "53/udp", "443/tcp", "444/tcp", "9090/tcp"]
        )
        let loopback = PortBinding(hostIp: "127.0.0.1", hostPort: "")
        XCTAssertEqual(
            body.hostConfig.portBindings,
            [
                "80/tcp": [loopback], "53/udp": [loopback],
                "443/tcp": [PortBinding(hostIp: "", hostPort: "")],
                "444/tcp": [PortBinding(hostIp: "10.0.0.1", hostPort: "")],
            ]
        )
    }

    func testMounts() throws {
        let digest = Sample.digest("file")
        let body = try blueprint { service in
            service.container.mounts = [
                Mount(.bind(path: "/a", options: BindOptions()), target: "/a", readOnly: true),
                Mount(
                    .bind(path: "/b", options: BindOptions(propagation: "rslave", selinux: "Z")),
                    target: "/b"
                ),
                Mount(.bind(path: "/c", options: BindOptions(createHostPath: false)), target: "/c"),
                Mount(.volume(key: "data", options: VolumeOptions(noCopy: true)), target: "/d"),
                Mount(.volume(key: "other", options: VolumeOptions(subpath: "s")), target: "/e"),
                Mount(.anonymousVolume(VolumeOptions()), target: "/f"),
                Mount(.tmpfs(size: 1_024, mode: 0o700), target: "/g"),
                Mount(.anonymousVolume(VolumeOptions(noCopy: true)), target: "/h"),
                Mount(
                    .bind(path: "/i", options: BindOptions(recursive: "writable")),
                    target: "/i",
                    readOnly: true
                ),
            ]
            service.container.files = [
                FileMount(.commit(digest), target: "/etc/web.toml", mode: 0o400),
                FileMount(.host(path: "/run/key"), target: "/key", isSecret: true),
            ]
        }.body()
        XCTAssertEqual(
            body.hostConfig.binds,
            ["/state/environments/prod/hosts/web:/etc/hosts:ro", "/a:/a:ro", "/b:/b:Z,rslave"]
        )
        XCTAssertEqual(body.config.volumes?.names, ["/f"])
        let mounts = body.hostConfig.mounts ?? []
        XCTAssertEqual(
            mounts.map { "\($0.type) \($0.source ?? "-") \($0.target)" },
            [
                "bind /c /c", "volume archive /d", "volume prod_other /e", "tmpfs - /g",
                "volume - /h", "bind /i /i",
                "bind /state/files/\(digest.hex)-400 /etc/web.toml", "bind /run/key /key",
            ]
        )
        XCTAssertEqual(mounts.map(\.readOnly), [nil, nil, nil, nil, nil, true, true, true])
        XCTAssertEqual(mounts[1].volumeOptions?.noCopy, true)
        XCTAssertEqual(mounts[2].volumeOptions?.subpath, "s")
        XCTAssertEqual(mounts[3].tmpfsOptions?.sizeBytes, 1_024)
        XCTAssertEqual(mounts[3].tmpfsOptions?.mode, 0o700)
        XCTAssertEqual(mounts[4].volumeOptions?.noCopy, true)
        XCTAssertEqual(mounts[5].bindOptions?.readOnlyNonRecursive, true)
        XCTAssertEqual(mounts[5].bindOptions?.createMountpoint, true)
    }

    func testLimitsAndRights() throws {
        let host = try blueprint { service in
            service.container.resources.nanoCPUs = 1_500_000_000
            service.container.resources.memory = 1
            service.container.resources.memorySwap = 2
            service.container.resources.memoryReservation = 3
            service.container.resources.pids = 4
            service.container.resources.cpuShares = 5
            service.container.resources.cpuQuota = 6
            service.container.resources.cpuPeriod = 7
            service.container.resources.cpuset = "0-1"
            service.container.resources.disablesOOMKiller = true
            service.container.restart = .onFailure(retries: 3)
            service.container.readOnly = true
            service.container.initProcess = false
            service.container.privileged = true
            service.container.addedCapabilities = ["NET_ADMIN"]
            service.container.droppedCapabilities = ["ALL"]
            service.container.securityOptions = ["no-new-privileges:true"]
            service.container.groups = ["audio"]
            service.container.sysctls = ["a": "1"]
            service.container.ulimits = ["nofile": Model.Ulimit(soft: 1, hard: 2)]
            service.container.logging = Logging(driver: "local", options: ["max-size": "1m"])
            service.container.devices = [
                Device("/dev/a"), Device("/dev/b", target: "/dev/c"),
                Device("", target: "/dev/d:/dev/e", permissions: "r"),
            ]
            service.container.sharedMemory = 64
            service.container.oomScoreAdjustment = -5
            service.container.resources.memorySwappiness = 9
            service.container.annotations = ["note": "x"]
        }.body().hostConfig
        XCTAssertEqual(host.nanoCpus, 1_500_000_000)
        XCTAssertEqual(
            [host.memory, host.memorySwap, host.memoryReservation, host.pidsLimit],
            [1, 2, 3, 4]
        )
        XCTAssertEqual([host.cpuShares, host.cpuQuota, host.cpuPeriod], [5, 6, 7])
        XCTAssertEqual(host.cpusetCpus, "0-1")
        XCTAssertEqual(host.oomKillDisable, true)
        XCTAssertEqual(host.restartPolicy?.name, "on-failure")
        XCTAssertEqual(host.restartPolicy?.maximumRetryCount, 3)
        XCTAssertEqual(host.readonlyRootfs, true)
        XCTAssertEqual(host.isInit, false)
        XCTAssertEqual(host.privileged, true)
        XCTAssertEqual(host.capAdd, ["NET_ADMIN"])
        XCTAssertEqual(host.capDrop, ["ALL"])
        XCTAssertEqual(host.securityOpt, ["no-new-privileges:true"])
        XCTAssertEqual(host.groupAdd, ["audio"])
        XCTAssertEqual(host.sysctls, ["a": "1"])
        XCTAssertEqual(host.ulimits?.map { "\($0.name) \($0.soft) \($0.hard)" }, ["nofile 1 2"])
        XCTAssertEqual(host.logConfig?.type, "local")
        XCTAssertEqual(
            host.devices?.map { "\($0.pathOnHost) \($0.pathInContainer) \($0.cgroupPermissions)" },
            ["/dev/a /dev/a rwm", "/dev/b /dev/c rwm", " /dev/d:/dev/e r"]
        )
        XCTAssertEqual(host.shmSize, 64)
        XCTAssertEqual(host.oomScoreAdj, -5)
        XCTAssertEqual(host.memorySwappiness, 9)
        XCTAssertEqual(host.annotations, ["note": "x"])
    }

    func testNetworkModes() throws {
        let attachments = [
            NetworkAttachment(network: "back"), NetworkAttachment(network: "default"),
            NetworkAttachment(network: "front"),
        ]
        let external = [NetworkAttachment(network: "attic"), NetworkAttachment(network: "front")]
        let table: [(name: String, mode: NetworkMode, want: String)] = [
            ("one that Docker says is internal", .networks(external), "frontier"),
            ("host", .host, "host"), ("bridge", .bridge, "bridge"), ("none", .none, "none"),
            ("the first by name that is not internal", .networks(attachments), "frontier"),
            (
                "the gateway's priority",
                .networks(attachments + [NetworkAttachment(network: "z", gatewayPriority: 1)]),
                "prod_z"
            ),
            ("only an internal one", .networks([attachments[0]]), "prod_back"),
        ]
        for (name, mode, want) in table {
            let body = try blueprint { service in
                service.container.network = mode
                service.container.extraHosts = [ExtraHost(name: "db", address: "10.0.0.9")]
                service.ports = [
                    Model.PublishedPort(target: ContainerPort(80), published: 8_080)
                ]
            }.body()
            XCTAssertEqual(body.hostConfig.networkMode, want, name)
            // Without it nobody finds the address, and the container never becomes ready.
            let label = body.config.labels?["berth.network"]
            XCTAssertEqual(label, want == "host" || want == "none" ? nil : want, name)
            let isOwn = want.contains("_") || want == "frontier"
            XCTAssertEqual(body.hostConfig.extraHosts, isOwn ? nil : ["db:10.0.0.9"], name)
            XCTAssertEqual(body.hostConfig.binds == nil, !isOwn, name)
            let publishes = mode != .host && mode != NetworkMode.none
            XCTAssertEqual(body.hostConfig.portBindings != nil, publishes, name)
        }
    }

    func testTheNameIsTheManifestsOrTheSlots() throws {
        XCTAssertEqual(try blueprint { _ in }.base, "prod-web-2")
        XCTAssertEqual(try blueprint { $0.containerName = "frontdoor" }.base, "frontdoor")
    }
}
