internal import Dispatch
internal import Foundation

/// Signals of this process as a stream.
package enum Signals {
    /// Yields each of `numbers` as it arrives, for as long as the stream is read.
    ///
    /// Their default effect is turned off for good: a second SIGTERM is yielded, too.
    package static func stream(of numbers: [Int32]) -> AsyncStream<Int32> {
        AsyncStream(bufferingPolicy: .bufferingNewest(16)) { continuation in
            let sources = numbers.map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { @Sendable in continuation.yield(number) }
                source.resume()
                return SignalSource(source)
            }
            continuation.onTermination = { @Sendable _ in sources.forEach { $0.cancel() } }
        }
    }

    /// Turns writing to a closed pipe or socket into an error instead of the end of the process.
    package static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}

/// Dispatch sources may be cancelled from any thread; their type does not say so.
private struct SignalSource: @unchecked Sendable {
    let source: any DispatchSourceSignal

    init(_ source: any DispatchSourceSignal) { self.source = source }

    func cancel() { source.cancel() }
}
