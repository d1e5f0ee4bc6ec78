import Model
import XCTest

@testable import Manifests

/// What a Compose file reaches beyond its containers is written into the policy, all of it.
final class ComposeImportGrantTests: XCTestCase {
    func testEveryGrantIsWritten() throws {
        let compose = """
            services:
              web:
                image: quay.io/web:1
                ports: ["22:22", "8080:80", "53:53/udp", "9000"]
                networks: [proxy, wide, lan]
                volumes: [shared:/s, share:/n, remote:/r]
                logging: { driver: syslog, options: { syslog-address: "unixgram:///dev/log" } }
                oom_score_adj: -500
                annotations: { io.katacontainers.config.x: y }
            networks:
              proxy: { external: true }
              wide: { ipam: { config: [{ subnet: 8.8.8.0/24 }] } }
              lan: { driver_opts: { com.docker.network.bridge.name: br-lan } }
            volumes:
              shared: { external: true, name: theirs }
              share: { driver_opts: { type: nfs, o: addr=10.0.0.5, device: ":/x" } }
              remote: { driver: vieux/sshfs, driver_opts: { sshcmd: "a@nas:/x" } }

            """
        let imported = try ComposeImport(
            of: ComposeImport.Source(
                bytes: Array(compose.utf8),
                path: "compose.yaml",
                folder: "",
                variables: [:],
                other: { _ in nil }
            )
        )
        let prod = try XCTUnwrap(imported.files.first { $0.path == "environments/prod.yaml" }?.text)
        let policy = try XCTUnwrap(prod.firstRange(of: "policy:\n")).upperBound
        XCTAssertEqual(
            String(prod[policy...]),
            """
              external_networks:
                - proxy
              external_volumes:
                - theirs
              file_servers:
                - "10.0.0.5"
              host_network:
                - web
              host_paths:
                - /dev/log
              log_drivers:
                - syslog
              ports:
                - "0/tcp"
                - "22/tcp"
                - "53/udp"
                - "8080/tcp"
              priority:
                - web
              subnets:
                - "8.8.8.0/24"
              unconfined:
                - web
              volume_drivers:
                - vieux/sshfs

            """
        )
        let files = imported.files.map { ($0.path, Array($0.text.utf8)) }
        let problems = Fleet(FleetFiles(Dictionary(files) { $1 })).validate()
        XCTAssertEqual(problems.filter { $0.severity == .error }.map(\.description), [])
    }
}
