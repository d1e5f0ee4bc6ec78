internal import Model

/// Bounds the requests at one host that run at a time, and holds back those to a host that asked
/// for a pause.
///
/// Requests wait in order, and without a deadline of their own: every running one has one.
actor HostRequestLimit {
    private struct Host {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private struct Pause {
        let since: Moment
        let until: Moment
    }

    private static let mostPauses = 1024

    private let width: Int
    private var hosts: [String: Host] = [:]
    private var pauses: [String: Pause] = [:]

    init(width: Int) {
        self.width = max(1, width)
    }

    /// Returns when there is room; every call is paired with one of ``leave(_:)``.
    func enter(_ name: String) async {
        if hosts[name, default: Host()].running < width {
            hosts[name, default: Host()].running += 1
            return
        }
        await withCheckedContinuation { hosts[name]?.waiting.append($0) }
    }

    func leave(_ name: String) {
        guard var host = hosts[name] else { return }
        if host.waiting.isEmpty {
            host.running -= 1
        } else {
            // The place passes on without being counted down and up again.
            host.waiting.removeFirst().resume()
        }
        hosts[name] = host.running == 0 ? nil : host
    }

    /// How long the host's pause still lasts; a clock that jumped back ends it.
    func pause(of name: String, now: Moment) -> Duration? {
        guard let pause = pauses[name], pause.since <= now, now < pause.until else { return nil }
        return pause.until - now
    }

    func pause(_ name: String, for duration: Duration, now: Moment) {
        if pauses.count >= Self.mostPauses { pauses.removeAll() }
        pauses[name] = Pause(since: now, until: now + duration)
    }
}
