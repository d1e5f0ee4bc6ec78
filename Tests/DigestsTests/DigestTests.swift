import Digests
import Foundation
import XCTest

final class DigestTests: XCTestCase {
    private let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    func testReadsWhatItWrites() {
        let digest = Digest(text)
        XCTAssertEqual(digest, Digest(hashing: "abc".utf8))
        XCTAssertEqual(digest?.description, text)
        XCTAssertEqual(digest?.short, "ba7816bf8f01")
        XCTAssertEqual(digest?.hex, String(text.dropFirst(7)))
        XCTAssertEqual(digest?.bytes.count, 32)
    }

    func testRefusesAnythingElse() {
        let hex = String(text.dropFirst(7))
        let cases: [(String, String)] = [
            ("empty", ""),
            ("no algorithm", hex),
            ("short", "sha256:\(hex.dropLast())"),
            ("long", "\(text)0"),
            ("upper case", "sha256:\(hex.uppercased())"),
            ("not a digit", "sha256:\(hex.dropLast())g"),
            ("other algorithm", "sha512:\(hex)"),
            ("not ASCII", "sha256:\(hex.dropLast(2))\u{e9}"),
        ]
        for (name, wrong) in cases {
            XCTAssertNil(Digest(wrong), name)
        }
    }

    func testOrdersAsText() {
        let digests = (0..<100).map { Digest(hashing: [UInt8($0)]) }
        XCTAssertEqual(
            digests.sorted().map(\.description),
            digests.map(\.description).sorted()
        )
    }

    func testIsAStringInJSON() throws {
        let digest = Digest(hashing: "abc".utf8)
        let data = try JSONEncoder().encode([digest])
        XCTAssertEqual(String(decoding: data, as: UTF8.self), "[\"\(text)\"]")
        XCTAssertEqual(try JSONDecoder().decode([Digest].self, from: data), [digest])
        XCTAssertThrowsError(try JSONDecoder().decode([Digest].self, from: Data("[\"x\"]".utf8)))
    }

    /// What asks for more than a task's memory gives ends the process when a continuation returns it.
    func testItFitsIntoTheMemoryOfTasks() async {
        XCTAssertLessThanOrEqual(MemoryLayout<Digest>.alignment, 16)
        let digest = Digest(hashing: [1])
        let same: Result<Digest, any Error> = await withCheckedContinuation { continuation in
            Task { continuation.resume(returning: .success(digest)) }
        }
        XCTAssertEqual(try? same.get(), digest)
    }

    func testHexReadsEitherCase() {
        XCTAssertEqual(Hex.decode("00ffAb"), [0, 255, 171])
        XCTAssertEqual(Hex.encode([0, 255, 171]), "00ffab")
        XCTAssertNil(Hex.decode("0"))
        XCTAssertNil(Hex.decode("0x"))
    }
}
