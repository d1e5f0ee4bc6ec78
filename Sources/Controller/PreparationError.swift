package import Model

/// What some services need could not be created; the others can go on.
package struct PreparationError {
    /// Why, by service.
    package private(set) var reasons: [String: String] = [:]

    /// Knows of nothing yet.
    package init() {}

    /// Every service lacks something, as where the host does not answer.
    init(_ desired: DesiredState, _ error: any Error) {
        for service in desired.services { reasons[service.name] = "\(error)" }
    }

    /// Notes what those lack; of several reasons the first counts.
    package mutating func add(_ error: any Error, for services: some Sequence<Service>) {
        for service in services where reasons[service.name] == nil {
            reasons[service.name] = "\(error)"
        }
    }

    /// Each reason once.
    package var texts: [String] { Set(reasons.values).sorted() }
}
