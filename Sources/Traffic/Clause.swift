internal import Addresses

/// One condition or verdict of a rule, in both of nft's languages: the text we write and the JSON
/// we read back.
enum Clause: Equatable {
    case inputInterfaceIsNot(String)
    case source(IPSubnet)
    case destination(IPv4Subnet)
    case destinationIsNot(IPv6Address)
    case destinationIsLocal
    case isReserved
    case isNew
    case isTranslated
    case transport(TransportProtocol)
    case everyNth(Int)
    case lookup(TableMap, Family)
    case translate(IPAddress, port: UInt16?)
    case setConntrackTimeout
    case masquerade
    case `return`
    case drop
    case reset
    case reject

    var text: String {
        switch self {
        case .inputInterfaceIsNot(let name): "iifname != \"\(name)\""
        case .source(let subnet): "\(subnet.isIPv6 ? "ip6" : "ip") saddr \(subnet)"
        case .destination(let subnet): "ip daddr \(subnet)"
        case .destinationIsNot(let address): "ip6 daddr != \(address)"
        case .destinationIsLocal: "fib daddr type local"
        case .isReserved: "ip daddr @\(TableMap.reserved.rawValue)"
        case .isNew: "ct state new"
        case .isTranslated: "ct status dnat"
        case .transport(let transport): "meta l4proto \(transport.rawValue)"
        case .everyNth(let count): "numgen inc mod \(count) == 0"
        case .lookup(let map, let family): "\(map.keyText(in: family)) vmap @\(map.rawValue)"
        case .translate(let address, nil): "dnat to \(address)"
        case .translate(let address, let port?): "dnat to \(address.text(port: port))"
        case .setConntrackTimeout: "ct timeout set \"\(ConntrackTimeout.name)\""
        case .masquerade: "masquerade"
        case .return: "return"
        case .drop: "drop"
        case .reset: "reject with tcp reset"
        case .reject: "reject with icmp port-unreachable"
        }
    }

    /// The clause as `nft -j list` prints it, in ``CanonicalJSON``'s form.
    var form: String {
        switch self {
        case .inputInterfaceIsNot(let name):
            Self.match(#"{"meta":{"key":"iifname"}}"#, "!=", #""\#(name)""#)
        case .source(let subnet):
            Self.match(Self.field(subnet.isIPv6 ? "ip6" : "ip", "saddr"), in: subnet)
        case .destination(let subnet):
            Self.match(Self.field("ip", "daddr"), in: .four(subnet))
        case .destinationIsNot(let address):
            Self.match(Self.field("ip6", "daddr"), "!=", #""\#(address)""#)
        case .destinationIsLocal:
            Self.match(#"{"fib":{"flags":"daddr","result":"type"}}"#, "==", #""local""#)
        case .isReserved:
            Self.match(Self.field("ip", "daddr"), "==", #""@\#(TableMap.reserved.rawValue)""#)
        case .isNew: Self.match(#"{"ct":{"key":"state"}}"#, "in", #""new""#)
        case .isTranslated: Self.match(#"{"ct":{"key":"status"}}"#, "in", #""dnat""#)
        case .transport(let transport):
            Self.match(Self.transportField, "==", #""\#(transport.rawValue)""#)
        case .everyNth(let count):
            Self.match(#"{"numgen":{"mod":\#(count),"mode":"inc"}}"#, "==", "0")
        case .lookup(let map, let family):
            #"{"vmap":{"data":"@\#(map.rawValue)","key":\#(map.keyForm(in: family))}}"#
        case .translate(let address, nil): #"{"dnat":{"addr":"\#(address)"}}"#
        case .translate(let address, let port?):
            #"{"dnat":{"addr":"\#(address)","port":\#(port)}}"#
        case .setConntrackTimeout: #"{"ct timeout":"\#(ConntrackTimeout.name)"}"#
        case .masquerade: #"{"masquerade":null}"#
        case .return: #"{"return":null}"#
        case .drop: #"{"drop":null}"#
        case .reset: #"{"reject":{"type":"tcp reset"}}"#
        case .reject: #"{"reject":{"expr":"port-unreachable","type":"icmp"}}"#
        }
    }

    static let transportField = #"{"meta":{"key":"l4proto"}}"#

    static func field(_ header: String, _ name: String) -> String {
        #"{"payload":{"field":"\#(name)","protocol":"\#(header)"}}"#
    }

    private static func match(_ left: String, _ operation: String, _ right: String) -> String {
        #"{"match":{"left":\#(left),"op":"\#(operation)","right":\#(right)}}"#
    }

    private static func match(_ left: String, in subnet: IPSubnet) -> String {
        let prefix = #"{"addr":"\#(subnet.first)","len":\#(subnet.prefixLength)}"#
        return match(left, "==", #"{"prefix":\#(prefix)}"#)
    }
}

/// A rule that we write: its clauses and the comment that says whom it is for.
struct Rule: Equatable {
    let clauses: [Clause]
    let comment: String?

    init(clauses: [Clause], comment: String?) {
        (self.clauses, self.comment) = (clauses, comment)
    }

    init(_ clauses: Clause...) { self.init(clauses: clauses, comment: nil) }

    var text: String {
        let body = clauses.map(\.text).joined(separator: " ")
        return comment.map { "\(body) comment \"\($0)\"" } ?? body
    }

    /// The clauses as `nft -j list` prints them, in ``CanonicalJSON``'s form.
    var form: String { "[\(clauses.map(\.form).joined(separator: ","))]" }

    /// The rule that sends a share of a chain's connections to one of its backends.
    ///
    /// Each `numgen` counts for itself, and a rule counts only what the rules before it let
    /// through: so of `count` backends the first takes one in `count`, the next one in
    /// `count - 1` of the rest, and the last takes all that is left.
    ///
    /// A chain without a target takes all of a service's traffic as it comes, whatever the port and
    /// protocol; there, a backend without an address has a rule for its comment's sake.
    /// Nil where a backend lacks the address that a target needs.
    static func backend(
        _ backend: Backend,
        _ address: IPAddress?,
        at index: Int,
        of count: Int,
        in chain: ChainName
    ) -> Rule? {
        let comment = backend.comment(service: chain.service)
        guard let address else {
            return chain.target == nil ? Rule(clauses: [.return], comment: comment) : nil
        }
        let transport = chain.target.map { Clause.transport($0.transport) }
        let share = index < count - 1 ? Clause.everyNth(count - index) : nil
        let translation = Clause.translate(address, port: chain.target?.number)
        let clauses = [transport, share, translation].compactMap(\.self)
        return Rule(clauses: clauses, comment: comment)
    }
}
