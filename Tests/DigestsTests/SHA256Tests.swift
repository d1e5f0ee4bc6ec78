import Digests
import XCTest

final class SHA256Tests: XCTestCase {
    /// The examples of FIPS 180-4, and the padding's edges (55, 56, 64 bytes) against coreutils.
    func testKnownAnswers() {
        for (name, message, want) in [
            ("empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "four blocks",
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                "55 bytes", String(repeating: "a", count: 55),
                "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
            ),
            (
                "56 bytes", String(repeating: "a", count: 56),
                "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"
            ),
            (
                "64 bytes", String(repeating: "a", count: 64),
                "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
            ),
            (
                "million", String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ] {
            XCTAssertEqual(Digest(hashing: message.utf8).hex, want, name)
        }
    }

    func testPiecesGiveTheDigestOfTheWhole() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let want = Digest(hashing: message)
        for size in [1, 3, 55, 63, 64, 65, 127, 128, 200] {
            var hash = SHA256()
            for start in stride(from: 0, to: message.count, by: size) {
                hash.update(message[start..<min(start + size, message.count)])
            }
            XCTAssertEqual(hash.digest, want, "pieces of \(size)")
            XCTAssertEqual(hash.digest, want, "asked twice, pieces of \(size)")
        }
    }

    func testTakesCollectionsWithoutContiguousStorage() {
        XCTAssertEqual(Digest(hashing: "abc".utf8.lazy.map { $0 }), Digest(hashing: "abc".utf8))
    }

    func testGoesOnAfterADigestWasAsked() {
        var hash = SHA256()
        hash.update("ab".utf8)
        XCTAssertEqual(hash.digest, Digest(hashing: "ab".utf8))
        hash.update("c".utf8)
        XCTAssertEqual(hash.digest, Digest(hashing: "abc".utf8))
    }
}
