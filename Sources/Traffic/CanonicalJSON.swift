internal import Foundation

/// One spelling for what nft versions print differently, so that rules compare as strings.
///
/// Keys are sorted; a list of one is its element (older versions print `"flags": ["daddr"]`, newer
/// ones `"flags": "daddr"`); an empty object is null; `numgen`'s default offset is left out; a
/// protocol number is its name (without /etc/protocols nft prints numbers).
enum CanonicalJSON {
    static func rule(_ expressions: [Any]) -> String {
        "[\(expressions.map(text).joined(separator: ","))]"
    }

    private static func text(_ value: Any) -> String {
        switch value {
        case let object as [String: Any]: text(ofObject: object)
        case let list as [Any] where list.count == 1: text(list[0])
        case let list as [Any]: "[\(list.map(text).joined(separator: ","))]"
        case let string as String: quoted(string)
        case is NSNull: "null"
        default: "\(value)"
        }
    }

    private static func text(ofObject object: [String: Any]) -> String {
        let isNumgen = object["mode"] != nil && object["mod"] != nil
        var fields = object.mapValues(text)
        if isNumgen, fields["offset"] == "0" { fields["offset"] = nil }
        if fields["left"] == Clause.transportField, let number = object["right"] as? Int,
            let transport = TransportProtocol(number: number)
        {
            fields["right"] = quoted(transport.rawValue)
        }
        guard !fields.isEmpty else { return "null" }
        let pairs = fields.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value)" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func quoted(_ string: String) -> String {
        let plain = string.utf8.allSatisfy { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        return plain ? "\"\(string)\"" : string.debugDescription
    }
}
