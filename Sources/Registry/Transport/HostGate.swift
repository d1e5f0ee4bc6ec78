/// Lets a bounded number of requests at one host run at a time; the rest wait in order.
///
/// Waiting needs no deadline of its own, because everyone inside has one.
actor HostGate {
    private struct Door {
        var inside = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let width: Int
    private var doors: [String: Door] = [:]

    init(width: Int) {
        self.width = width
    }

    /// Returns when there is room; every call is paired with one of ``leave(_:)``.
    func enter(_ host: String) async {
        if doors[host, default: Door()].inside < width {
            doors[host, default: Door()].inside += 1
            return
        }
        await withCheckedContinuation { doors[host]?.waiting.append($0) }
    }

    /// Makes room for the next.
    func leave(_ host: String) {
        guard var door = doors[host] else { return }
        if door.waiting.isEmpty {
            door.inside -= 1
        } else {
            // The place passes on without being counted down and up again.
            door.waiting.removeFirst().resume()
        }
        doors[host] = door.inside == 0 ? nil : door
    }
}
