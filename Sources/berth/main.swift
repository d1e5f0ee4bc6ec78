import Commands
import Foundation
import Platform

let code = await Berth.run(
    Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment,
    print: { text in
        do {
            let line = text.hasSuffix("\n") ? text : text + "\n"
            try FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
        } catch {
            // Data that is lost must not look like success.
            Log.standardError(
                "berth: cannot write to stdout: \(error.localizedDescription); check for free "
                    + "space or, in a pipe, that the reading process is still running"
            )
            exit(2)
        }
    },
    complain: { Log.standardError($0) }
)
// Not a return: calls to the outside that are still in progress are left behind, not waited for.
exit(code)
