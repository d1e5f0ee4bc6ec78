import TestSupport
import XCTest
import YAML

final class PlainScalarTests: XCTestCase {
    func test_rewritten() {
        for (text, want) in [
            // What stays as it is.
            ("", nil), ("~", nil), ("null", nil), ("web", nil), ("no", nil), ("on", nil),
            ("true", nil), ("false", nil), ("0", nil), ("42", nil), ("-7", nil), ("1.5", nil),
            ("-0", nil), ("22:22", nil), ("1.2.3", nil), ("v1", nil), ("0xZZ", nil), ("1,000", nil),
            ("_1", nil), (".", nil), ("-", nil), ("+", nil), ("1e", nil), (".e3", nil), ("0x", nil),
            ("9223372036854775808", nil), ("18446744073709551615", nil), ("1e999", nil),
            ("0b2", nil), ("--1", nil), ("-+1", nil), ("2001-02-30", nil), ("2001-13-01", nil),
            ("20010-01-01", nil), ("2001-01-01 24:00:00", nil), ("2001-01-01T10:00:00", nil),
            ("2001-12-14 21:59:43.10 -5", nil), ("0x1p-2", nil), ("inf", nil),
            // What arrives as something else.
            ("True", "true"), ("FALSE", "false"), ("1.10", "1.1"), ("1.0", "1"), ("0.", "0"),
            ("0777", "511"), ("0o17", "15"), ("0x1F", "31"), ("-0X10", "-16"), ("0b101", "5"),
            ("08", "8"), ("1_000", "1000"), ("1_", "1"), ("0_7", "7"), ("+5", "5"), ("1e3", "1000"),
            ("00", "0"), ("-00", "0"), ("1E-7", "1e-07"), (".5", "0.5"), ("+.5", "0.5"),
            ("0.00001", "1e-05"), ("0.000100", "0.0001"), ("1e5", "100000"), ("1e6", "1e+06"),
            ("1234567.0", "1.234567e+06"),
            ("1e21", "1e+21"), ("-1.50e22", "-1.5e+22"), ("123456.50", "123456.5"),
            ("1_0.5_0", "10.5"), ("1.e2", "100"),
            (".inf", "+Inf"), ("-.INF", "-Inf"), (".nan", "NaN"), ("-0.0", "-0"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"),
            ("-9223372036854775809", "-9.223372036854776e+18"),
            ("2001-01-01", "2001-01-01 00:00:00 +0000 UTC"),
            ("2004-2-29", "2004-02-29 00:00:00 +0000 UTC"),
            ("2001-01-01 10:00:00", "2001-01-01 10:00:00 +0000 UTC"),
            ("2001-1-1  9:5:3,250", "2001-01-01 09:05:03.25 +0000 UTC"),
            ("2001-01-01t10:00:00Z", "2001-01-01 10:00:00 +0000 UTC"),
            ("2001-01-01T10:00:00.5-03:30", "2001-01-01 10:00:00.5 -0330 -0330"),
        ] as [(String, String?)] {
            XCTAssertEqual(PlainScalar(text).rewritten, want, text)
        }
    }

    /// The answers of go.yaml.in/yaml/v4 itself.
    func test_answersAsGoYAML() throws {
        for question in try CorpusFile("compose-go/yaml_scalar_go_yaml_v4.jsonl").objects() {
            let input = try XCTUnwrap(question["input"] as? String)
            guard let answer = question["go"] as? String, let paren = answer.firstIndex(of: "(")
            else {
                XCTAssertThrowsError(try Document(parsing: input), input)
                continue
            }
            let scalar = PlainScalar(input)
            let type =
                switch scalar.kind {
                case .null: "<nil>"
                case .boolean: "bool"
                case .integer: "int"
                case .unsigned: "uint64"
                case .float: "float64"
                case .timestamp: "time.Time"
                case .text: "string"
                }
            let printed = scalar.kind == .null ? "<nil>" : scalar.rewritten ?? input
            XCTAssertEqual(type, String(answer[..<paren]), input)
            XCTAssertEqual("\(type)(\(printed))", answer, input)
        }
    }
}
