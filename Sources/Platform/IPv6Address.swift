internal import Foundation

/// An IPv6 address, kept as the two numbers that its halves spell.
package struct IPv6Address: Hashable, Sendable {
    /// The first 64 bits, in the host's byte order.
    package let high: UInt64

    /// The last 64 bits, in the host's byte order.
    package let low: UInt64

    /// Takes the halves of an address.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads any of the spellings of RFC 4291 §2.2, without a zone.
    package init?(_ text: some StringProtocol) {
        var raw = in6_addr()
        // inet_pton(3) would stop at a zero byte.
        guard !text.utf8.contains(0), inet_pton(AF_INET6, String(text), &raw) == 1 else {
            return nil
        }
        self = withUnsafeBytes(of: raw) { Self(bytes: $0) }
    }

    /// Takes 16 bytes in the network's order; what lacks counts as zero.
    package init(bytes: UnsafeRawBufferPointer) {
        let number = { (bytes: Slice<UnsafeRawBufferPointer>) in
            bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        self.init(high: number(bytes.prefix(8)), low: number(bytes.dropFirst(8).prefix(8)))
    }

    /// ::1.
    package static let loopback = IPv6Address(high: 0, low: 1)

    /// ::, which stands for all addresses of a host.
    package static let any = IPv6Address(high: 0, low: 0)
}

extension IPv6Address: CustomStringConvertible {
    /// The one spelling of RFC 5952, as inet_ntop(3) has it.
    package var description: String {
        var raw = in6_addr()
        withUnsafeMutableBytes(of: &raw) { bytes in
            for index in 0..<16 {
                let half = index < 8 ? high : low
                bytes[index] = UInt8(truncatingIfNeeded: half >> UInt64(56 - index % 8 * 8))
            }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension IPv6Address: Comparable {
    /// Orders addresses as numbers.
    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
