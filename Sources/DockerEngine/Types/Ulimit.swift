/// A limit of each process, setrlimit(2).
package struct Ulimit: Sendable, Equatable, Codable {
    /// The limit, such as `nofile`.
    package var name: String

    /// What is enforced.
    package var soft: Int64

    /// What the process may raise it to.
    package var hard: Int64

    /// Makes a limit.
    package init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case soft = "Soft"
        case hard = "Hard"
    }
}
