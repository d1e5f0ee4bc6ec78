import Synchronization
import Digests
import Model
import XCTest

@testable import Controller

final class ImageResolverTests: XCTestCase {
    private let deployed = Sample.digest("deployed")
    private let local = Sample.digest("local")
    private let tagged = Sample.digest("tagged")

    private enum Answer: Equatable {
        case digest(Digest)
        case missing
        case unreachable
    }

    /// Resolves version 1 of `web` where the named places have it.
    private func resolve(
        _ policy: PullPolicy,
        isDeployed: Bool = false,
        isLocal: Bool = false,
        registryIsDown: Bool = false,
        adjust: (inout Service) throws -> Void = { _ in }
    ) async throws -> (answer: Answer, asked: [Duration]) {
        var service = try Sample.service { $0.pullPolicy = policy }
        try adjust(&service)
        let host = FakeHost()
        let tags = FakeTags()
        let name = service.image.familiar
        if isLocal { host.change { $0.localImages[name] = local } }
        tags.state.withLock { state in
            state.isDown = registryIsDown
            state.digests[name] = tagged
        }
        let image = try ImageName("registry.example/web:1").withDigest(deployed)
        let container = Sample.container(try Sample.service()) { $0.image = image }
        let resolver = ImageResolver(tags: tags, host: host, maxAge: .seconds(60))
        var answer: Answer
        do {
            answer = .digest(
                try await resolver.digest(
                    for: service,
                    among: isDeployed ? [container] : [],
                    at: Sample.now
                )
            )
        } catch is ImageMissing {
            answer = .missing
        } catch is FakeTags.Unreachable {
            answer = .unreachable
        }
        return (answer, tags.state.withLock { $0.asked.map(\.maxAge) })
    }

    func testEveryPullPolicy() async throws {
        let day = Duration.seconds(86_400)
        let minute = Duration.seconds(60)
        let table:
            [(
                name: String, policy: PullPolicy, deployed: Bool, local: Bool, down: Bool,
                want: Answer, asked: [Duration]
            )] = [
                ("never, deployed", .never, true, false, false, .digest(deployed), []),
                ("never, local", .never, false, true, false, .digest(local), []),
                ("never, nowhere", .never, false, false, false, .missing, []),
                ("missing, deployed", .missing, true, true, false, .digest(deployed), []),
                ("missing, local", .missing, false, true, false, .digest(local), []),
                ("missing, nowhere", .missing, false, false, false, .digest(tagged), [minute]),
                ("missing, down", .missing, false, false, true, .unreachable, [minute]),
                ("missing, deployed, down", .missing, true, false, true, .digest(deployed), []),
                ("always, deployed", .always, true, true, false, .digest(tagged), [minute]),
                ("always, down", .always, true, true, true, .digest(deployed), [minute]),
                ("always, nothing, down", .always, false, true, true, .unreachable, [minute]),
                ("daily", .every(day), true, true, false, .digest(tagged), [day]),
                ("daily, down", .every(day), true, false, true, .digest(deployed), [day]),
            ]
        for (name, policy, deployed, local, down, want, asked) in table {
            let result = try await resolve(
                policy,
                isDeployed: deployed,
                isLocal: local,
                registryIsDown: down
            )
            XCTAssertEqual(result.answer, want, name)
            XCTAssertEqual(result.asked, asked, name)
        }
    }

    func testADigestInTheCommitIsTheAnswer() async throws {
        let pinned = Sample.digest("pinned")
        let result = try await resolve(.always, isDeployed: true, registryIsDown: true) { service in
            service.image = service.image.withDigest(pinned)
        }
        XCTAssertEqual(result.answer, .digest(pinned))
        XCTAssertEqual(result.asked, [])
    }

    func testContainersOfOtherVersionsAndServicesDoNotCount() async throws {
        let others: [(name: String, adjust: (inout Service) throws -> Void)] = [
            ("another tag", { $0.image = try ImageName("registry.example/web:2") }),
            ("another repository", { $0.image = try ImageName("registry.example/web2:1") }),
            ("another registry", { $0.image = try ImageName("mirror.example/web:1") }),
            ("another service", { $0.name = "api" }),
        ]
        for (name, adjust) in others {
            let result = try await resolve(.missing, isDeployed: true, adjust: adjust)
            XCTAssertEqual(result.answer, .digest(tagged), name)
        }
    }

    func testMirrorsAreAskedInOrderWhereARegistryIsDown() async throws {
        let service = try Sample.service()
        let mirrors = ["registry.example": ["first.example", "second.example:5000/cache"]]
        let (name, first, second) = (
            service.image.familiar, "first.example/web:1", "second.example:5000/cache/web:1"
        )
        let rows: [(down: Set<String>, asked: [String], isFound: Bool)] = [
            ([], [name], true),
            (["registry.example"], [name, first], true),
            (["registry.example", "first.example"], [name, first, second], true),
            (
                ["registry.example", "first.example", "second.example:5000"],
                [name, first, second], false
            ),
        ]
        for row in rows {
            let tags = FakeTags()
            tags.state.withLock { $0.down = row.down }
            let resolver = ImageResolver(tags: tags, host: FakeHost(), maxAge: .zero)
            let digest = try? await resolver.digest(
                for: service,
                among: [],
                mirrors: mirrors,
                at: Sample.now
            )
            XCTAssertEqual(digest != nil, row.isFound, "\(row.down)")
            XCTAssertEqual(tags.state.withLock { $0.asked.map(\.image) }, row.asked)
        }
    }

    func testTheNewestContainerCounts() async throws {
        let service = try Sample.service()
        let containers = [2, 3, 1].map { generation in
            Sample.container(service) { container in
                container.generation = generation
                container.image = service.image.withDigest(Sample.digest("\(generation)"))
            }
        }
        let resolver = ImageResolver(tags: FakeTags(), host: FakeHost(), maxAge: .zero)
        let digest = try await resolver.digest(for: service, among: containers, at: Sample.now)
        XCTAssertEqual(digest, Sample.digest("3"))
    }
}
