import Commands
import Foundation
import Platform

let code = await Berth.run(
    Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment,
    print: { FileHandle.standardOutput.write(Data(($0.hasSuffix("\n") ? $0 : $0 + "\n").utf8)) },
    complain: { Log.standardError($0) }
)
// Not a return: calls to the outside that are still under way are left behind, not waited for.
exit(code)
