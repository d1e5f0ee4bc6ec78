import Model
import XCTest

@testable import Manifests

/// What drivers, probes and registries are told in words of their own, row by row, with neighbours.
final class DriverRowsTests: XCTestCase {
    func testVolumeDriversThatMountWhatTheyAreToldAreGranted() {
        func data(_ lines: String) -> String { "volumes: { data: { \(lines) } }\n" }
        let line = "volumes: [data:/data]"
        for driver in ["vieux/sshfs", "vieux/sshfs:latest", "rclone", "nfs", "Local", "local:1"] {
            let options = "driver_opts: { sshcmd: \"root@127.0.0.1:/etc\" }"
            for top in [data("driver: \"\(driver)\", \(options)"), data("driver: \"\(driver)\"")] {
                check([
                    (
                        line, top, "",
                        "volumes.data.driver: the volume driver \"\(driver)\" can mount any path or "
                            + "device of the host; remove it, or add \(driver) to "
                            + "policy.volume_drivers in environments/prod.yaml"
                    ),
                    (line, top, "volume_drivers: [\"\(driver)\"]", nil),
                    (
                        line, top, "volume_drivers: [local]",
                        "can mount any path or device of the host"
                    ),
                    ("tty: true", top, "", nil),
                ])
            }
        }
        for top in [
            data("driver: local"), data("name: own"), data("driver: \"\""), data(""),
            data("driver: local, driver_opts: { type: tmpfs, device: tmpfs }"),
        ] {
            check([(line, top, "", nil)])
        }
        check([
            (
                line, data("driver: other, driver_opts: { share: /etc }"),
                "volume_drivers: [other]", "the host's /etc is not granted"
            )
        ])
    }

    func testFilesOfLogDriversAreNamedByAbsolutePaths() {
        func log(_ driver: String, _ option: String) -> String {
            "logging: { driver: \(driver), options: { \(option) } }"
        }
        for (driver, option) in [
            ("syslog", "syslog-tls-key: root/x"), ("syslog", "syslog-tls-key: x"),
            ("syslog", "syslog-tls-key: 'file:///root/x'"),
            ("syslog", "syslog-tls-cert: ./x"), ("syslog", "syslog-tls-ca-cert: ../../root/x"),
            ("syslog", "syslog-tls-ca-cert: ' /root/x'"), ("splunk", "splunk-capath: ca.pem"),
            ("loki", "loki-pipeline-stage-file: x.yaml"), ("loki", "loki-tls-ca-file: ca"),
            ("other", "tls_key: a/b"), ("other", "where: ../etc/x"), ("other", "where: a/../b"),
        ] {
            let name = option.prefix { $0 != ":" }
            check([
                (
                    log(driver, option), "", "log_drivers: [\(driver)], host_paths: [/]",
                    "services.web.logging.options.\(name): "
                )
            ])
            check([
                (
                    log(driver, option), "", "log_drivers: [\(driver)]",
                    "is a path that begins at Docker's own folder; write the absolute path"
                )
            ])
        }
        for (driver, option) in [
            ("syslog", "syslog-tls-key: /srv/x"), ("syslog", "syslog-tls-skip-verify: 'true'"),
            ("syslog", "syslog-address: 'tcp+tls://logs.example:6514'"), ("syslog", "tag: a/b"),
            ("syslog", "syslog-facility: daemon"), ("gelf", "gelf-compression-type: gzip"),
            ("splunk", "splunk-caname: logs.example"), ("splunk", "splunk-token: a/b=="),
            ("fluentd", "fluentd-address: 'logs.example:24224'"), ("other", "api-key: 0f3a"),
            ("loki", "keep-file: 'true'"), ("loki", "max-file: '3'"),
            ("loki", "loki-url: 'https://logs.example/loki/api/v1/push'"),
            ("syslog", "syslog-tls-key: ''"), ("loki", "loki-tls-ca-file: /srv/ca"),
        ] {
            let policy = "log_drivers: [\(driver)], host_paths: ['/srv:ro']"
            check([(log(driver, option), "", policy, nil)])
        }
    }

    func testPathsOfProbesAreWrittenInASCII() {
        for (path, want) in [
            ("/café", "\"/café\" has letters that no request can have; write them as their bytes"),
            ("/\u{4F60}", "has letters that no request can have"), ("/caf%C3%A9?a=b&c", nil),
            ("/~x/$", nil), ("/a b", "is not a path"),
        ] as [(String, String?)] {
            let found = SampleFleet.of(
                "services: { web: { image: 'quay.io/web:1', "
                    + "x-berth: { probe: { http: '\(path)', port: 80 } } } }\n",
                "services: { web: }\n"
            ).problems()
            XCTAssertEqual(found.isEmpty, want == nil, "\(path): \(found)")
            if let want { XCTAssertTrue(found.contains { $0.contains(want) }, "\(found)") }
        }
    }

    func testDockerHubHasSeveralNames() {
        let names = ["docker.io", "index.docker.io", "registry-1.docker.io"]
        for image in ["redis:7", "library/redis:7"] + names.map({ "\($0)/library/redis:7" }) {
            func trust(_ registry: String) -> [String] {
                SampleFleet.of(
                    "services: { web: { image: '\(image)' } }\n",
                    "services: { web: }\npolicy: { trusted_registries: ['\(registry)'] }\n"
                ).problems()
            }
            for name in names {
                for path in ["", "/", "/library", "/library/redis"] {
                    XCTAssertEqual(trust(name + path), [], "\(image) \(name)\(path)")
                }
                XCTAssertEqual(trust("\(name)/team").count, 1, "\(image) \(name)/team")
            }
            for other in ["hub.docker.io", "index.docker.io.example", "ghcr.io", "docker.io:443"] {
                XCTAssertEqual(trust(other).count, 1, "\(image) \(other)")
            }
        }
    }
}
