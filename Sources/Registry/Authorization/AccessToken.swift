internal import Foundation
internal import Model

/// A bearer token with its lifetime.
struct AccessToken: Hashable {
    let value: String
    private let obtained: Moment
    private let expires: Moment

    /// Reads a token server's answer; nil if it holds no token that can stand in a header.
    init?(_ body: Data, now: Moment) {
        struct Answer: Decodable {
            let token: String?
            let access_token: String?
            let expires_in: Double?
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: body),
            let value = [answer.token, answer.access_token].compactMap(\.self).first(where: {
                !$0.isEmpty
            }),
            value.utf8.allSatisfy({ 0x21...0x7e ~= $0 })
        else { return nil }
        self.value = value
        obtained = now
        // Sixty seconds is the specification's default; a day is more than any registry gives.
        let seconds = min(max(answer.expires_in ?? 60, 0), 86_400)
        // `issued_at` is their clock, not ours. Stop a little early, for the way there takes time.
        expires = now + .milliseconds(Int64(seconds * 900))
    }

    /// Whether it can be used; a clock that jumped back makes a token useless, not eternal.
    func isGood(at now: Moment) -> Bool { obtained <= now && now < expires }
}
