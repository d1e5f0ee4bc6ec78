/// When a new container counts as ready (`x-berth`), beside Docker's health check.
package struct Readiness: Hashable, Sendable {
    /// What Berth itself asks the container.
    package enum Probe: Hashable, Sendable {
        /// A GET that must answer with one of the status codes.
        case http(path: String, port: Int, status: ClosedRange<Int>)
        /// A connection that must be accepted.
        case tcp(port: Int)
    }

    /// What Berth itself asks the container; nil leaves it to the health check and the ports.
    package var probe: Probe?
    /// How long a container must run before it counts; nil is 1 s where no health check, probe or
    /// published port says more, and none otherwise.
    package var delay: Duration?
    /// How long a container may take from its start to being ready.
    package var startTimeout: Duration

    /// Makes a readiness rule; the defaults are Berth's.
    package init(
        probe: Probe? = nil,
        delay: Duration? = nil,
        startTimeout: Duration = .seconds(120)
    ) {
        self.probe = probe
        self.delay = delay
        self.startTimeout = startTimeout
    }
}
