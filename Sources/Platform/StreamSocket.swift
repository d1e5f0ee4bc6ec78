internal import Glibc

/// One end of a byte stream, over a unix socket or TCP.
///
/// Calls block the thread they are made on until they are done or their deadline passes, so they
/// belong on a `BlockingQueue`, never in a task.
/// One thread may read while another writes.
/// `shutdown` may be called from anywhere at any time; the descriptor is closed when the last
/// reference goes, so no call can ever meet a descriptor that means something else by then.
package final class StreamSocket: Sendable {
    /// The other end, as it was connected to or accepted from.
    package let peer: SocketAddress

    let descriptor: SocketDescriptor

    init(_ descriptor: consuming SocketDescriptor, peer: SocketAddress) {
        self.descriptor = descriptor
        self.peer = peer
    }

    /// Connects to an address.
    ///
    /// - Parameters:
    ///   - address: The unix socket, or IP literal and port.
    ///   - deadline: When to give up.
    /// - Returns: The connected socket.
    /// - Throws: `SocketError` with the operation `connect`.
    package static func connect(
        to address: SocketAddress,
        until deadline: ContinuousClock.Instant
    ) throws(SocketError) -> StreamSocket {
        do throws(SocketFailure) {
            let (socket, connected) = try begin(address, until: deadline)
            if !connected {
                try socket.descriptor.wait(for: Int32(POLLOUT), until: deadline)
                try socket.descriptor.connectionResult()
            }
            return socket
        } catch {
            throw SocketError(operation: .connect, address: address, reason: error)
        }
    }

    /// Reads what has come, waiting for the first byte.
    ///
    /// - Parameters:
    ///   - limit: The most bytes to return.
    ///   - deadline: When to give up; nil waits as long as the connection lives.
    /// - Returns: At least one byte, or nothing once the peer closed its side.
    /// - Throws: `SocketError` with the operation `read`.
    package func read(
        upTo limit: Int,
        until deadline: ContinuousClock.Instant?
    ) throws(SocketError) -> [UInt8] {
        var failure: SocketFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            do throws(SocketFailure) {
                count = try descriptor.retry(waitingFor: Int32(POLLIN), until: deadline) {
                    recv($0, buffer.baseAddress, limit, 0)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw SocketError(operation: .read, address: peer, reason: failure) }
        return bytes
    }

    /// Writes all of `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: What to send.
    ///   - deadline: When to give up; nil waits as long as the connection lives.
    /// - Throws: `SocketError` with the operation `write`; some of the bytes may be on their way.
    package func write(
        _ bytes: [UInt8],
        until deadline: ContinuousClock.Instant?
    ) throws(SocketError) {
        var written = 0
        while written < bytes.count {
            do throws(SocketFailure) {
                written += try descriptor.retry(waitingFor: Int32(POLLOUT), until: deadline) {
                    descriptor in
                    bytes.withUnsafeBytes { buffer in
                        // A closed peer is an error here, not a signal that ends the process.
                        send(
                            descriptor,
                            buffer.baseAddress?.advanced(by: written),
                            buffer.count - written,
                            Int32(MSG_NOSIGNAL)
                        )
                    }
                }
            } catch {
                throw SocketError(operation: .write, address: peer, reason: error)
            }
        }
    }

    /// Tells the peer that nothing more will be written; reading goes on.
    package func endWriting() {
        _ = Glibc.shutdown(descriptor.number, Int32(SHUT_WR))
    }

    /// Ends both directions; calls that wait on other threads return at once, reads with the end.
    package func shutdown() {
        _ = Glibc.shutdown(descriptor.number, Int32(SHUT_RDWR))
    }
}

extension StreamSocket {
    /// Begins a connection, and says whether it is there already.
    static func begin(
        _ address: SocketAddress,
        until deadline: ContinuousClock.Instant
    ) throws(SocketFailure) -> (socket: StreamSocket, connected: Bool) {
        guard let raw = RawSocketAddress(address) else { throw .invalidAddress }
        let descriptor = try SocketDescriptor(family: raw.family)
        while raw.read({ Glibc.connect(descriptor.number, $0, $1) }) != 0 {
            switch errno {
            case EINPROGRESS:
                return (StreamSocket(descriptor, peer: address), false)
            case EINTR:
                continue
            case EAGAIN:
                // unix(7): the queue of the listener is full, and no poll tells when it is not.
                guard deadline > .now else { throw .timedOut }
                usleep(2000)
            default:
                throw .last
            }
        }
        return (StreamSocket(descriptor, peer: address), true)
    }
}
