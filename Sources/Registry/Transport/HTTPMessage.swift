internal import Foundation

struct HTTPRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    var method = Method.get
    var url: URL
    var fields: [String: String] = [:]
    var body: Data?

    /// A copy with this `Authorization`; nil for none.
    func authorized(by authorization: String?) -> HTTPRequest {
        var copy = self
        copy.fields["Authorization"] = authorization
        return copy
    }
}

struct HTTPReply: Sendable {
    let status: Int
    let body: Data
    private let fields: [String: String]

    init(status: Int, fields: [String: String], body: Data) {
        self.status = status
        self.body = body
        self.fields = Dictionary(
            fields.map { ($0.key.lowercased(), $0.value) },
            uniquingKeysWith: { $0 + ", " + $1 }
        )
    }

    /// A header field, whatever the case of its name; repeated fields are joined with commas.
    subscript(field: String) -> String? { fields[field.lowercased()] }

    /// Whether the status is 200 to 299.
    var isSuccess: Bool { 200..<300 ~= status }

    /// The media type without parameters, in lower case.
    var mediaType: String? {
        self["Content-Type"]?.split(separator: ";").first?
            .trimmingCharacters(in: .whitespaces).lowercased()
    }
}
