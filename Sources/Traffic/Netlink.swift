internal import Foundation

struct SystemCallFailure: Error {
    let code: Int32
    /// What to say in place of the code's own text.
    var detail: String?

    /// What the last call in this thread left in `errno`; ask at once.
    static var last: Self { Self(code: errno) }
}

/// A netlink socket: the kernel's own interface to its tables, netlink(7).
///
/// Used where no program can be counted on: `conntrack` is not part of a minimal Debian, and
/// /proc/net/nf_conntrack is compiled out of its kernel.
struct NetlinkSocket: ~Copyable {
    /// Which part of the kernel answers; the numbers are of <linux/netlink.h>.
    enum Family: Int32 {
        case route = 0
        case socketDiagnosis = 4
        case netfilter = 12
    }

    let descriptor: Int32

    /// Opens a socket in the calling thread's network namespace, which listens to `groups`, a bit
    /// mask of multicast groups.
    init(_ family: Family, groups: UInt32 = 0) throws(SystemCallFailure) {
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let opened = socket(AF_NETLINK, kind, family.rawValue)
        guard opened >= 0 else { throw .last }
        // sockaddr_nl: family, padding, port (the kernel's choice), groups.
        var name = NetlinkBytes()
        name.append(UInt16(AF_NETLINK))
        name.append(UInt16(0))
        name.append(UInt32(0))
        name.append(groups)
        let isBound = name.bytes.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(opened, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        guard isBound == 0 else {
            let code = errno
            close(opened)
            throw SystemCallFailure(code: code)
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Asks and hands every message of the answer to `visit`, until the kernel says it is complete.
    func request(
        type: UInt16,
        flags: UInt16,
        body: NetlinkBytes,
        visit: (NetlinkMessage) -> Void = { _ in }
    ) throws(SystemCallFailure) {
        var message = NetlinkBytes()
        message.append(UInt32(16 + body.bytes.count))
        message.append(type)
        message.append(flags | NetlinkMessage.request)
        message.append(UInt32(1))
        message.append(UInt32(0))
        message.bytes += body.bytes
        guard send(descriptor, message.bytes, message.bytes.count, 0) >= 0 else {
            throw .last
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .last
            }
            let ending = buffer.withUnsafeBytes { bytes in
                NetlinkMessage.visit(UnsafeRawBufferPointer(rebasing: bytes[..<count]), visit)
            }
            guard let ending else { continue }
            guard ending == 0 else { throw SystemCallFailure(code: ending) }
            return
        }
    }

    /// Asks for a change; false where the kernel answers with one of the codes `unless`.
    @discardableResult
    func command(
        type: UInt16,
        flags: UInt16 = 0,
        body: NetlinkBytes,
        unless codes: Set<Int32>
    ) throws(SystemCallFailure) -> Bool {
        do throws(SystemCallFailure) {
            try request(type: type, flags: NetlinkMessage.acknowledge | flags, body: body)
            return true
        } catch {
            guard codes.contains(error.code) else { throw error }
            return false
        }
    }
}

/// One message of an answer; it must not outlive the closure that it is handed to.
struct NetlinkMessage {
    let type: UInt16
    let body: UnsafeRawBufferPointer

    static let request: UInt16 = 0x1
    static let acknowledge: UInt16 = 0x4
    static let dump: UInt16 = 0x300

    private static let error: UInt16 = 2
    private static let done: UInt16 = 3

    /// Takes a datagram apart; returns 0 or an error number once the answer is complete.
    static func visit(_ datagram: UnsafeRawBufferPointer, _ body: (Self) -> Void) -> Int32? {
        var start = 0
        while datagram.count - start >= 16 {
            let length = Int(datagram.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            guard length >= 16, start + length <= datagram.count else { break }
            let type = datagram.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self)
            let payload = UnsafeRawBufferPointer(rebasing: datagram[start + 16..<start + length])
            if type == done { return 0 }
            if type == error {
                guard payload.count >= 4 else { return EPROTO }
                return -payload.loadUnaligned(as: Int32.self)
            }
            body(Self(type: type, body: payload))
            start += (length + 3) & ~3
        }
        return nil
    }

    func attributes(after size: Int) -> NetlinkAttributes {
        NetlinkAttributes(
            bytes: body.count > size ? .init(rebasing: body[size...]) : .init(start: nil, count: 0)
        )
    }
}

/// The attributes of a message, or those nested in one of them.
struct NetlinkAttributes: Sequence, IteratorProtocol {
    var bytes: UnsafeRawBufferPointer

    /// The next attribute: its type without flags, and its content.
    mutating func next() -> (type: UInt16, content: UnsafeRawBufferPointer)? {
        guard bytes.count >= 4 else { return nil }
        let length = Int(bytes.loadUnaligned(as: UInt16.self))
        let type = bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self) & 0x3FFF
        guard length >= 4, length <= bytes.count else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: bytes[4..<length])
        bytes = UnsafeRawBufferPointer(
            rebasing: bytes[Swift.min((length + 3) & ~3, bytes.count)...]
        )
        return (type, content)
    }

    func first(_ type: UInt16) -> UnsafeRawBufferPointer? {
        first { $0.type == type }?.content
    }

    /// In the host's byte order.
    func number<Value: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16) -> Value? {
        first(type).flatMap { content in
            content.count == Value.bitWidth / 8 ? content.loadUnaligned(as: Value.self) : nil
        }
    }
}

/// Bytes of a message under construction, in the host's byte order.
struct NetlinkBytes {
    var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { bytes += $0 }
    }

    /// `struct nfgenmsg`: family, version, resource.
    static func netfilterHeader(_ family: Int32) -> Self {
        NetlinkBytes(bytes: [UInt8(family), 0, 0, 0])
    }

    /// Adds an attribute, padded to four bytes.
    mutating func append(attribute type: UInt16, _ content: some Collection<UInt8>) {
        append(UInt16(4 + content.count))
        append(type)
        bytes += content
        bytes += repeatElement(0, count: -content.count & 3)
    }
}
