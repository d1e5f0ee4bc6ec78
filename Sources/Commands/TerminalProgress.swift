internal import Controller
internal import Foundation
internal import Model
internal import Synchronization

/// A board at the foot of a terminal, drawn anew as it changes; whole lines go above it.
final class TerminalProgress: Sendable {
    private struct State {
        var board = ProgressTable()
        /// The lines of it that are on the terminal.
        var drawn: [String] = []
        var isOver = false
    }

    private let isColoured: Bool
    private let state = Mutex(State())

    private init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// A board on standard error; nil where that is no terminal, or lines are to be plain.
    static func onTerminal(_ context: Context) -> TerminalProgress? {
        let variables = context.environment
        guard isatty(STDERR_FILENO) == 1, variables["TERM"].map({ $0 != "dumb" }) ?? false,
            context.arguments[.logFormat] != "json"
        else { return nil }
        // https://no-color.org: any value counts but none.
        return TerminalProgress(isColoured: (variables["NO_COLOR"] ?? "").isEmpty)
    }

    /// Shows what a pass saw.
    func show(_ examination: Examination) {
        change { $0.take(examination.progress, at: .now) }
    }

    /// Shows how far a pull has come.
    func pulled(_ image: String, _ percent: Int) {
        change { $0.take(pullOf: image, percent: percent) }
    }

    /// Puts a whole line above the board.
    @Sendable func print(_ line: String) {
        state.withLock { state in
            let lines = lines(of: state)
            write(erasing(state) + line + "\n" + text(lines))
            state.drawn = lines
        }
    }

    /// Lets time go on in the lines until the task is cancelled.
    func keepTime() async {
        while (try? await Task.sleep(for: .milliseconds(200))) != nil { change { _ in } }
    }

    /// Leaves the board as it is; what is printed from now on goes below it.
    ///
    /// Returns where the services that are not done stand, in words.
    func end() -> [String] {
        state.withLock { state in
            draw(&state)
            state.isOver = true
            state.drawn = []
            return state.board.unfinished
        }
    }

    private func change(_ change: (inout ProgressTable) -> Void) {
        state.withLock { state in
            guard !state.isOver else { return }
            change(&state.board)
            draw(&state)
        }
    }

    /// Draws what is new; what is there already is left alone, so that nothing flickers.
    private func draw(_ state: inout State) {
        let lines = lines(of: state)
        guard lines != state.drawn else { return }
        write(erasing(state) + text(lines))
        state.drawn = lines
    }

    /// As ECMA-48 has it: up (CUU), to the line's beginning, and everything below away (ED).
    private func erasing(_ state: State) -> String {
        state.drawn.isEmpty ? "" : "\u{1B}[\(state.drawn.count)A\r\u{1B}[J"
    }

    private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private func lines(of state: State) -> [String] {
        guard !state.isOver else { return [] }
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return state.board.lines(
            at: .now,
            width: isKnown ? Int(size.ws_col) : 80,
            // A line that scrolled away cannot be drawn anew.
            height: isKnown ? max(Int(size.ws_row) - 1, 1) : 23,
            isColoured: isColoured
        )
    }

    /// One write, so that lines of others do not come between.
    private func write(_ text: String) {
        guard !text.isEmpty else { return }
        // A terminal that went away is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
