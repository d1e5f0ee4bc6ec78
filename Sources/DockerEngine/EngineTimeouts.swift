/// How long the client waits for Docker.
package struct EngineTimeouts: Sendable, Equatable {
    /// For a connection to the socket.
    package var connect: Duration

    /// For the whole answer to a question: lists, inspections, logs.
    package var read: Duration

    /// For the whole answer to a change: create, start, remove; on top of a stop's grace period.
    package var change: Duration

    /// For the next word of an image's pull.
    package var pullSilence: Duration

    /// For the whole pull of an image.
    package var pull: Duration

    /// Makes timeouts; the defaults suit a slow disk under load.
    package init(
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
