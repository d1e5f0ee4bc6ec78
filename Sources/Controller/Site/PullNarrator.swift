internal import DockerEngine
internal import Model
internal import Platform
internal import Synchronization

/// Says how a pull gets on: at its beginning and every tenth of the way, not at every step.
final class PullNarrator: Sendable {
    private struct State {
        var layers: [String: (current: Int64, total: Int64)] = [:]
        var told = -1
    }

    private let log: Log
    private let states = Mutex<[ImageName: State]>([:])

    init(log: Log) {
        self.log = log
    }

    @Sendable func tell(_ image: ImageName, _ progress: PullProgress) {
        guard let layer = progress.layer, let current = progress.current,
            let total = progress.total, total > 0
        else { return }
        let percent: Int? = states.withLock { states in
            var state = states[image] ?? State()
            defer { states[image] = state }
            state.layers[layer] = (current, total)
            let sum = state.layers.values.reduce(into: (Int64(0), Int64(0))) {
                $0.0 += $1.current
                $0.1 += $1.total
            }
            let tenth = Int(sum.0 * 10 / max(sum.1, 1))
            guard tenth > state.told else { return nil }
            state.told = tenth
            return tenth * 10
        }
        if let percent { log(.info, "pulling \(image.familiar): \(percent) %") }
    }
}
