import XCTest

@testable import Manifests

/// Volumes whose driver options reach the host, held to the environment's policy.
final class VolumePolicyTests: XCTestCase {
    func testOptionsOfDriversStayWithinThePolicy() {
        let none = "[/elsewhere]"
        for (name, options, paths, want) in [
            ("bind", "{ type: none, o: bind, device: /etc }", none, "the host's /etc is"),
            ("rbind", "{ type: none, o: 'rw,rbind', device: /etc }", none, "the host's /etc is"),
            (
                "the type does not count", "{ type: nfs, o: bind, device: /etc }", none,
                "host's /etc"
            ),
            ("no type", "{ device: /etc }", none, "the host's /etc is"),
            ("blanks", "{ type: nfs, o: 'rw, bind', device: 'nas:/x' }", none, "has a blank"),
            ("a blank at the end", "{ o: 'bind ', device: /srv }", "[/srv]", "has a blank"),
            (
                "a mark behind the comma", "{ type: tmpfs, o: \"bind,\\u0301\", device: /etc }",
                none,
                "the host's /etc is"
            ),
            (
                "a joiner behind it",
                "{ type: nfs4, o: \"addr=nas,rbind,\\u200dx\", device: /etc }",
                none, "the host's /etc is"
            ),
            (
                "dots", "{ type: none, o: bind, device: /srv/../etc }", "[/srv]",
                "add /etc to policy"
            ),
            ("granted", "{ type: none, o: bind, device: /srv/a }", "[/srv]", nil),
            ("granted for reading", "{ type: none, o: bind, device: /srv }", "['/srv:ro']", "/srv"),
            ("reading", "{ type: none, o: 'bind,ro', device: /srv }", "['/srv:ro']", nil),
            ("below, too", "{ o: 'rbind,ro', device: /srv }", "['/srv:ro']", "the host's /srv is"),
            ("granted, below, too", "{ o: 'rbind,ro', device: /srv }", "[/srv]", nil),
            ("other options", "{ type: tmpfs, device: tmpfs, O: bind }", none, "no option \"O\""),
            ("the last word holds", "{ o: 'bind,ro,rw', device: /srv }", "['/srv:ro']", "/srv"),
            ("relative", "{ type: none, o: bind, device: etc }", none, "not an absolute path"),
            ("nfs", "{ type: nfs, o: addr=10.0.0.5, device: ':/x' }", none, nil),
            ("nfs by host", "{ type: nfs, device: 'nas:/x' }", none, nil),
            ("cifs", "{ type: cifs, o: 'username=a,prefixpath=/y', device: //nas/x }", none, nil),
            (
                "this host's own nfs", "{ type: nfs, o: addr=127.0.0.1, device: ':/x' }", none,
                "the file server 127.0.0.1 is not granted; remove it, or add 127.0.0.1 to "
                    + "policy.file_servers in environments/prod.yaml"
            ),
            (
                "another address", "{ type: nfs4, o: addr=10.0.0.9, device: 'nas:/x' }", none,
                "the file server 10.0.0.9 is not granted"
            ),
            (
                "in capitals", "{ type: cifs, o: ADDR=10.0.0.9, device: //nas/x }", none,
                "the file server 10.0.0.9 is not granted"
            ),
            (
                "split elsewhere", "{ type: cifs, o: 'sep=;addr=10.0.0.9', device: //nas/x }", none,
                "sep= splits the rest elsewhere"
            ),
            ("another share", "{ type: cifs, device: //other/x }", none, "file server other is"),
            (
                "backslashes", "{ type: cifs, device: '\\\\other\\x' }", none,
                "file server other is"
            ),
            ("brackets", "{ type: nfs, device: '[fd00::1]:/x' }", none, "server fd00::1 is not"),
            ("no server", "{ type: nfs, device: ':/x' }", none, "no server is named"),
            (
                "a file of the host", "{ type: cifs, o: credentials=/root/c, device: //nas/x }",
                none, "the host's /root/c is not granted; remove it, or add /root/c:ro to"
            ),
            (
                "the same, granted", "{ type: cifs, o: 'credentials=/root/c', device: //nas/x }",
                "['/root/c:ro']", nil
            ),
            (
                "another device", "{ type: ext4, o: journal_path=/dev/sda, device: /dev/sdb1 }",
                none, "the device /dev/sda is not granted"
            ),
            ("tmpfs", "{ type: tmpfs, device: tmpfs }", none, nil),
            ("a disk", "{ type: ext4, device: /dev/sda1 }", none, "the device /dev/sda1 is not"),
            ("a disk granted", "{ type: ext4, device: /dev/sdb1 }", none, nil),
            (
                "overlay", "{ type: overlay, o: lowerdir=/etc, device: overlay }", none,
                "anything of"
            ),
            ("proc", "{ type: proc, device: proc }", none, "could show anything of the host"),
        ] as [(String, String, String, String?)] {
            let problems = Self.problems(options: options, paths: paths)
            XCTAssertEqual(problems.count, want == nil ? 0 : 1, "\(name): \(problems)")
            guard let want else { continue }
            XCTAssertTrue(problems.first?.contains(want) == true, "\(name): \(problems)")
            XCTAssertTrue(problems.first?.hasPrefix("manifests/web.yaml:4:") == true, name)
        }
    }

    /// What Docker would drop, or refuse when it is too late, is refused here.
    func testOptionsThatCannotMeet() {
        for (mount, want) in [
            (
                "{ type: bind, source: /a, target: /t, bind: { selinux: z, recursive: disabled } }",
                "selinux goes with neither"
            ),
            (
                "{ type: bind, source: /a, target: /t, "
                    + "bind: { selinux: z, create_host_path: false } }",
                "selinux goes with neither"
            ),
            ("{ type: bind, source: /a, target: /t, bind: { selinux: z } }", nil),
            ("{ type: volume, target: /t, read_only: true }", "a volume without a name"),
            ("{ type: volume, target: /t, volume: { subpath: s } }", "a volume without a name"),
            ("{ type: volume, target: /t, volume: { nocopy: true } }", nil),
        ] as [(String, String?)] {
            let manifest = "services:\n  web: { image: \"quay.io/web:1\", volumes: [\(mount)] }\n"
            let environment = "services: { web: }\npolicy: { host_paths: [/a] }\n"
            let problems = SampleFleet.of(manifest, environment).problems()
            XCTAssertEqual(problems.count, want == nil ? 0 : 1, "\(mount): \(problems)")
            if let want { XCTAssertTrue(problems.first?.contains(want) == true, "\(problems)") }
        }
    }

    func testPathsInOptionsOfOtherDrivers() {
        for (value, want) in [
            ("\"/\\u0301/../etc\"", "the host's /\u{301}/../etc is not granted"),
            ("'a=/etc,b'", "the host's /etc is not granted"),
            ("'a, /etc'", "the host's /etc is not granted"),
            ("FILE:///etc", "the host's /etc is not granted"),
            ("file://x/etc", "can be read in several ways; write file:///path"),
            ("'file:///x/%2e%2e/etc'", "can be read in several ways"),
            ("'file:///etc#/../x'", "can be read in several ways"),
            ("file:etc", "can be read in several ways"), ("/x/a", nil), ("file:///x/a", nil),
            ("nas:/export", nil), ("size=10g", nil),
        ] as [(String, String?)] {
            let found = Self.problems(options: "{ a: \(value) }", paths: "[/x]", "driver: other")
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(value): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testPathsOfOtherDriversCount() {
        let problems = Self.problems(
            options: "{ mountpoint: /etc }",
            paths: "[/x]",
            "driver: other"
        )
        XCTAssertEqual(
            problems,
            [
                "manifests/web.yaml:4:53: error: volumes.data.driver_opts.mountpoint: the host's /etc "
                    + "is not granted; remove it, or add /etc to policy.host_paths in "
                    + "environments/prod.yaml"
            ]
        )
    }

    func testAnEnvironmentCannotReachFurtherByItsOverlay() {
        let fleet = SampleFleet.of(
            "services:\n  web: { image: 'a/b:1', volumes: [data:/d] }\nvolumes: { data: {} }\n",
            """
            services: { web: { registry: ghcr.io } }
            volumes: { data: { driver_opts: { type: none, o: bind, device: / } } }
            """
        )
        XCTAssertEqual(
            fleet.problems(),
            [
                "environments/prod.yaml:2:64: error: volumes.data.driver_opts.device: the host's / "
                    + "is not granted; remove it, or add / to policy.host_paths in "
                    + "environments/prod.yaml"
            ]
        )
    }

    private static func problems(
        options: String,
        paths: String,
        _ driver: String = "driver: local"
    ) -> [String] {
        SampleFleet.of(
            """
            services:
              web: { image: ghcr.io/a/b:1, volumes: [data:/d] }
            volumes:
              data: { \(driver), driver_opts: \(options) }
            """,
            """
            services: { web: }
            policy: { host_paths: \(paths), devices: [/dev/sdb1], file_servers: [nas, 10.0.0.5],
              volume_drivers: [other] }
            """
        ).problems()
    }
}
