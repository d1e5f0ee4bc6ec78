internal import Controller
internal import Foundation
internal import Model
internal import Synchronization

/// The progress table at the foot of a terminal, redrawn as it changes; log lines go above it.
final class TerminalProgress: Sendable {
    private struct State {
        var table = ProgressTable()
        /// Its lines that are on the terminal.
        var drawn: [String] = []
        var isOver = false
    }

    private let isColoured: Bool
    private let state = Mutex(State())

    private init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// Progress on standard error; nil where that is no terminal, or lines are to be plain.
    static func onTerminal(_ context: Context) -> TerminalProgress? {
        let variables = context.environment
        guard isatty(STDERR_FILENO) == 1, variables["TERM"].map({ $0 != "dumb" }) ?? false,
            context.arguments[.logFormat] != "json"
        else { return nil }
        // https://no-color.org: any value counts but none.
        return TerminalProgress(isColoured: (variables["NO_COLOR"] ?? "").isEmpty)
    }

    func show(_ reconciliation: Reconciliation) {
        change { $0.take(reconciliation.progress, at: .now) }
    }

    func pulled(_ image: String, _ percent: Int) {
        change { $0.take(pullOf: image, percent: percent) }
    }

    /// Prints a whole line above the table.
    @Sendable func print(_ line: String) {
        state.withLock { draw(&$0, below: line + "\n") }
    }

    /// Counts up the times in the lines until the task is cancelled.
    func keepTime() async {
        while (try? await Task.sleep(for: .milliseconds(200))) != nil { change { _ in } }
    }

    /// Leaves the table as it is; what is printed from now on goes below it.
    ///
    /// Returns the services in progress, each with its state.
    func end() -> [String] {
        state.withLock { state in
            draw(&state)
            state.isOver = true
            state.drawn = []
            return state.table.unfinished
        }
    }

    private func change(_ change: (inout ProgressTable) -> Void) {
        state.withLock { state in
            guard !state.isOver else { return }
            change(&state.table)
            draw(&state)
        }
    }

    /// Redraws only if lines changed, so that nothing flickers.
    private func draw(_ state: inout State, below log: String = "") {
        let lines = lines(of: state)
        guard lines != state.drawn || !log.isEmpty else { return }
        // As ECMA-48 has it: up (CUU), to the line's beginning, and everything below away (ED).
        let erasing = state.drawn.isEmpty ? "" : "\u{1B}[\(state.drawn.count)A\r\u{1B}[J"
        let text = erasing + log + lines.map { $0 + "\n" }.joined()
        // One write, so that lines of other processes do not come between; a terminal that went
        // away is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        state.drawn = lines
    }

    private func lines(of state: State) -> [String] {
        guard !state.isOver else { return [] }
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return state.table.lines(
            at: .now,
            width: isKnown ? Int(size.ws_col) : 80,
            // A line that scrolled away cannot be redrawn.
            height: isKnown ? max(Int(size.ws_row) - 1, 1) : 23,
            isColoured: isColoured
        )
    }
}
