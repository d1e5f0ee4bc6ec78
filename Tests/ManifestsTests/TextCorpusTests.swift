import Model
import TestSupport
import XCTest

@testable import Manifests

/// Single questions put to compose-go, against our answers.
final class TextCorpusTests: XCTestCase {
    private struct Row: Decodable {
        var id: String
        var input: JSON
        var output: JSON?
        var error: String?
    }

    private func rows(_ name: String) throws -> [Row] {
        try CorpusFile("compose-go/\(name).jsonl").rows(as: Row.self)
    }

    /// Compares every row; `rule` names why ours may differ.
    private func compare(
        _ name: String,
        rule: (_ row: Row, _ message: String?) -> String?,
        with read: (JSON) throws -> JSON?
    ) throws {
        var tally = CorpusTally(name)
        for row in try rows(name) {
            do {
                let ours = try read(row.input)
                if let theirs = row.output, ours == theirs {
                    tally.countEqual()
                } else {
                    let message = "\(row.id) \(row.input): \(ours as Any), not \(row.output as Any)"
                    tally.explain(rule(row, nil), message)
                }
            } catch {
                guard row.error == nil else {
                    tally.countEqual()
                    continue
                }
                let message = (error as? TextError)?.message ?? "\(error)"
                tally.explain(rule(row, message), "\(row.id) \(row.input): \(message)")
            }
        }
        tally.report()
    }

    func testPorts() throws {
        try compare("port") { _, message in
            if message?.contains("stands for more than") == true { return "ranges are bounded" }
            return message?.contains("no port 0") == true ? "a container has no port 0" : nil
        } with: { input in
            .list(
                try PortText.parse(input.text ?? "").map { port in
                    var map: [String: JSON] = [
                        "mode": .text("ingress"), "target": .integer(Int64(port.target)),
                        "protocol": .text(port.transport),
                    ]
                    map["host_ip"] = port.address.map { .text($0) }
                    map["published"] = port.published.map { .text($0) }
                    return .map(map)
                }
            )
        }
    }

    func testVolumes() throws {
        try compare("volume") { row, message in
            let isDrive = row.input.text?.contains(/(^|:)\p{Alphabetic}:|^\\\\/) == true
            if message?.contains("Windows drive") == true, isDrive {
                return "no Windows, no one-letter names"
            }
            if message?.contains("knows no option") == true { return "unknown options are refused" }
            if message?.contains("is for paths of the host") == true
                || message?.contains("nocopy is for volumes") == true
            {
                return "options of the other kind of mount are refused"
            }
            return nil
        } with: { input in
            let volume = try VolumeText(input.text ?? "")
            let kind = volume.isBind ? "bind" : "volume"
            var options: [String: JSON] = [:]
            options["propagation"] = volume.propagation.map { .text($0) }
            options["selinux"] = volume.selinux.map { .text($0) }
            if volume.noCopy { options["nocopy"] = .flag(true) }
            var map: [String: JSON] = [
                "type": .text(kind), "target": .text(volume.target), kind: .map(options),
            ]
            map["source"] = volume.source.map { .text($0) }
            if volume.readOnly { map["read_only"] = .flag(true) }
            return .map(map)
        }
    }

    func testDurations() throws {
        try compare("duration") { _, message in
            message?.contains("negative") == true ? "no negative durations" : nil
        } with: { input in
            let duration = try DurationText.parse(input.text ?? "")
            let (seconds, attoseconds) = duration.components
            return .integer(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
    }

    func testBytes() throws {
        try compare("bytes") { row, message in
            if message?.contains("more than 8 EiB") == true { return "no overflow" }
            let text = row.input.text?.lowercased() ?? ""
            return text.contains("e") && text.first?.isNumber == true ? "no exponents" : nil
        } with: { input in
            .integer(try ByteText.parse(input.text ?? input.description))
        }
    }

    func testCommands() throws {
        try compare("command") { _, message in
            message?.contains("means something to a shell") == true
                ? "shell characters are refused" : nil
        } with: { input in
            guard let line = input.text else { return input }
            return .list(try CommandText.split(line).map { .text($0) })
        }
    }

    func testExtraHosts() throws {
        try compare("extra_hosts") { _, message in
            message?.contains("nothing is written") == true ? "an address is written" : nil
        } with: { input in
            var problems = Problems()
            let value = ExtraHostsShape().read(
                input.text.map { JSON.list([.text($0)]).item } ?? input.item,
                at: "extra_hosts",
                into: &problems
            )
            if let first = problems.diagnostics.first { throw TextError(first.message) }
            var map: [String: JSON] = [:]
            for line in value?.strings ?? [] {
                let pair = KeyValueText(line)
                map[pair.key] = .list((map[pair.key]?.list ?? []) + [.text(pair.value ?? "")])
            }
            return .map(map)
        }
    }

    func testEnvironments() throws {
        try compare("environment") { _, message in
            if message?.contains("name is empty") == true { return "no empty names" }
            return message?.contains("is written twice") == true ? "no name twice in a list" : nil
        } with: { input in
            var problems = Problems()
            let value = KeyValueShape.environment.read(input.item, at: "e", into: &problems)
            if let first = problems.diagnostics.first { throw TextError(first.message) }
            return value.map { JSON($0) }
        }
    }

    func testPullPolicies() throws {
        struct PolicyRow: Decodable {
            var id: String
            var input: String
            var output: String?
            var error: String?
            var every_ns: Int64?
        }
        var tally = CorpusTally("pull_policy")
        for row in try CorpusFile("compose-go/pull_policy.jsonl").rows(as: PolicyRow.self) {
            guard let policy = try? PullPolicyText.parse(row.input) else {
                let isStrict = row.output == "missing" || row.output == "build" || row.every_ns == 0
                tally.explain(
                    row.error != nil
                        ? "equal errors" : isStrict ? "unknown words are refused" : nil,
                    "\(row.id) \(row.input) is refused"
                )
                continue
            }
            let ours: (String, Int64)
            switch policy {
            case .always: ours = ("always", 0)
            case .never: ours = ("never", 0)
            case .missing: ours = (row.input == "if_not_present" ? row.input : "missing", 0)
            case .every(let interval):
                ours = ("refresh", interval.components.seconds * 1_000_000_000)
            }
            guard ours.0 == row.output, ours.1 == row.every_ns else {
                let isKubernetes = ["Always", "IfNotPresent", "Never"].contains(row.input)
                tally.explain(isKubernetes ? "Kubernetes' words" : nil, "\(row.id) \(ours)")
                continue
            }
            tally.countEqual()
        }
        tally.report()
    }

    func testDotEnv() throws {
        struct FileRow: Decodable {
            var id: String
            var input: String
            var pre: [String: String]
            var env: [String: String?]
            var output: [String: String]?
            var error: String?
        }
        var tally = CorpusTally("dotenv")
        for row in try CorpusFile("compose-go/dotenv.jsonl").rows(as: FileRow.self) {
            do throws(DotEnvText.LineError) {
                let ours = try DotEnvText.variables(row.input, unsetIsEmpty: true) {
                    row.env[$0] ?? nil
                }
                if ours == row.output ?? row.pre {
                    tally.countEqual()
                } else {
                    tally.explain(nil, "\(row.id): \(ours), not \(row.output as Any)")
                }
            } catch {
                guard row.error == nil else {
                    tally.countEqual()
                    continue
                }
                let isBare = error.text.message.contains("process environment")
                tally.explain(isBare ? "nothing from the process" : nil, "\(row.id): \(error)")
            }
        }
        tally.report()
    }
}
