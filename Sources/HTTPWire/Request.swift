/// The first part of a request: everything before its body.
package struct RequestHead: Sendable, Equatable {
    /// The method, such as `GET`; case matters (RFC 9110 §9.1).
    package var method: String

    /// The request target as it stands in the request line, such as `/containers/json?all=1`.
    package var target: String

    /// The minor version: 1 for HTTP/1.1.
    package var minorVersion: Int

    /// The header fields.
    package var fields: HeaderFields

    /// Makes a head.
    package init(
        method: String,
        target: String,
        minorVersion: Int = 1,
        fields: HeaderFields = HeaderFields()
    ) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.fields = fields
    }

    /// Whether the sender means to use the connection again (RFC 9112 §9.3).
    package var keepsConnection: Bool {
        persists(minorVersion: minorVersion, fields: fields)
    }
}

/// A request with its whole body.
package struct Request: Sendable, Equatable {
    /// Everything before the body.
    package var head: RequestHead

    /// The body, after any chunking was taken off.
    package var body: [UInt8]

    /// Makes a request.
    package init(head: RequestHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    /// Makes an HTTP/1.1 request.
    package init(
        method: String,
        target: String,
        fields: HeaderFields = HeaderFields(),
        body: [UInt8] = []
    ) {
        self.init(head: RequestHead(method: method, target: target, fields: fields), body: body)
    }
}

/// The rule of RFC 9112 §9.3: HTTP/1.1 keeps a connection unless told to close it, 1.0 the other
/// way round.
func persists(minorVersion: Int, fields: HeaderFields) -> Bool {
    let options = fields.tokens(of: "Connection")
    if options.contains("close") { return false }
    return minorVersion >= 1 || options.contains("keep-alive")
}
