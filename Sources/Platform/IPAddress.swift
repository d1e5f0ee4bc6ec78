/// An address of either family.
package enum IPAddress: Hashable, Sendable {
    /// Of IPv4.
    case four(IPv4Address)

    /// Of IPv6.
    case six(IPv6Address)
}

extension IPAddress: CustomStringConvertible {
    /// The address as its family spells it.
    package var description: String {
        switch self {
        case .four(let address): "\(address)"
        case .six(let address): "\(address)"
        }
    }
}

extension IPAddress: Comparable {
    /// Orders addresses as numbers, those of IPv4 first.
    package static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.four(let left), .four(let right)): left < right
        case (.six(let left), .six(let right)): left < right
        case (.four, .six): true
        case (.six, .four): false
        }
    }
}
