package import Platform
internal import Synchronization

/// Reads and changes our table in the kernel, through `nft`.
///
/// One nft runs at a time.
/// The command line and not netlink, for its language is documented and its transactions can be
/// printed and tried by hand.
package final class TrafficDirector: Sendable {
    private let program: String
    private let namespace: NetworkNamespace?
    private let deadline: Duration
    private let queue = BlockingQueue(label: "berth.nft")
    private let hostQueue = BlockingQueue(label: "berth.traffic")
    private let latest = Mutex<(generation: UInt32, table: ObservedTable)?>(nil)
    let departures = ClosedConnectionWatch()
    private let latestForeign = Mutex<(generation: UInt32, rules: [ForeignTranslation])?>(nil)

    /// The largest listing that is read: some 20,000 rules.
    private static let listingLimit = 16 << 20

    /// Directs this host's traffic, or that of another network namespace.
    ///
    /// `deadline` is how long one run of nft may take; it takes milliseconds unless it hangs.
    package init(
        nft program: String = "nft",
        in namespace: NetworkNamespace? = nil,
        deadline: Duration = .seconds(10)
    ) {
        self.program = program
        self.namespace = namespace
        self.deadline = deadline
    }

    /// The table as it is now; `.absent` where there is none.
    ///
    /// Listed only where any rules have changed since the last time.
    package func observe() async throws(TrafficError) -> ObservedTable {
        // Where the kernel does not say, the table is listed every time.
        let generation = await generation()
        if let latest = latest.withLock({ $0 }), latest.generation == generation {
            return latest.table
        }
        let table = try await list()
        // A change between the question and the listing is listed twice, and never missed.
        latest.withLock { $0 = generation.map { ($0, table) } }
        return table
    }

    private func generation() async -> UInt32? {
        try? await onHost("Asking for the rules' generation") {
            () throws(SystemCallFailure) in try TableWatch.generation()
        }
    }

    /// What `read` gives, or gave last where no rules have changed since and that will do.
    func foreign(
        fresh: Bool,
        read: () async throws(TrafficError) -> [ForeignTranslation]
    ) async throws(TrafficError) -> [ForeignTranslation] {
        let generation = await generation()
        if !fresh, let latest = latestForeign.withLock({ $0 }), latest.generation == generation {
            return latest.rules
        }
        let rules = try await read()
        latestForeign.withLock { $0 = generation.map { ($0, rules) } }
        return rules
    }

    private func list() async throws(TrafficError) -> ObservedTable {
        let operation = "Listing the traffic table"
        var listings: [Family: [UInt8]] = [:]
        for family in Family.allCases {
            let arguments =
                ["-j", "list", "table"] + family.table.split(separator: " ").map(String.init)
            do throws(TrafficError) {
                listings[family] = try await run(operation, command(arguments)).standardOutput
            } catch {
                // A kernel without IPv6 says so in other words than one without the table.
                guard error.kind == .notFound || family == .ip6 && error.kind == .refused else {
                    throw error
                }
            }
        }
        guard !listings.isEmpty else { return .absent }
        do throws(TableListing.Problem) {
            return try TableListing.parse(listings)
        } catch {
            throw TrafficError(.unreadable, operation, detail: error.rawValue)
        }
    }

    /// Applies a change as a whole, or none of it.
    ///
    /// Packets see the rules before it or after it, nothing between.
    package func apply(_ transaction: Transaction) async throws(TrafficError) {
        try await run("Changing the traffic table", transaction, ["-f", "-"])
    }

    /// Checks whether the kernel would take a change, and changes nothing.
    package func check(_ transaction: Transaction) async throws(TrafficError) {
        let operation = "Checking a change of the traffic table"
        try await run(operation, transaction, ["--check", "-f", "-"])
    }

    private func run(
        _ operation: String,
        _ transaction: Transaction,
        _ arguments: [String]
    ) async throws(TrafficError) {
        var command = command(arguments)
        command.input = Array(transaction.script.utf8)
        _ = try await run(operation, command, statements: transaction.statements)
    }

    func command(_ arguments: [String]) -> Command {
        Command(
            program,
            arguments,
            deadline: deadline,
            outputLimit: Self.listingLimit,
            remedy: "Run apt-get install nftables."
        )
    }

    func run(
        _ operation: String,
        _ command: Command,
        statements: [String] = []
    ) async throws(TrafficError) -> Command.Output {
        try await queue.run { [self] () throws(TrafficError) in
            try inNamespace(for: operation) { () throws(TrafficError) in
                do throws(CommandError) {
                    return try command.runBlocking()
                } catch {
                    throw TrafficError(operation, error, statements: statements)
                }
            }
        }
    }

    /// Runs system calls in the director's namespace; they do not wait for nft.
    func onHost<Value: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable () throws(SystemCallFailure) -> Value
    ) async throws(TrafficError) -> Value {
        try await visit(operation) { () throws(TrafficError) in
            do throws(SystemCallFailure) {
                return try body()
            } catch {
                throw TrafficError(operation, error)
            }
        }
    }

    /// As ``onHost(_:_:)``, for calls with errors of their own.
    func visit<Value: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable () throws(TrafficError) -> Value
    ) async throws(TrafficError) -> Value {
        try await hostQueue.run { [self] () throws(TrafficError) in
            try inNamespace(for: operation, body)
        }
    }

    private func inNamespace<Value>(
        for operation: String,
        _ body: () throws(TrafficError) -> Value
    ) throws(TrafficError) -> Value {
        guard let namespace else { return try body() }
        do throws(NetworkNamespace.VisitError<TrafficError>) {
            return try namespace.visit(body)
        } catch {
            switch error {
            case .inside(let error): throw error
            case .notEntered(let path, let reason):
                let detail = "\(path) cannot be entered: \(reason)"
                throw TrafficError(.refused, operation, detail: detail)
            }
        }
    }
}
