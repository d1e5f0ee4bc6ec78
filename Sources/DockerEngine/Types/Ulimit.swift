/// A limit of each process, setrlimit(2).
public struct Ulimit: Sendable, Equatable, Codable {
    /// The limit, such as `nofile`.
    public var name: String

    /// What is enforced.
    public var soft: Int64

    /// What the process may raise it to.
    public var hard: Int64

    /// Makes a limit.
    public init(name: String, soft: Int64, hard: Int64) {
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
