import Model
import XCTest

@testable import Manifests

/// What an import does with a file's images, names, paths, profiles and links.
final class ComposeImportFormTests: XCTestCase {
    func testImagesInThePlaceOfBuilds() throws {
        let imported = try SampleImport.take(
            """
            services:
              a:
                build:
                  context: .
                  args: { X: "${UNSET}" }
                restart: always
              b: { build: ., image: local, pull_policy: build }
              c:
                image: ghcr.io/team/c:2
                build: ./c

            """,
            [:],
            images: ["a": "ghcr.io/team/a:1.0.0", "b": "ghcr.io/team/b:3"]
        )
        XCTAssertEqual(
            imported.files[0].text,
            """
            services:
              a:
                image: a
                restart: always
              b: { image: b,  }
              c:
                image: c

            """
        )
        XCTAssertThrowsError(
            try SampleImport.take("services: { a: { image: b } }\n", [:], images: ["x": "y"])
        )
        XCTAssertThrowsError(
            try SampleImport.take("services: { a: { image: b } }\n", [:], images: ["a": "Y"])
        )
        XCTAssertThrowsError(
            try SampleImport.take("services: { a: { image: b, build: . } }\n", [:])
        ) { error in
            XCTAssertEqual((error as? InvalidComposeFile)?.options.first, "--image")
        }
    }

    func testNamesOfARunningProject() throws {
        let text = """
            services:
              web: { image: "a:1", volumes: [data:/d, named:/n, other:/o, new:/w, own:/x] }
            volumes:
              data:
              named: { name: mine }
              other: { external: true }
              own: { name: "${COMPOSE_PROJECT_NAME}.own" }

            """
        for (project, adopter, quoted) in [
            ("shop", "prod", "shop"), ("42", "prod", "\"42\""), ("staging", "staging", "staging"),
            ("dev", "dev", "dev"), ("prod", "prod", "prod"),
        ] {
            let variables = ["COMPOSE_PROJECT_NAME": project]
            let imported = try SampleImport.take(text, variables, project: project)
            for name in ["dev", "staging", "prod"] {
                let file = SampleImport.text("environments/\(name).yaml", of: imported)
                let line = "\nadopts: { project: \(quoted) }\n"
                XCTAssertEqual(file.contains(line), name == adopter, file)
                XCTAssertTrue(file.contains("\nvolumes:\n  new: {}\n"), file)
                let state = try ComposeImportTrial.fleet(imported).desiredState(
                    of: name,
                    at: SampleFleet.revision
                )
                let own = name == adopter ? project : name
                XCTAssertEqual(
                    ["data", "named", "other", "new", "own"].map(state.volumeName),
                    ["\(own)_data", "mine", "other", "\(own)_new", "\(own).own"]
                )
            }
            XCTAssertTrue(
                imported.notes.contains {
                    $0.hasPrefix("\(adopter) adopts the Compose project \(project): ")
                },
                "\(imported.notes)"
            )
        }
        let plain = try SampleImport.take(text, ["COMPOSE_PROJECT_NAME": "shop"])
        XCTAssertTrue(plain.files[0].text.contains("name: shop.own }"), plain.files[0].text)
        XCTAssertFalse(plain.files.contains { $0.text.contains("adopts") })
        XCTAssertFalse(plain.notes.contains { $0.contains("adopts") }, "\(plain.notes)")
    }

    func testProfilesAndLinks() throws {
        let text = """
            services:
              web:
                image: a:1
                links: [db, "db:db"]
              db: { image: "b:1" }
              debug:
                build: .
                profiles: [debug]

            """
        let imported = try SampleImport.take(text, [:])
        XCTAssertFalse(imported.files.contains { $0.text.contains("debug") })
        XCTAssertTrue(imported.notes.contains("left out because they have profiles: debug"))
        let state = try ComposeImportTrial.fleet(imported).desiredState(
            of: "prod",
            at: SampleFleet.revision
        )
        let web = try XCTUnwrap(state.services.first { $0.name == "web" })
        XCTAssertEqual(web.dependencies, [Dependency(on: "db", condition: .started)])
        XCTAssertThrowsError(try SampleImport.take(text, ["COMPOSE_PROFILES": "other,debug"]))
        let alias = "services: { a: { image: 'a:1', links: ['b:c'] }, b: { image: 'b:1' } }\n"
        XCTAssertThrowsError(try SampleImport.take(alias, [:]))
    }

    /// A service that others are built on stays in the manifest, without its secrets.
    func testAnchorsOfServicesThatAreLeftOut() throws {
        let imported = try SampleImport.take(
            """
            services:
              tool: &tool
                image: a:1
                profiles: [tools]
                environment:
                  - TOOL_PASSWORD=literal
              web:
                <<: *tool
                profiles: []
                environment: { A: "1" }

            """,
            [:]
        )
        XCTAssertTrue(imported.files[0].text.contains("tool: &tool"))
        XCTAssertFalse(imported.files.contains { $0.text.contains("literal") })
        let prod = SampleImport.text("environments/prod.yaml", of: imported)
        XCTAssertFalse(prod.contains("tool:"), prod)
    }

    /// What Berth fills by itself says the same as before, or is written out.
    func testReservedNames() throws {
        let imported = try SampleImport.take(
            """
            services:
              api:
                image: ${DOCKER_REGISTRY}/api:${VERSION:-latest}
                pull_policy: ${IMAGE_PULL_POLICY:-always}
                labels: ["v=${VERSION}", "r=${DOCKER_REGISTRY}", "e=${ENVIRONMENT}"]
              cache:
                image: ${DOCKER_REGISTRY}/redis:7
                pull_policy: ${IMAGE_PULL_POLICY:-always}
                labels: { v: "${VERSION}", p: "${COMPOSE_PROJECT_NAME:-x}" }
              db: { image: "postgres:16" }

            """,
            [
                "DOCKER_REGISTRY": "localhost:5000/shop", "VERSION": "1.0.0",
                "IMAGE_PULL_POLICY": "always", "ENVIRONMENT": "production",
                "COMPOSE_PROJECT_NAME": "shop",
            ]
        )
        XCTAssertEqual(
            imported.files[0].text,
            """
            services:
              api:
                image: api
                pull_policy: ${IMAGE_PULL_POLICY:-always}
                labels: ["v=${VERSION}", "r=${DOCKER_REGISTRY}", "e=production"]
              cache:
                image: redis
                pull_policy: ${IMAGE_PULL_POLICY:-always}
                labels: { v: "1.0.0", p: shop }
              db: { image: docker.io/library/postgres }

            """
        )
        let prod = SampleImport.text("environments/prod.yaml", of: imported)
        XCTAssertTrue(prod.contains("\npull_policy: always\n"), prod)
        XCTAssertFalse(prod.contains("variables:"), prod)
        let state = try ComposeImportTrial.fleet(imported).desiredState(
            of: "prod",
            at: SampleFleet.revision
        )
        let policies = state.services.map { "\($0.name) \($0.pullPolicy)" }
        XCTAssertEqual(policies, ["api always", "cache always", "db missing"])
    }

    func testPaths() throws {
        let imported = try SampleImport.take(
            """
            services:
              web:
                image: a:1
                volumes:
                  - ./web.conf:/web.conf:ro
                  - ./conf.d:/conf.d:ro
                  - "./data:/data"
                  - ~/cache:/cache
                  - ${WHERE:-./up}:/up
                  - { type: bind, source: ./long, target: /long }
                  - ./tls/site.pem:/site.pem:ro
                secrets: [s]
                configs: [c]
            secrets: { s: { file: ./s.txt } }
            configs: { c: { file: ./web.conf } }

            """,
            [:],
            files: ["web.conf": "x", "tls/site.pem": "-----BEGIN PRIVATE KEY-----\n"],
            data: "/srv/app"
        )
        for text in [
            "- ../web.conf:/web.conf:ro", "- /srv/app/conf.d:/conf.d:ro",
            "- \"/srv/app/data:/data\"",
            "- /home/me/cache:/cache", "\"/srv/app/up:/up\"", "source: /srv/app/long,",
            "- /srv/app/tls/site.pem:/site.pem:ro", "file: /srv/app/s.txt", "file: ../web.conf",
        ] {
            XCTAssertTrue(imported.files[0].text.contains(text), "\(text) \(imported.files[0])")
        }
    }

    /// Files beside a Compose file that lies elsewhere come along.
    func testFilesAreCopied() throws {
        let text = "services: { a: { image: 'a:1', volumes: ['../x/c.conf:/c:ro'] } }\n"
        let imported = try SampleImport.take(
            text,
            [:],
            files: ["../x/c.conf": "conf"],
            folder: nil
        )
        XCTAssertEqual(imported.copies.map(\.path), ["files/x/c.conf"])
        XCTAssertTrue(imported.files[0].text.contains("'../files/x/c.conf:/c:ro'"))
    }
}
