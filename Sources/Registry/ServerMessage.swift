internal import Foundation
internal import Printing

/// The error message of a registry or token server.
package struct ServerMessage: Hashable, Sendable {
    /// The code, for instance `MANIFEST_UNKNOWN` (distribution-spec, "Error Codes").
    package let code: String?

    /// The message: one line, at most 200 characters.
    package let message: String?

    /// Reads an error body; nil for anything but JSON, such as the HTML of a proxy.
    init?(_ body: Data) {
        guard let object = try? JSONSerialization.jsonObject(with: body) as? [String: Any] else {
            return nil
        }
        let first = (object["errors"] as? [Any])?.first as? [String: Any]
        // Token servers: OAuth 2 (RFC 6749 §5.2), and Docker Hub's `details`.
        let code = first?["code"] ?? object["error"] ?? object["code"]
        let message =
            first?["message"] ?? object["error_description"] ?? object["details"]
            ?? object["message"]
        self.code = (code as? String).flatMap { Self.oneLine($0, atMost: 64) }
        self.message = (message as? String).flatMap { Self.oneLine($0, atMost: 200) }
        if self.code == nil, self.message == nil { return nil }
    }

    /// A text from outside, made fit for a log line and a terminal; nil if nothing is left.
    static func oneLine(_ text: String, atMost limit: Int) -> String? {
        let line = text.onOneLine(ofAtMost: limit)
        return line.isEmpty ? nil : line
    }
}

extension ServerMessage: CustomStringConvertible {
    package var description: String {
        [code, message].compactMap(\.self).joined(separator: ": ")
    }
}
