internal import DockerEngine

/// How often Docker looks at a container that starts.
///
/// Up to Docker 24 it does so as often as later on; from API 1.44 on every five seconds in the
/// start period, unless told otherwise, so that a container with a shorter interval would be
/// healthy only after five seconds.
enum StartInterval {
    static let since = APIVersion(1, 44)
    private static let standard: Int64 = 5_000_000_000

    /// The check with the interval that older daemons have, where it is shorter.
    ///
    /// What the check leaves out is the image's; nil leaves all of it to the image.
    static func added(to check: HealthCheck?, of image: HealthCheck?) -> HealthCheck? {
        func value(_ path: KeyPath<HealthCheck, Int64?>) -> Int64 {
            [check?[keyPath: path], image?[keyPath: path]].compactMap(\.self).first { $0 > 0 } ?? 0
        }
        let interval = value(\.interval)
        guard value(\.startInterval) == 0, value(\.startPeriod) > 0, interval > 0,
            interval < standard, check?.test != ["NONE"]
        else { return check }
        var check = check ?? HealthCheck()
        check.startInterval = interval
        return check
    }
}
