internal import Foundation
internal import Model

/// The rate limit that a registry reports.
package struct RateLimit: Hashable, Sendable {
    /// How long to wait, from `Retry-After`; at most a day.
    var retryAfter: Duration?

    /// Requests allowed in a window, from `ratelimit-limit` (Docker Hub, Harbor).
    var limit: Int?

    /// Requests left in the window, from `ratelimit-remaining`.
    var remaining: Int?

    var window: Duration?
}

extension RateLimit {
    init(_ reply: HTTPReply, now: Moment) {
        retryAfter = reply["Retry-After"].flatMap { Self.wait($0, now: now) }
        // `100;w=21600`: one hundred in six hours.
        let parts = (reply["RateLimit-Limit"] ?? "").split(separator: ";")
        limit = parts.first.flatMap { Int($0) }
        window = parts.dropFirst().first.flatMap { part in
            part.hasPrefix("w=") ? Int(part.dropFirst(2)).map { .seconds($0) } : nil
        }
        let left = (reply["RateLimit-Remaining"] ?? "").split(separator: ";").first
        remaining = left.flatMap { Int($0) }
    }

    /// `Retry-After` as seconds or as a date (RFC 9110 §10.2.3); a past date is no wait.
    static func wait(_ field: String, now: Moment) -> Duration? {
        let day = 86_400
        if let seconds = Int(field) {
            return seconds >= 0 ? .seconds(min(seconds, day)) : nil
        }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = format.date(from: field) else { return nil }
        let seconds = date.timeIntervalSince1970 - Double(now.milliseconds) / 1000
        return .seconds(Int(min(max(seconds.rounded(.up), 0), Double(day))))
    }
}
