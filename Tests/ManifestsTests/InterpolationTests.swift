import TestSupport
import XCTest

@testable import Manifests

final class InterpolationTests: XCTestCase {
    func testCorpus() throws {
        struct Row: Decodable {
            var id: String
            var template: String
            var env: [String: String?]
            var result: String?
            var error: String?
        }
        var tally = CorpusTally("interpolate")
        for row in try CorpusFile("compose-go/interpolate.jsonl").rows(as: Row.self) {
            do throws(InterpolationError) {
                let ours = try Interpolation.fill(row.template, unsetIsEmpty: true) {
                    row.env[$0] ?? nil
                }
                XCTAssertEqual(ours.text, row.result, "\(row.id) \(row.template)")
            } catch {
                XCTAssertNotNil(row.error, "\(row.id) \(row.template): \(error)")
                // Compose stops at the first.
                if case .missing(let variables) = error, let first = variables.first {
                    let text = InterpolationError.missing([first]).text(environmentFile: nil)
                    XCTAssertEqual(text.message, row.error, row.id)
                }
            }
            tally.countEqual()
        }
        tally.report()
    }

    func testTreeCorpus() throws {
        struct Row: Decodable {
            var id: String
            var input: JSON
            var env: [String: String?]
            var casts: Int
            var output: JSON?
            var error: String?
        }
        var tally = CorpusTally("interpolate_tree")
        for row in try CorpusFile("compose-go/interpolate_tree.jsonl").rows(as: Row.self) {
            do throws(InterpolationError) {
                let ours = try fill(row.input, row.env)
                if ours == row.output {
                    tally.countEqual()
                } else if row.casts > 0,
                    ours.description.filter({ $0 != "\"" })
                        == row.output?.description.filter({ $0 != "\"" })
                {
                    tally.count(rule: "fields cast, not paths")
                } else {
                    XCTFail("\(row.id): \(ours), not \(row.output as Any)")
                }
            } catch {
                XCTAssertNotNil(row.error, "\(row.id): \(error)")
                tally.countEqual()
            }
        }
        tally.report()
    }

    private func fill(
        _ value: JSON,
        _ env: [String: String?]
    ) throws(InterpolationError) -> JSON {
        switch value {
        case .text(let text):
            return .text(try Interpolation.fill(text, unsetIsEmpty: true) { env[$0] ?? nil }.text)
        case .list(let list):
            var result: [JSON] = []
            for entry in list { result.append(try fill(entry, env)) }
            return .list(result)
        case .map(let map):
            var result: [String: JSON] = [:]
            for (key, entry) in map { result[key] = try fill(entry, env) }
            return .map(result)
        default: return value
        }
    }

    func testExactRules() throws {
        let values = ["A": "aa", "E": ""]
        for (template, want) in [
            ("${U:-a}b}", "ab}"), ("a$", "a$"), ("$-", "$-"), ("$$$A", "$aa"), ("${E?m}", ""),
            ("${A:+${E:-x}}", "x"), ("${E+set}", "set"), ("${E:+set}", ""), ("${U:-$$A}", "$A"),
            ("${A}${U:-{}}", "aa{}"), ("${U:-}x${A}", "xaa"), ("$A${A}$E|", "aaaa|"),
            ("${U:-a\nb", "invalid"), ("${}", "invalid"), ("${A:x}", "invalid"),
            ("${U:=x}", "invalid"), ("${U}", "unset U"), ("$U", "unset U"), ("${U-$V}", "unset V"),
            ("${A:-$V}", "aa"), ("${U:?no ${A}}", "required U no aa"),
            ("$U ${V} ${A} $W ${U}", "unset U, unset V, unset W"),
            ("${U:?} ${V?m}$W${X-$Y}", "required U , required V m, unset W, unset Y"),
            ("$U ${", "invalid"),
        ] {
            let got: String
            do throws(InterpolationError) {
                got = try Interpolation.fill(template) { values[$0] }.text
            } catch {
                switch error {
                case .invalid: got = "invalid"
                case .missing(let missing):
                    got = missing.map { variable in
                        variable.message.map { "required \(variable.name) \($0)" }
                            ?? "unset \(variable.name)"
                    }.joined(separator: ", ")
                case .tooLong, .tooDeep: got = "\(error)"
                }
            }
            XCTAssertEqual(got, want, template)
        }
    }

    func testGrowthAndDepthAreBounded() {
        let long = String(repeating: "x", count: 100_000)
        XCTAssertThrowsError(try Interpolation.fill("$A$A$A") { _ in long }) {
            XCTAssertEqual($0 as? InterpolationError, .tooLong)
        }
        let deep = String(repeating: "${A:-", count: 100) + String(repeating: "}", count: 100)
        XCTAssertThrowsError(try Interpolation.fill(deep) { _ in nil }) {
            XCTAssertEqual($0 as? InterpolationError, .tooDeep)
        }
    }
}
