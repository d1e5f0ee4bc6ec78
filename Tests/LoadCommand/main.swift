import Addresses
import Foundation
import Load
import Platform

// berth-load [--pause MICROSECONDS] --report FILE NAME=[NAMESPACE,]HOST:PORT/PATH …
//
// One new connection after another to each target, from its network namespace, until SIGTERM or
// SIGINT; then the report is written, and the exit code says whether anything failed. A host that
// is no address is looked up before each connection.

/// Reads `NAME=[NAMESPACE,]HOST:PORT/PATH`.
func target(_ text: String) -> Target? {
    let named = text.split(separator: "=", maxSplits: 1)
    guard named.count == 2 else { return nil }
    let placed = named[1].split(separator: ",", maxSplits: 1)
    let routed = placed.last?.split(separator: "/", maxSplits: 1) ?? []
    let socket = routed.first?.split(separator: ":") ?? []
    guard socket.count == 2, let port = UInt16(socket[1]) else { return nil }
    return Target(
        String(named[0]),
        from: placed.count == 2 ? NetworkNamespace(named: String(placed[0])) : nil,
        to: IPv4Address(socket[0]).map(Target.Host.address) ?? .resolved(String(socket[0])),
        port: port,
        path: "/" + (routed.count > 1 ? String(routed[1]) : "")
    )
}

var words = Array(CommandLine.arguments.dropFirst())
var report = "/dev/stdout"
var pause = Duration.zero
while let word = words.first, word.hasPrefix("--"), words.count > 1 {
    switch word {
    case "--report": report = words[1]
    case "--pause": pause = .microseconds(Int64(words[1]) ?? 0)
    default: break
    }
    words.removeFirst(2)
}
let targets = words.compactMap(target)
guard !targets.isEmpty, targets.count == words.count else {
    FileHandle.standardError.write(
        Data("berth-load --report FILE NAME=[NAMESPACE,]HOST:PORT/PATH ...\n".utf8)
    )
    exit(64)
}
let signals = Signals.stream(of: [SIGTERM, SIGINT])
let load = LoadGenerator(targets, pause: pause)
for await _ in signals { break }
let reports = await load.stop()

var lines: [String] = []
for (name, one) in reports.sorted(by: { $0.key < $1.key }) {
    lines.append("\(name): \(one.succeeded) answered, \(one.failed) failed, slowest \(one.slowest)")
    lines += one.failures.sorted { $0.key < $1.key }.map { "  \($0.value) x \($0.key)" }
    lines += one.incidents.map { incident in
        "  \(incident.time.formatted(.iso8601.time(includingFractionalSeconds: true))) \(incident.reason)"
    }
}
let failed = reports.values.reduce(0) { $0 + $1.failed }
let requests = reports.values.reduce(0) { $0 + $1.succeeded } + failed
let outage = (reports.values.map(\.longestOutage).max() ?? .zero) / .milliseconds(1)
lines += ["requests=\(requests)", "failed=\(failed)", "outage_ms=\(Int(outage))"]
try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: report))
exit(failed == 0 ? 0 : 1)
