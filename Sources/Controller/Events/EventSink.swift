/// Where events go: the log, the history.
///
/// May block and may fail; ``EventRecorder`` keeps both from the loop and from other sinks.
package protocol EventSink: Sendable {
    func receive(_ event: Event) throws
}
