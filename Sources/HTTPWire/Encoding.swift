extension RequestHead {
    /// The bytes of the request line and the header section, framing fields as given.
    ///
    /// - Throws: `WireError.unencodable` if a part could be read as something else (RFC 9112 §11).
    package func encoded() throws(WireError) -> [UInt8] {
        guard method.utf8.isToken else {
            throw .unencodable("the method \(method.debugDescription) is not a token")
        }
        // RFC 9112 §3.2: no white space in a target; control characters would end the line.
        guard !target.isEmpty, target.utf8.allSatisfy(\.isVisible) else {
            throw .unencodable("the target \(target.debugDescription) has characters to escape")
        }
        return Array("\(method) \(target) HTTP/1.\(minorVersion)\r\n".utf8) + (try fields.encoded())
    }
}

extension Request {
    /// The bytes of the whole request, with the `Content-Length` its body needs.
    ///
    /// - Throws: `WireError.unencodable` if a part could be read as something else, or if the
    ///   caller set a framing field itself.
    package func encoded() throws(WireError) -> [UInt8] {
        try head.fields.refuseFraming()
        var head = head
        // RFC 9110 §8.6: a length also for an empty body where the method expects one.
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(head.method) {
            head.fields["Content-Length"] = String(body.count)
        }
        return try head.encoded() + body
    }
}

extension ResponseHead {
    /// The bytes of the status line and the header section, framing fields as given.
    ///
    /// - Throws: `WireError.unencodable` if a part could be read as something else.
    package func encoded() throws(WireError) -> [UInt8] {
        guard (100...599).contains(status) else {
            throw .unencodable("\(status) is not a status code")
        }
        guard reason.utf8.allSatisfy(\.isFieldContent) else {
            throw .unencodable("the reason phrase has control characters")
        }
        return Array("HTTP/1.\(minorVersion) \(status) \(reason)\r\n".utf8)
            + (try fields.encoded())
    }
}

extension Response {
    /// The bytes of the whole response, with the `Content-Length` its body needs.
    ///
    /// - Throws: `WireError.unencodable` if a part could be read as something else, if the caller
    ///   set a framing field itself, or if this status has no body and one was given.
    package func encoded() throws(WireError) -> [UInt8] {
        try head.fields.refuseFraming()
        if head.isBodiless {
            guard body.isEmpty else {
                throw .unencodable("a response \(head.status) has no body")
            }
            return try head.encoded()
        }
        var head = head
        head.fields["Content-Length"] = String(body.count)
        return try head.encoded() + body
    }
}

/// The writing side of the chunked transfer coding (RFC 9112 §7.1).
package enum ChunkedCoding {
    /// One chunk; nothing for no bytes, since a chunk of size 0 would end the body.
    package static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        return Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    /// The end of the body, without trailers.
    package static let end = Array("0\r\n\r\n".utf8)
}

extension HeaderFields {
    fileprivate func refuseFraming() throws(WireError) {
        guard self["Content-Length"] == nil, self["Transfer-Encoding"] == nil else {
            throw .unencodable("its framing fields follow from its body")
        }
    }

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
