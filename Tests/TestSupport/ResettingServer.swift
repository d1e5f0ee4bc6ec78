internal import Foundation
internal import Load
package import Platform
internal import Synchronization

/// A server in a namespace that keeps its connections, says nothing, and resets them all when told.
package final class ResettingServer: Sendable {
    private let socket: Int32
    private let connections = Mutex<[Int32]>([])
    private let accepted = DispatchSemaphore(value: 0)

    /// Listens on all addresses of `namespace` until ``stop()``.
    package init(in namespace: NetworkNamespace, port: UInt16) throws {
        socket = try namespace.visit { try NetworkLabServer.listen(port, datagrams: false) }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { break }
                connections.withLock { $0.append(connection) }
                accepted.signal()
            }
            close(socket)
        }
    }

    /// Waits until so many more connections have been accepted; false where that takes ten seconds.
    package func accepts(_ count: Int) -> Bool {
        let deadline = DispatchTime.now() + .seconds(10)
        return (0..<count).allSatisfy { _ in accepted.wait(timeout: deadline) == .success }
    }

    /// Resets every connection that was accepted.
    package func resetAll() {
        let connections = connections.withLock { connections in
            defer { connections = [] }
            return connections
        }
        for connection in connections {
            SocketCalls.resetOnClose(connection)
            close(connection)
        }
    }

    /// Ends the server.
    package func stop() {
        resetAll()
        shutdown(socket, Int32(SHUT_RDWR))
    }
}
