internal import HTTPWire
internal import Platform
internal import Printing

/// One request to the daemon, before the version of the API is known.
struct EngineCall: Sendable {
    enum Method: String {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    let method: Method
    let path: EnginePath

    /// The object that the call concerns, where it is not in the path.
    let subject: String?

    var query: [(name: String, value: String)] = []
    var fields = HeaderFields()
    var body: [UInt8] = []

    /// The most bytes of the answer's body.
    var bodyLimit = 64 * 1024 * 1024

    /// For the whole answer; nil takes the client's for reads or changes.
    var timeout: Duration?

    /// Between two pieces of the answer's body.
    var idleTimeout: Duration?

    /// Whether the daemon takes its time, so that short calls must not wait for this one.
    var isLong = false

    init(_ method: Method, _ path: EnginePath, about subject: String? = nil) {
        self.method = method
        self.path = path
        self.subject = subject
    }

    /// As errors name it: method and path, without version and query.
    var operation: String {
        "\(method.rawValue) \(path.text)"
            + (subject.map { " (\($0.onOneLine(ofAtMost: 200)))" } ?? "")
    }

    /// Adds a parameter of the query; nothing for nil.
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        query.append((name, value))
    }

    /// The request; the version is nil for paths that have none.
    func request(_ version: APIVersion?) throws(EngineError) -> Request {
        // Docker's router would redirect these to another endpoint.
        guard !path.text.contains("//"), !path.text.hasSuffix("/"),
            !path.text.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else { throw EngineError(.badParameter, operation, "a name in the path is empty, . or ..") }
        let parameters = query.map { "\($0.name)=\($0.value.percentEncoded())" }
        let target =
            (version.map { "/v\($0)" } ?? "") + path.text
            + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
        var fields = fields
        fields["Host"] = "docker"
        fields["User-Agent"] = "berth"
        // A connection for each call: keeping one saved 0.1 of 2.8 ms for a list of 50 containers,
        // and like this no answer can be taken for the answer to another call.
        fields["Connection"] = "close"
        if !body.isEmpty { fields["Content-Type"] = "application/json" }
        return Request(method: method.rawValue, target: target, fields: fields, body: body)
    }
}

/// A path whose interpolated parts are escaped: `"/containers/\(id)/start"`.
struct EnginePath: ExpressibleByStringInterpolation, Sendable {
    let text: String

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// A container's, network's or volume's name: one segment.
        mutating func appendInterpolation(_ name: String) {
            text += name.percentEncoded()
        }

        /// An image's name, whose slashes are part of the path.
        mutating func appendInterpolation(image: String) {
            text += image.percentEncoded(keeping: "/:@")
        }
    }
}

extension String {
    /// The text with everything but RFC 3986's unreserved characters escaped.
    func percentEncoded(keeping kept: String = "") -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            case _ where kept.utf8.contains(byte):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
