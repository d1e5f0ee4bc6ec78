internal import DockerEngine
internal import Model
internal import Synchronization

/// Sums up how pulls get on: an event at the beginning and at every tenth of the way, and every
/// percent to who shows it.
final class PullTracker: Sendable {
    private struct Pull {
        var layers: [String: (current: Double, total: Double)] = [:]
        var percent = -1
    }

    private let record: @Sendable (Event.Kind) -> Void
    private let show: @Sendable (String, Int) -> Void
    private let pulls = Mutex<[ImageName: Pull]>([:])

    /// `show` gets the image's familiar name and how much of it is there, in percent.
    init(
        record: @escaping @Sendable (Event.Kind) -> Void,
        show: @escaping @Sendable (String, Int) -> Void
    ) {
        self.record = record
        self.show = show
    }

    /// Takes in what a pull says; nil once it has ended, well or not.
    ///
    /// The sizes are a registry's words, and may be any.
    @Sendable func track(_ image: ImageName, _ progress: PullProgress?) {
        guard let progress else {
            pulls.withLock { $0[image] = nil }
            return
        }
        guard let layer = progress.layer, let current = progress.current,
            let total = progress.total, total > 0
        else { return }
        let (before, percent) = pulls.withLock { pulls in
            var pull = pulls[image] ?? Pull()
            defer { pulls[image] = pull }
            pull.layers[layer] = (Double(current), Double(total))
            let done = pull.layers.values.reduce(0) { $0 + $1.current }
            let whole = pull.layers.values.reduce(0) { $0 + $1.total }
            let before = pull.percent
            // Layers that become known on the way make the whole larger, never the part done less.
            pull.percent = max(before, Int(min(max(done / whole, 0), 1) * 100))
            return (before, pull.percent)
        }
        guard percent > before else { return }
        show(image.familiar, percent)
        if before < 0 || percent / 10 > before / 10 {
            record(.pullProgressed(image: image.familiar, percent: percent / 10 * 10))
        }
    }
}
