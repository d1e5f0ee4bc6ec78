internal import Glibc

/// One end of a byte stream, over a unix socket or TCP.
///
/// Calls block their thread until they are done or their deadline passes, so they belong on a
/// `BlockingQueue`, never in a task.
/// One thread may read while another writes.
/// `shutdown` may be called from anywhere at any time; the descriptor is closed when the last
/// reference goes, so no call can ever meet a descriptor that means something else by then.
package final class StreamSocket: Sendable {
    /// The other end, as it was connected to or accepted from.
    package let peer: SocketAddress

    let descriptor: Descriptor

    /// Takes over a socket that does not block.
    package init(_ descriptor: consuming Descriptor, peer: SocketAddress) {
        self.descriptor = descriptor
        self.peer = peer
    }

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

    /// Reads what has come, waiting for the first byte, without a deadline as long as the
    /// connection lives; returns nothing once the peer closed its side.
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

    /// Writes all of `bytes`; where it throws, some of them may be on their way.
    package func write(
        _ bytes: [UInt8],
        until deadline: ContinuousClock.Instant?
    ) throws(SocketError) {
        var written = 0
        while written < bytes.count {
            do throws(SocketFailure) {
                written += try descriptor.retry(waitingFor: Int32(POLLOUT), until: deadline) {
                    descriptor in
                    // A closed peer is an error here, not a signal that ends the process.
                    bytes[written...].withUnsafeBytes {
                        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
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

    /// Begins a connection, and says whether it is complete already.
    static func begin(
        _ address: SocketAddress,
        until deadline: ContinuousClock.Instant
    ) throws(SocketFailure) -> (socket: StreamSocket, connected: Bool) {
        guard let raw = RawSocketAddress(address) else { throw .invalidAddress }
        let socket = StreamSocket(try .streamSocket(family: raw.family), peer: address)
        while raw.read({ Glibc.connect(socket.descriptor.number, $0, $1) }) != 0 {
            switch errno {
            case EINPROGRESS: return (socket, false)
            case EINTR: continue
            case EAGAIN:
                // unix(7): the queue of the listener is full, and no poll tells when it is not.
                guard deadline > .now else { throw .timedOut }
                usleep(2000)
            default: throw .last
            }
        }
        return (socket, true)
    }
}
