// The libFuzzer target for everything between files and desired states; Tests/Fuzz/manifests.sh
// builds and runs it.

import Manifests
import Model
import YAML

/// Holds a fleet to what it promises for any bytes: a state or diagnostics with places inside the
/// files, the same ones each time, and a model that reads back.
private struct Check {
    let files: [String: [UInt8]]

    private static let revision = Revision(
        id: String(repeating: "0", count: 40),
        author: "",
        date: Moment(milliseconds: 0),
        subject: ""
    )

    /// Takes the manifest, the environment and one more file, a zero byte between them.
    init(_ input: [UInt8]) {
        let names = ["manifests/web.yaml", "environments/prod.yaml", "manifests/web.env"]
        let parts = input.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        files = Dictionary(zip(names, parts.map { Array($0) })) { $1 }
    }

    func run() {
        let fleet = Fleet(FleetFiles(files))
        let problems = fleet.validate()
        for problem in problems { check(problem) }
        precondition(problems == fleet.validate())
        takeOver(files["manifests/web.yaml"] ?? [])
        for environment in fleet.environmentNames {
            do throws(InvalidEnvironment) {
                let model = try fleet.model(of: environment, at: Self.revision)
                check(model)
            } catch {
                precondition(error.diagnostics.contains { $0.severity == .error })
                for problem in error.diagnostics { check(problem) }
            }
        }
    }

    /// A file taken over makes a valid fleet, or says which of its lines is to blame.
    private func takeOver(_ bytes: [UInt8]) {
        let path = "manifests/web.yaml"
        do throws(InvalidComposeFile) {
            let imported = try ComposeImport(
                of: ComposeImport.Source(
                    bytes: bytes,
                    path: path,
                    folder: "",
                    variables: [:],
                    other: { _ in nil }
                )
            )
            let texts = imported.files.map { ($0.path, Array($0.text.utf8)) }
            let problems = Fleet(FleetFiles(Dictionary(texts) { $1 })).validate()
            precondition(problems.allSatisfy { $0.severity == .warning }, "\(problems)")
        } catch {
            precondition(error.diagnostics.contains { $0.severity == .error })
            for problem in error.diagnostics {
                precondition(problem.location?.file == path, "\(problem)")
                check(problem)
            }
        }
    }

    private func check(_ problem: Diagnostic) {
        precondition(!problem.message.isEmpty)
        guard let place = problem.location else { preconditionFailure("no place: \(problem)") }
        guard let bytes = files[place.file] else { preconditionFailure("no file: \(problem)") }
        // A file's lines, and the one behind its last line break; CR alone breaks lines, too.
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
        precondition((1...lines).contains(place.line) && place.column > 0, "\(problem)")
    }

    private func check(_ model: ComposeModel) {
        let yaml = model.yaml()
        for text in [yaml, model.yaml(withOrigins: true), model.json(withOrigins: true)] {
            precondition(!text.isEmpty)
        }
        do throws(YAMLError) {
            let document = try Document(parsing: yaml)
            precondition(document.root?.mapping != nil)
        } catch {
            preconditionFailure("the model does not read back: \(error)")
        }
    }
}

/// One input of libFuzzer's.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    Check(Array(UnsafeBufferPointer(start: bytes, count: count))).run()
    return 0
}
