import Foundation
import XCTest

@testable import DockerEngine

/// Docker's keys and their properties.
final class KeyTests: XCTestCase {
    /// Keys that are sent, many of them also received.
    private static let sent = """
        Image image, Cmd cmd, Entrypoint entrypoint, Env env, Labels labels, User user,
        WorkingDir workingDir, Hostname hostname, Domainname domainname, Tty tty,
        OpenStdin openStdin, StopSignal stopSignal, StopTimeout stopTimeout,
        Healthcheck healthcheck, ExposedPorts exposedPorts, Volumes volumes,
        Test test, Interval interval, Timeout timeout, StartPeriod startPeriod,
        StartInterval startInterval, Retries retries,
        HostConfig hostConfig, NetworkingConfig networkingConfig, EndpointsConfig endpointsConfig,
        Binds binds, Mounts mounts, PortBindings portBindings, RestartPolicy restartPolicy,
        Memory memory, MemoryReservation memoryReservation, MemorySwappiness memorySwappiness,
        MemorySwap memorySwap, NanoCpus nanoCpus, CpuShares cpuShares, CpuQuota cpuQuota,
        CpuPeriod cpuPeriod, CpusetCpus cpusetCpus, PidsLimit pidsLimit, ShmSize shmSize,
        NetworkMode networkMode, Dns dns, DnsSearch dnsSearch, DnsOptions dnsOptions,
        ExtraHosts extraHosts, CapAdd capAdd, CapDrop capDrop, SecurityOpt securityOpt,
        Privileged privileged, ReadonlyRootfs readonlyRootfs, Init isInit, Ulimits ulimits,
        Sysctls sysctls, GroupAdd groupAdd, Devices devices, OomKillDisable oomKillDisable,
        OomScoreAdj oomScoreAdj, CgroupParent cgroupParent, IpcMode ipcMode, PidMode pidMode,
        UsernsMode usernsMode, Runtime runtime, LogConfig logConfig, Annotations annotations,
        HostIp hostIp, HostPort hostPort, Name name, MaximumRetryCount maximumRetryCount,
        Soft soft, Hard hard, PathOnHost pathOnHost, PathInContainer pathInContainer,
        CgroupPermissions cgroupPermissions, Type type, Config config,
        Source source, Target target, ReadOnly readOnly, BindOptions bindOptions,
        VolumeOptions volumeOptions, TmpfsOptions tmpfsOptions, Propagation propagation,
        NonRecursive nonRecursive, CreateMountpoint createMountpoint,
        ReadOnlyNonRecursive readOnlyNonRecursive, ReadOnlyForceRecursive readOnlyForceRecursive,
        NoCopy noCopy, Subpath subpath, SizeBytes sizeBytes, Mode mode,
        IPAMConfig ipamConfig, Aliases aliases, MacAddress macAddress, DriverOpts driverOpts,
        GwPriority gwPriority, IPv4Address ipv4Address, IPv6Address ipv6Address,
        LinkLocalIPs linkLocalIPs, NetworkID networkID, IPAddress ipAddress,
        GlobalIPv6Address globalIPv6Address, Container container, EndpointConfig endpointConfig,
        Driver driver, Options options, IPAM ipam, Internal isInternal, Attachable attachable,
        EnableIPv6 enableIPv6, CheckDuplicate checkDuplicate, Subnet subnet, IPRange ipRange,
        Gateway gateway, AuxiliaryAddresses auxiliaryAddresses
        """

    /// Keys that are only received.
    private static let received = """
        Id id, ID id, Names names, ImageID imageID, Created created, State state, Status status,
        Ports ports, NetworkSettings networkSettings, Networks networks, IP ip,
        PublicPort publicPort, RestartCount restartCount, Running running, ExitCode exitCode,
        StartedAt startedAt, FinishedAt finishedAt, Health health, Destination destination, RW rw,
        Warnings warnings, Containers containers, Mountpoint mountpoint, RepoTags repoTags,
        RepoDigests repoDigests, Version version, Action action, Actor actor,
        Attributes attributes, message message, status status, id id, error error,
        progressDetail progressDetail, errorDetail errorDetail, current current, total total
        """

    func testEveryKeyHasItsProperty() {
        for (key, property) in Self.pairs(Self.sent) + Self.pairs(Self.received) {
            XCTAssertEqual(EngineKey(propertyOf: key).stringValue, property, key)
        }
        for (key, property) in Self.pairs(Self.sent) {
            XCTAssertEqual(EngineKey(keyOf: property).stringValue, key, property)
        }
        // Keys of newer daemons, which no property has.
        for (key, property) in [
            ("OOMKilled", "oomKilled"), ("DNSNames", "dnsNames"), ("IPv6Gateway", "ipv6Gateway"),
            ("UTSMode", "utsMode"), ("", ""), ("Ünsinn", "ünsinn"), ("9P", "9P"),
        ] {
            XCTAssertEqual(EngineKey(propertyOf: key).stringValue, property, key)
        }
    }

    func testEveryPropertyIsInTheTable() throws {
        let table = Set((Self.pairs(Self.sent) + Self.pairs(Self.received)).map(\.1))
        var container = EndpointTests.fullBody
        container.networks["other"] = EndpointSettings()
        let values: [Any] = [
            container.config, container.hostConfig, container.networks,
            NetworkCreateBody(name: "n", ipam: NetworkIPAM(config: [AddressPool(subnet: "s")])),
            VolumeCreateBody(name: "v"),
            try decode(
                ContainerSummary.self,
                #"""
                {"Id":"a","State":"running","Ports":[{"Type":"tcp"}],"Mounts":[{}],
                 "NetworkSettings":{"Networks":{"n":{}}}}
                """#
            ),
            try decode(
                ContainerDetails.self,
                #"""
                {"Id":"a","Name":"b","Image":"c","HostConfig":{},
                 "State":{"Status":"running","Health":{"Status":"healthy"}}}
                """#
            ),
            try decode(CreatedContainer.self, #"{"Id":"a"}"#),
            try decode(
                DockerEngine.Network.self,
                #"{"Id":"a","Name":"n","IPAM":{"Config":[{}]},"Containers":{"c":{}}}"#
            ),
            try decode(DockerEngine.Volume.self, #"{"Name":"v"}"#),
            try decode(ImageDetails.self, #"{"Id":"a"}"#),
            try decode(EngineVersion.self, #"{"Version":"27"}"#),
            try decode(EngineEvent.self, #"{"Actor":{}}"#),
        ]
        let properties = Self.properties(of: values)
        XCTAssertEqual(properties.subtracting(table), [])
        XCTAssertGreaterThan(properties.count, 120, "the whole of the types is looked through")
    }

    /// Foundation must not apply the rule to them, in either direction.
    func testKeysOfDictionariesStayAsTheyAre() throws {
        let names = [
            "com.docker.compose.project", "Foo", "foo", "ID", "Id", "IPAddress", "isInit", "80/tcp",
            "", "ipam", "Ünsinn",
        ]
        let texts = Dictionary(uniqueKeysWithValues: names.map { ($0, "x") })
        var config = ContainerConfig()
        config.labels = texts
        config.exposedPorts = NameSet(Set(names))
        var host = HostConfig()
        let binding = PortBinding(hostIp: "", hostPort: "1")
        host.portBindings = Dictionary(
            uniqueKeysWithValues: names.map { ($0, $0.isEmpty ? nil : [binding]) }
        )
        let endpoints = Dictionary(uniqueKeysWithValues: names.map { ($0, EndpointSettings()) })
        let body = ContainerCreateBody(config: config, hostConfig: host, networks: endpoints)
        let json = try JSONEncoder.engine.encode(body)

        let object = try XCTUnwrap(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        let hostObject = object["HostConfig"] as? [String: Any]
        let networking = object["NetworkingConfig"] as? [String: Any]
        for (name, keys) in [
            ("labels", object["Labels"]), ("ports", object["ExposedPorts"]),
            ("bindings", hostObject?["PortBindings"]), ("networks", networking?["EndpointsConfig"]),
        ] {
            XCTAssertEqual((keys as? [String: Any]).map { Set($0.keys) }, Set(names), name)
        }
        XCTAssertEqual(try JSONDecoder.engine.decode(ContainerConfig.self, from: json), config)
        struct Answer: Decodable {
            let hostConfig: HostConfig
        }
        XCTAssertEqual(try JSONDecoder.engine.decode(Answer.self, from: json).hostConfig, host)
        let networks = try decode(
            ContainerSummary.self,
            #"{"Id":"a","State":"running","NetworkSettings":{"Networks":{"ID":{},"id":{}}}}"#
        ).networks
        XCTAssertEqual(Set(networks.keys), ["ID", "id"])
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try JSONDecoder.engine.decode(type, from: Data(json.utf8))
    }

    private static func pairs(_ text: String) -> [(String, String)] {
        text.split { $0 == "," || $0 == "\n" }.compactMap { entry in
            let words = entry.split(separator: " ").map(String.init)
            return words.count == 2 ? (words[0], words[1]) : nil
        }
    }

    /// The names of all properties of these values and of what they hold.
    private static func properties(of value: Any) -> Set<String> {
        if value is NameSet || value is Timestamp { return [] }
        let mirror = Mirror(reflecting: value)
        return mirror.children.reduce(into: []) { names, child in
            if mirror.displayStyle == .struct, let label = child.label { names.insert(label) }
            names.formUnion(properties(of: child.value))
        }
    }
}
