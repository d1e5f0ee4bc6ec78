internal import Addresses
internal import HTTPWire
internal import Model
internal import Platform

/// Asks a container itself whether it is ready: every published TCP port must accept, and the
/// probe must be answered.
struct Prober: Sendable {
    /// For one attempt; a container on the same host answers in well under a millisecond.
    private static let patience = Duration.seconds(1)

    private let queues = (0..<4).map { BlockingQueue(label: "berth.probe.\($0)") }

    func ask(_ address: IPv4Address, as service: Service) async -> ObservedState.Acceptance {
        for port in ports(of: service) {
            do {
                try await StreamSocket.probe(
                    .tcp(.four(address), port: UInt16(port)),
                    timeout: Self.patience
                )
            } catch {
                return .refusing("port \(port) does not accept connections yet")
            }
        }
        guard case .http(let path, let port, let status) = service.readiness.probe else {
            return .accepting
        }
        return await get(path, .tcp(.four(address), port: UInt16(port)), wanting: status)
    }

    private func ports(of service: Service) -> [Int] {
        var ports = Set(
            service.ports.map(\.target).filter { $0.transport == .tcp }.map(\.number)
        )
        if case .tcp(let port) = service.readiness.probe { ports.insert(port) }
        return ports.sorted()
    }

    private func get(
        _ path: String,
        _ address: SocketAddress,
        wanting status: ClosedRange<Int>
    ) async -> ObservedState.Acceptance {
        let queue = queues[Int.random(in: queues.indices)]
        do {
            let answer = try await queue.run { () throws in
                try Self.status(of: path, at: address)
            }
            if status.contains(answer) { return .accepting }
            return .refusing("GET \(path) answered \(answer)")
        } catch {
            return .refusing("GET \(path) on \(address) was not answered")
        }
    }

    /// Sends one request and reads the head of the answer; blocks, bounded by the patience.
    private static func status(of path: String, at address: SocketAddress) throws -> Int {
        let deadline = ContinuousClock.now + patience
        let socket = try StreamSocket.connect(to: address, until: deadline)
        let request = Request(
            method: "GET",
            target: path,
            fields: ["Host": "\(address)", "User-Agent": "berth-probe", "Connection": "close"]
        )
        try socket.write(try request.encoded(), until: deadline)
        var parser = ResponseParser(method: "GET", limits: WireLimits(bodyBytes: 64 * 1_024))
        while true {
            while let part = try parser.next() {
                if case .head(let head) = part { return head.status }
            }
            let bytes = try socket.read(upTo: 4_096, until: deadline)
            guard !bytes.isEmpty else { throw WireError.truncated(part: "head") }
            parser.receive(bytes)
        }
    }
}
