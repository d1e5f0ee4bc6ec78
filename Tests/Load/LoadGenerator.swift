public import Foundation
public import Platform
internal import Synchronization

/// Opens one connection after another, does an HTTP GET on each, and counts what came of it.
///
/// One thread a target, blocking calls only: some thousands of connections a second on one core.
/// A connection counts as good once a whole `200` answer has come.
public final class LoadGenerator: Sendable {
    /// Where connections come from and go to.
    public struct Target: Hashable, Sendable {
        /// What reports call it.
        public var name: String
        /// The network namespace that the connections come from; nil is this process's own.
        public var namespace: NetworkNamespace?
        /// Where they go.
        public var address: IPv4Address
        /// The port they go to.
        public var port: UInt16
        /// What is asked for.
        public var path: String

        /// Describes a target.
        public init(
            _ name: String,
            from namespace: NetworkNamespace? = nil,
            to address: IPv4Address,
            port: UInt16,
            path: String = "/"
        ) {
            self.name = name
            self.namespace = namespace
            self.address = address
            self.port = port
            self.path = path
        }
    }

    /// What came of the connections to one target.
    public struct Report: Sendable {
        /// Connections that brought a whole answer.
        public var succeeded = 0
        /// The others, by reason.
        public var failures: [String: Int] = [:]
        /// Answers by the first 64 bytes of their body's first line; at most 1,000 different ones.
        public var answers: [String: Int] = [:]
        /// When the first hundred failures ended, and their reasons, to be set against a log.
        public var incidents: [(time: Date, reason: String)] = []
        /// The longest time from connecting to the end of the answer.
        public var slowest = Duration.zero

        /// How many connections failed.
        public var failed: Int { failures.values.reduce(0, +) }
    }

    private struct State {
        var isStopped = false
        var reports: [String: Report] = [:]
        var running = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let timeout: Duration
    private let pause: Duration
    private let state = Mutex(State())

    /// Starts at once.
    ///
    /// `timeout` bounds each connect and each read; `pause` is waited between two connections.
    /// Call ``stop()``, or the threads go on.
    public init(_ targets: [Target], timeout: Duration = .seconds(5), pause: Duration = .zero) {
        self.timeout = timeout
        self.pause = pause
        state.withLock { $0.running = targets.count }
        for target in targets {
            Thread.detachNewThread { [self] in
                run(target)
                finish()
            }
        }
    }

    /// The connections so far, good or not, to all targets.
    public var count: Int {
        state.withLock { $0.reports.values.reduce(0) { $0 + $1.succeeded + $1.failed } }
    }

    /// Ends the load after the connections that are under way; returns what came of it, by target.
    public func stop() async -> [String: Report] {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                state.isStopped = true
                if state.running > 0 { state.waiter = continuation }
                return state.running == 0
            }
            if isOver { continuation.resume() }
        }
        return state.withLock(\.reports)
    }

    private func finish() {
        let waiter = state.withLock { state in
            state.running -= 1
            defer { if state.running == 0 { state.waiter = nil } }
            return state.running == 0 ? state.waiter : nil
        }
        waiter?.resume()
    }

    private func run(_ target: Target) {
        guard let namespace = target.namespace else { return work(target) }
        do throws(NetworkNamespace.VisitError<Never>) {
            try namespace.visit { work(target) }
        } catch {
            count(target, .failure("\(error)"), .zero)
        }
    }

    private func work(_ target: Target) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while state.withLock({ !$0.isStopped }) {
            let start = ContinuousClock.now
            let outcome = get(target, &buffer)
            count(target, outcome, ContinuousClock.now - start)
            if pause > .zero { usleep(useconds_t(pause / .microseconds(1))) }
        }
    }

    private enum Outcome {
        case answer(String)
        case failure(String)
    }

    private func count(_ target: Target, _ outcome: Outcome, _ time: Duration) {
        state.withLock { state in
            switch outcome {
            case .answer(let line):
                state.reports[target.name, default: Report()].succeeded += 1
                let known = state.reports[target.name]?.answers ?? [:]
                guard known[line] != nil || known.count < 1000 else { break }
                state.reports[target.name]?.answers[line, default: 0] += 1
            case .failure(let reason):
                state.reports[target.name, default: Report()].failures[reason, default: 0] += 1
                if state.reports[target.name]?.incidents.count ?? 0 < 100 {
                    state.reports[target.name]?.incidents.append((Date(), reason))
                }
            }
            let slowest = state.reports[target.name]?.slowest ?? .zero
            state.reports[target.name]?.slowest = max(slowest, time)
        }
    }

    private func get(_ target: Target, _ buffer: inout [UInt8]) -> Outcome {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return .failure("socket: \(reason())") }
        defer { close(socket) }
        SocketCalls.setTimeout(socket, timeout)
        guard SocketCalls.connect(socket, target.address, target.port) else {
            return .failure("connect: \(reason())")
        }
        let request = "GET \(target.path) HTTP/1.0\r\nHost: lab\r\n\r\n"
        guard send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else {
            return .failure("send: \(reason())")
        }
        var length = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                // The head and the first line are looked at; the rest of a long body is only read.
                let start = length < bytes.count / 2 ? length : bytes.count / 2
                return recv(socket, bytes.baseAddress?.advanced(by: start), bytes.count - start, 0)
            }
            if count == 0 { break }
            guard count > 0 else { return .failure("receive: \(reason())") }
            length += count
        }
        // Both ends forget the connection at once: no port of a busy client waits in TIME_WAIT.
        SocketCalls.resetOnClose(socket)
        return judge(buffer.prefix(min(length, buffer.count / 2)))
    }

    private func judge(_ answer: ArraySlice<UInt8>) -> Outcome {
        let text = String(decoding: answer, as: UTF8.self)
        guard !text.isEmpty else { return .failure("closed without an answer") }
        guard text.hasPrefix("HTTP/1."), text.dropFirst(9).hasPrefix("200") else {
            return .failure("answer: \(text.prefix(40).debugDescription)")
        }
        let body = text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] } ?? ""
        return .answer(String(body.prefix { !$0.isNewline }.prefix(64)))
    }

    private func reason() -> String { String(cString: strerror(errno)) }
}
