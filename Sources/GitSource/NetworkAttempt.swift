import Clibgit2
import Glibc
import Synchronization

/// One call to the remote: its limits, and why it was broken off.
///
/// libgit2 1.5 has no time limits of its own (they came with 1.7), so every byte to and from the
/// remote goes through code of ours that checks them here.
/// `git fetch` cannot take its place: git 2.39 waits five minutes for a connection or a TLS
/// handshake and for ever for a silent ssh server, and limits neither bytes nor objects of a fetch
/// (git-config(1): `http.lowSpeedTime` counts during transfers, `receive.maxInputSize` pushes).
/// Errors never cross libgit2's callbacks: the callback records them here and returns -1, and
/// `run` throws them when libgit2 has returned.
final class NetworkAttempt: Sendable {
    let remote: GitRemote
    let timeouts: GitTimeouts
    let deadline: ContinuousClock.Instant
    private let byteLimit: Int
    private let objectLimit: Int
    private let state = Mutex(State())

    private struct State {
        var received = 0
        var fault: GitFault?
        var isCancelled = false
        var hasGivenCredentials = false
        var secret: String?
        var asked: WebOrigin?
    }

    /// This thread's attempt: libgit2's stream constructors take no argument that could carry it.
    @TaskLocal static var current: NetworkAttempt?

    init(
        remote: GitRemote,
        timeouts: GitTimeouts,
        total: Duration,
        bytes: Int,
        objects: Int,
        now: ContinuousClock.Instant = .now
    ) {
        self.remote = remote
        self.timeouts = timeouts
        deadline = now + total
        byteLimit = bytes
        objectLimit = objects
    }

    /// Runs calls to libgit2 on this thread; a cause recorded here outranks libgit2's error.
    func run<Value>(_ body: () throws(GitFault) -> Value) throws(GitFault) -> Value {
        let result = Self.$current.withValue(self) {
            Result { () throws(GitFault) in try body() }
        }
        switch result {
        case .success(let value): return value
        case .failure(let fault): throw cause(of: fault)
        }
    }

    private func cause(of fault: GitFault) -> GitFault {
        state.withLock { state in
            let cause = state.fault ?? fault
            guard let secret = state.secret else { return cause }
            return GitFault(cause.problem, cause.detail.blottingOut(secret))
        }
    }

    /// Records why the attempt cannot continue; the first cause stays.
    func fail(_ fault: GitFault) {
        state.withLock { $0.fault = $0.fault ?? fault }
    }

    /// Runs the body of a callback from libgit2; a failure is recorded here and becomes -1.
    func answer(_ body: () throws(GitFault) -> Int) -> Int {
        do throws(GitFault) {
            return try body()
        } catch {
            fail(error)
            git_error_set_str(Int32(GIT_ERROR_NET.rawValue), error.detail)
            return -1
        }
    }

    /// Ends every wait soon; called from any thread.
    func cancel() {
        state.withLock { $0.isCancelled = true }
    }

    /// Counts received bytes.
    func count(_ bytes: Int) throws(GitFault) {
        let received = state.withLock { state in
            state.received += bytes
            return state.received
        }
        guard received <= byteLimit else {
            throw GitFault(.tooLarge(what: "the data from the remote, in bytes,", limit: byteLimit))
        }
    }

    /// Checks the number of objects in a pack's header.
    func check(objects: Int) throws(GitFault) {
        guard objects <= objectLimit else {
            throw GitFault(
                .tooLarge(what: "the number of objects in the fetch", limit: objectLimit)
            )
        }
        try checkTime()
    }

    /// Throws if the time is up, the caller was cancelled or the attempt has failed already.
    func checkTime() throws(GitFault) {
        let (fault, isCancelled) = state.withLock { ($0.fault, $0.isCancelled) }
        if let fault { throw fault }
        if isCancelled { throw GitFault(.cancelled) }
        guard ContinuousClock.now < deadline else {
            throw GitFault(.timedOut, "the total time limit has passed")
        }
    }

    /// Waits until one of the descriptors has one of its events, at most `idle`.
    func wait(for descriptors: inout [pollfd], idle: Duration) throws(GitFault) {
        let end = min(deadline, .now + idle)
        while true {
            try checkTime()
            let rest = ContinuousClock.now.duration(to: end)
            guard rest > .zero else {
                throw GitFault(.timedOut, "no data for \(idle.components.seconds) s")
            }
            // In slices, so that `cancel` takes effect.
            let ready = poll(&descriptors, nfds_t(descriptors.count), min(250, rest.milliseconds))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw .system(.unreachable, "poll") }
        }
    }

    /// Forgets that credentials were given: each connection asks for them again.
    func beginConnection() {
        state.withLock { state in
            state.hasGivenCredentials = false
            state.asked = nil
        }
    }

    /// Records which server the next request goes to.
    ///
    /// libgit2 sends credentials to wherever the server redirects, so a request to another origin
    /// is refused before it is sent.
    func ask(_ origin: WebOrigin) throws(GitFault) {
        let hasGiven = state.withLock { state in
            state.asked = origin
            return state.hasGivenCredentials
        }
        if hasGiven { try refuseElsewhere() }
    }

    /// Throws if a redirect went to another origin than the remote's.
    private func refuseElsewhere() throws(GitFault) {
        guard let asked = state.withLock({ $0.asked }), let own = remote.location.origin,
            asked != own
        else { return }
        throw GitFault(.redirected, "from \(own) to \(asked)")
    }

    /// The user and password for the web server; a second request means that they were wrong.
    func webCredentials() throws(GitFault) -> (user: String, password: String) {
        try refuseElsewhere()
        let isFirst = state.withLock { state in
            defer { state.hasGivenCredentials = true }
            return !state.hasGivenCredentials
        }
        guard isFirst else { throw GitFault(.authentication, "the server refused the token") }
        if case .token(let file, let username) = remote.credentials {
            let token = try SecretFile(path: file).read()
            state.withLock { $0.secret = token }
            return (username, token)
        }
        guard let information = remote.location.userInformation else {
            throw GitFault(.authentication, "the server requires a token and none is configured")
        }
        return (information.user, information.password)
    }
}

extension Duration {
    /// Rounded up, so that a short rest does not become a busy loop.
    fileprivate var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000) + 1
    }
}
