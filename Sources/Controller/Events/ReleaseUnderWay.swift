internal import Model

/// A service on its way to another spec, as the looks since its beginning saw it.
struct ReleaseUnderWay: Equatable, Sendable {
    var release: Event.Release
    var began: Moment
    /// Replicas that have arrived.
    var ready = 0
    /// Whether a container of the release was in the traffic table, so that a failure takes
    /// callers back.
    var hasServed = false
    var outage = Outage()
}

/// How long a service is out of service while it goes to another spec: found from one look to the
/// next, each of which changes the traffic table at once.
struct Outage: Equatable, Sendable {
    private var since: Moment?
    private var past = Duration.zero

    /// All of it; nil where there was none.
    var total: Duration? { past > .zero ? past : nil }

    /// Takes in a look: whether a container is to serve from now on, and whether one did until now.
    mutating func look(serves: Bool, served: Bool, at now: Moment) {
        if serves {
            if let since { past += now - since }
            since = nil
        } else if served, since == nil {
            since = now
        }
    }
}
