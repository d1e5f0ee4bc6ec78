/// Something says *look*, never *what changed*: a hundred calls while a pass runs are one more
/// pass.
package struct Trigger: Sendable {
    /// The calls to look, merged.
    package let looks: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Makes a trigger that nobody has pulled yet.
    package init() {
        (looks, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a look.
    package func pull() {
        continuation.yield()
    }

    /// Ends the stream of looks.
    package func finish() {
        continuation.finish()
    }
}
