/// What the list's `Status` says in words, and older daemons say nowhere else in it.
///
/// The words are moby's `daemon/container/state.go`: `Up 5 minutes (healthy)`,
/// `Exited (1) 2 hours ago`, `Restarting (137) 3 seconds ago`.
package struct ContainerStatusText: Sendable, Equatable {
    /// The health; `none` also for a container that is paused, whose text does not tell.
    package let health: HealthStatus

    /// The code its process ended with, if it has ended.
    package let exitCode: Int?

    /// Reads the words.
    package init(_ text: String) {
        let note = Self.note(in: text)
        if text.hasPrefix("Up ") {
            exitCode = nil
            health =
                switch note {
                case "healthy": .healthy
                case "unhealthy": .unhealthy
                case "health: starting": .starting
                default: .none
                }
        } else {
            let hasEnded = text.hasPrefix("Exited (") || text.hasPrefix("Restarting (")
            exitCode = hasEnded ? note.flatMap { Int($0) } : nil
            health = .none
        }
    }

    /// What stands in the first parentheses.
    private static func note(in text: String) -> Substring? {
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")")
        else { return nil }
        return text[text.index(after: open)..<close]
    }
}
