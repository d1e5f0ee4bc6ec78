import Digests
import XCTest

final class HMACTests: XCTestCase {
    /// RFC 4231 §4.
    func testKnownAnswers() {
        let long = [UInt8](repeating: 0xaa, count: 131)
        for (name, key, message, want) in [
            (
                "1", [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                "2: short key", Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                "3", [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                "4", Array(1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                "6: long key", long,
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                "7: long key and message", long,
                Array(
                    ("This is a test using a larger than block-size key and a larger than "
                        + "block-size data. The key needs to be hashed before being used by the "
                        + "HMAC algorithm.").utf8
                ),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] {
            XCTAssertEqual(Hex.encode(HMAC.sha256(of: message, key: key)), want, name)
        }
    }

    /// A key of exactly one block is used as it is, a longer one is hashed; against OpenSSL.
    func testKeysAroundOneBlock() {
        for (length, want) in [
            (64, "890f3a16e0ca0aaa3bf180f70fa8e3970b3fd6505e98fde157988dcc19d1685c"),
            (65, "0c256505306af48015530c139bb7add5ad7a6a9291cd511278a067e765816fbd"),
        ] {
            let key = [UInt8](repeating: UInt8(ascii: "k"), count: length)
            let code = HMAC.sha256(of: "message".utf8, key: key)
            XCTAssertEqual(Hex.encode(code), want, "\(length) bytes")
        }
    }

    func testConstantTimeEquality() {
        for (name, left, right, want) in [
            ("empty", "", "", true),
            ("same", "secret", "secret", true),
            ("first differs", "Secret", "secret", false),
            ("last differs", "secreT", "secret", false),
            ("shorter", "secre", "secret", false),
        ] {
            XCTAssertEqual(ConstantTime.equal(left.utf8, right.utf8), want, name)
        }
    }
}
