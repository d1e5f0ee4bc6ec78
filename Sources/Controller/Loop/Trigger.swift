/// Something says *look*, never *what changed*: a hundred calls while a pass runs are one more
/// pass.
public struct Trigger: Sendable {
    /// The calls to look, merged.
    public let looks: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Makes a trigger that nobody has pulled yet.
    public init() {
        (looks, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a look.
    public func pull() {
        continuation.yield()
    }

    /// Ends the stream of looks.
    public func finish() {
        continuation.finish()
    }
}
