/// The first part of a response: everything before its body.
package struct ResponseHead: Sendable, Equatable {
    /// The status code, 100 to 599.
    package var status: Int

    /// The reason phrase; a recipient does not act on it (RFC 9112 §4).
    package var reason: String

    /// The minor version: 1 for HTTP/1.1.
    package var minorVersion: Int

    /// The header fields.
    package var fields: HeaderFields

    /// Makes a head.
    package init(
        status: Int,
        reason: String = "",
        minorVersion: Int = 1,
        fields: HeaderFields = HeaderFields()
    ) {
        self.status = status
        self.reason = reason
        self.minorVersion = minorVersion
        self.fields = fields
    }

    /// Whether the sender means to use the connection again (RFC 9112 §9.3).
    package var keepsConnection: Bool {
        persists(minorVersion: minorVersion, fields: fields)
    }

    /// Whether a response with this status never has a body (RFC 9112 §6.3, rule 1).
    var isBodiless: Bool {
        status < 200 || status == 204 || status == 304
    }
}

/// A response with its whole body.
package struct Response: Sendable, Equatable {
    /// Everything before the body.
    package var head: ResponseHead

    /// The body, after any chunking was taken off.
    package var body: [UInt8]

    /// Makes a response.
    package init(head: ResponseHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    /// Makes an HTTP/1.1 response.
    package init(
        status: Int,
        reason: String = "",
        fields: HeaderFields = HeaderFields(),
        body: [UInt8] = []
    ) {
        self.init(head: ResponseHead(status: status, reason: reason, fields: fields), body: body)
    }
}
