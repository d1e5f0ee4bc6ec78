/// An HTTP/1.1 request with its whole body.
package struct Request: Sendable, Equatable {
    /// Such as `GET`; case matters (RFC 9110 §9.1).
    package var method: String

    /// As in the request line, such as `/containers/json?all=1`.
    package var target: String

    package var fields: HeaderFields
    package var body: [UInt8]

    package init(
        method: String,
        target: String,
        fields: HeaderFields = HeaderFields(),
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// The bytes of the request, with the `Content-Length` of its body.
    ///
    /// - Throws: `WireError.unencodable` if a part could be read as something else (RFC 9112 §11),
    ///   or if the caller set a framing field.
    package func encoded() throws(WireError) -> [UInt8] {
        guard method.utf8.isToken else {
            throw .unencodable("the method \(method.debugDescription) is not a token")
        }
        // RFC 9112 §3.2: no white space in a target; control characters would end the line.
        guard !target.isEmpty, target.utf8.allSatisfy(\.isVisible) else {
            throw .unencodable("the target \(target.debugDescription) has characters to escape")
        }
        guard fields["Content-Length"] == nil, fields["Transfer-Encoding"] == nil else {
            throw .unencodable("its framing fields follow from its body")
        }
        var fields = fields
        // RFC 9110 §8.6: a length also for an empty body where the method expects one.
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            fields["Content-Length"] = String(body.count)
        }
        return Array("\(method) \(target) HTTP/1.1\r\n".utf8) + (try fields.encoded()) + body
    }
}

extension HeaderFields {
    fileprivate func encoded() throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            guard field.name.utf8.isToken else {
                throw .unencodable("the field name \(field.name.debugDescription) is not a token")
            }
            // The value is not repeated: it may be a secret.
            guard field.value.utf8.allSatisfy(\.isFieldContent) else {
                throw .unencodable("the value of \(field.name) has control characters")
            }
            bytes += "\(field.name): \(field.value)\r\n".utf8
        }
        return bytes + "\r\n".utf8
    }
}
