internal import DockerEngine
internal import Model
internal import Platform
internal import Synchronization

/// Says how a pull gets on: in the log at its beginning and every tenth of the way, and every
/// percent to whoever shows it.
final class PullNarrator: Sendable {
    private struct State {
        var layers: [String: (current: Double, total: Double)] = [:]
        var percent = -1
    }

    private let log: Log
    private let show: @Sendable (String, Int) -> Void
    private let states = Mutex<[ImageName: State]>([:])

    /// Begins; `show` gets the image's familiar name and how much of it is there, in percent.
    init(log: Log, show: @escaping @Sendable (String, Int) -> Void) {
        self.log = log
        self.show = show
    }

    /// Takes in what a pull says; nil once it has ended, well or not.
    ///
    /// The sizes are a registry's words, and may be any.
    @Sendable func tell(_ image: ImageName, _ progress: PullProgress?) {
        guard let progress else {
            states.withLock { $0[image] = nil }
            return
        }
        guard let layer = progress.layer, let current = progress.current,
            let total = progress.total, total > 0
        else { return }
        let (before, percent) = states.withLock { states in
            var state = states[image] ?? State()
            defer { states[image] = state }
            state.layers[layer] = (Double(current), Double(total))
            let done = state.layers.values.reduce(0) { $0 + $1.current }
            let whole = state.layers.values.reduce(0) { $0 + $1.total }
            let before = state.percent
            // Layers that become known on the way make the whole larger, never the part done less.
            state.percent = max(before, Int(min(max(done / whole, 0), 1) * 100))
            return (before, state.percent)
        }
        guard percent > before else { return }
        show(image.familiar, percent)
        if before < 0 || percent / 10 > before / 10 {
            log(.info, "pulling \(image.familiar): \(percent / 10 * 10) %")
        }
    }
}
