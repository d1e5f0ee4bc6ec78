/// How long the client waits for Docker.
public struct EngineTimeouts: Sendable, Equatable {
    /// For a connection to the socket.
    public var connect: Duration

    /// For the whole answer to a question: lists, inspections, logs.
    public var read: Duration

    /// For the whole answer to a change: create, start, remove; on top of a stop's grace period.
    public var change: Duration

    /// For the next word of an image's pull.
    public var pullSilence: Duration

    /// For the whole pull of an image.
    public var pull: Duration

    /// Makes timeouts; the defaults suit a slow disk under load.
    public init(
        connect: Duration = .seconds(5),
        read: Duration = .seconds(30),
        change: Duration = .seconds(120),
        pullSilence: Duration = .seconds(300),
        pull: Duration = .seconds(3600)
    ) {
        self.connect = connect
        self.read = read
        self.change = change
        self.pullSilence = pullSilence
        self.pull = pull
    }
}
