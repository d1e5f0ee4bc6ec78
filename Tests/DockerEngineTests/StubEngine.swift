import DockerEngine
import Foundation
import HTTPWire
import Platform
import Synchronization
import TestSupport
import XCTest

/// A daemon that answers from a script, and a client of it.
struct StubEngine {
    let server: StubHTTPServer
    let client: EngineClient

    /// Starts a daemon that speaks `api` at most and answers everything but pings with `answer`.
    init(
        api: String = "1.41",
        timeouts: EngineTimeouts = EngineTimeouts(),
        answer: @escaping @Sendable (Request) -> StubHTTPServer.Answer
    ) throws {
        server = try StubHTTPServer { request in
            guard request.target == "/_ping" else { return answer(request) }
            return .response(200, fields: ["Api-Version": api], "OK")
        }
        client = try EngineClient(socketPath: server.address.description, timeouts: timeouts)
    }

    /// What the daemon was asked, pings left out: method and target.
    var asked: [String] {
        server.requests.map { "\($0.method) \($0.target)" }.filter { $0 != "GET /_ping" }
    }

    /// The body of the last request, as JSON.
    var lastBody: NSDictionary? {
        let body = Data(server.requests.last?.body ?? [])
        return try? JSONSerialization.jsonObject(with: body) as? NSDictionary
    }
}

/// The error that a call throws; a failure of the test if it throws none.
func engineError(
    _ name: String = "",
    file: StaticString = #filePath,
    line: UInt = #line,
    _ call: () async throws -> Void
) async -> EngineError? {
    do {
        try await call()
        XCTFail("\(name): no error", file: file, line: line)
    } catch let error as EngineError {
        return error
    } catch {
        XCTFail("\(name): \(error)", file: file, line: line)
    }
    return nil
}

/// What closures on other threads collect.
final class Collected<Element: Sendable>: Sendable {
    private let values = Mutex<[Element]>([])

    var all: [Element] { values.withLock { $0 } }

    func add(_ value: Element) {
        values.withLock { $0.append(value) }
    }
}
