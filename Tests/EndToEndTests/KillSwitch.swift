import Foundation
import Synchronization
import TestSupport

/// Kills a controller at one of its calls, before the call is made or before its answer is heard.
///
/// Only calls that change something count, in the order in which they are made.
final class KillSwitch: Sendable {
    /// Which call it is, and when.
    struct Moment: Sendable, CustomStringConvertible {
        enum Peer: Sendable { case docker, nft }

        var peer: Peer
        /// From 1.
        var call: Int
        var isBefore: Bool

        var description: String { "\(isBefore ? "before" : "after") call \(call) of \(peer)" }
    }

    private struct State {
        var calls: [String] = []
        var victim: Int32?
        var isOver = false
    }

    private let moment: Moment?
    private let state = Mutex(State())
    private let folder: TemporaryDirectory
    private let proxy = Mutex<RecordingProxy?>(nil)

    /// Waits for its moment in calls of Docker at `socket` and of nft; nil only counts.
    init(_ moment: Moment?, docker socket: String) throws {
        self.moment = moment
        folder = try TemporaryDirectory("berth-kill")
        try folder.write("nft", script, mode: 0o755)
        let proxy = try RecordingProxy(to: socket) { [weak self] line, moment in
            self?.passes(line, moment) ?? true
        }
        self.proxy.withLock { $0 = proxy }
    }

    deinit { proxy.withLock { $0?.stop() } }

    /// The options and variables that lead a controller through the switch.
    var options: [String] { ["--engine", "unix://\(proxy.withLock { $0?.path ?? "" })"] }
    var environment: [String: String] { ["PATH": "\(folder.path):\(Self.path)"] }

    /// Says who is to be killed; what was called before does not count.
    func aim(at process: Int32) throws {
        try folder.write("victim", "\(process)")
        state.withLock { state in
            state.victim = process
            state.calls = []
        }
    }

    /// The calls of Docker so far.
    var dockerCalls: [String] { state.withLock(\.calls) }

    /// How many calls of nft there were so far.
    var nftCalls: Int {
        let text = try? String(contentsOfFile: folder.file("calls"), encoding: .utf8)
        return text?.split(separator: "\n").count ?? 0
    }

    /// Whether it has killed.
    var isOver: Bool {
        state.withLock(\.isOver)
            || FileManager.default.fileExists(atPath: folder.file("done"))
    }

    private static let path = TestEngine.chosen.searchPath

    private func passes(_ line: String, _ when: RecordingProxy.Moment) -> Bool {
        guard !line.hasPrefix("GET "), !line.hasPrefix("HEAD ") else { return true }
        return state.withLock { state in
            guard let victim = state.victim else { return true }
            if when == .request { state.calls.append(line) }
            guard let moment, moment.peer == .docker, !state.isOver,
                state.calls.count == moment.call, moment.isBefore == (when == .request)
            else { return true }
            kill(victim, SIGKILL)
            state.isOver = true
            return false
        }
    }

    /// nft's stand-in: counts the transactions once there is a victim, and kills at its moment.
    private var script: String {
        let call = moment.map { $0.peer == .nft ? $0.call : 0 } ?? 0
        let isBefore = moment?.isBefore ?? false
        return """
            #!/bin/sh
            PATH=\(Self.path)
            cd "\(folder.path)" || exit 1
            case " $* " in *" -f "*) ;; *) exec nft "$@" ;; esac
            [ -e victim ] || exec nft "$@"
            echo call >> calls
            if [ -e done ] || [ "$(wc -l < calls)" != \(call) ]; then exec nft "$@"; fi
            touch done
            if \(isBefore); then kill -9 "$(cat victim)"; exit 1; fi
            nft "$@"
            kill -9 "$(cat victim)"

            """
    }
}
