internal import Glibc

extension StreamSocket {
    /// Finds out whether something accepts connections at an address, and hangs up.
    ///
    /// Cheap enough to call every 100 ms from many tasks: it holds no thread while it waits, and
    /// most calls never wait, because the kernel on the other side answers, not the program.
    ///
    /// Throws `SocketError` with the operation `connect`; `isRefused` for a closed port.
    package static func probe(
        _ address: SocketAddress,
        timeout: Duration
    ) async throws(SocketError) {
        do throws(SocketFailure) {
            // No wait here: a unix listener with a full queue counts as timed out.
            let (socket, connected) = try begin(address, until: .now)
            if !connected {
                try await socket.awaitConnection(until: .now + timeout)
            }
            // A port in the ephemeral range may have connected to itself (RFC 9293 §3.5,
            // simultaneous open); no process listens there.
            if socket.descriptor.localAddress == address { throw .refused }
        } catch {
            throw SocketError(operation: .connect, address: address, reason: error)
        }
    }

    /// Waits for the kernel's answer to a connection that was begun.
    ///
    /// It asks, at most 16 ms apart, rather than be told: libdispatch's sources end the process now
    /// and then when a connection is refused and the source cancelled at once.
    private func awaitConnection(
        until deadline: ContinuousClock.Instant
    ) async throws(SocketFailure) {
        var pause = Duration.milliseconds(1)
        while true {
            do throws(SocketFailure) {
                try descriptor.wait(for: Int32(POLLOUT), until: .now)
                return try descriptor.connectionResult()
            } catch {
                guard case .timedOut = error, .now < deadline else { throw error }
            }
            do {
                try await Task.sleep(until: min(.now + pause, deadline))
            } catch {
                throw .cancelled
            }
            pause = min(pause * 2, .milliseconds(16))
        }
    }
}
