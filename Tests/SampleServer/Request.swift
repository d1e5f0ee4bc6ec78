/// The head of an HTTP request; no request here has a body.
struct Request {
    let path: Substring
    /// Whether the caller wants to go on with the connection.
    let isKept: Bool

    /// Takes the first complete head off the front of the bytes; nil where there is none yet.
    init?(_ bytes: inout [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        guard
            let index = bytes.indices.dropLast(3).first(where: { bytes[$0..<$0 + 4] == end[...] })
        else { return nil }
        let lines = String(decoding: bytes[..<index], as: UTF8.self).split(separator: "\r\n")
        bytes.removeFirst(index + 4)
        let words = (lines.first ?? "").split(separator: " ")
        path = words.count > 1 ? words[1] : "/"
        let closes = lines.dropFirst().contains { $0.lowercased() == "connection: close" }
        isKept = words.last == "HTTP/1.1" && !closes
    }
}
