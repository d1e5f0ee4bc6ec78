// berth-read FOLDER RUNS: reads a fleet again and again, and prints two medians in milliseconds:
// of reading its YAML alone, and of everything up to the desired states of all environments.

import Foundation
import Manifests
import Model
import YAML

/// The middle of an odd number of runs, in milliseconds of the processor's time, which a busy
/// machine makes no longer.
func median(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
    var times: [Int] = []
    for _ in 0..<runs {
        let start = clock()
        try body()
        times.append(clock() - start)
    }
    return Double(times.sorted()[runs / 2]) * 1_000 / Double(CLOCKS_PER_SEC)
}

let folder = CommandLine.arguments[1]
let runs = Int(CommandLine.arguments[2]) ?? 9
var files: [String: [UInt8]] = [:]
for kind in ["manifests", "environments"] {
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)") {
        let url = URL(fileURLWithPath: "\(folder)/\(kind)/\(name)")
        files["\(kind)/\(name)"] = [UInt8](try Data(contentsOf: url))
    }
}
let revision = Revision(id: "0", author: "", date: Moment(milliseconds: 0), subject: "")
let reading = try median(of: runs) {
    for bytes in files.values { _ = try Document(parsing: bytes) }
}
var services = 0
let resolving = try median(of: runs) {
    let fleet = Fleet(FleetFiles(files))
    services = 0
    for name in fleet.environmentNames {
        services += try fleet.desiredState(of: name, at: revision).services.count
    }
}
print(services, reading, resolving)
