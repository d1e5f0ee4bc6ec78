import XCTest

@testable import Registry

/// Fails unless `body` throws a ``RegistryError`` whose sentence has `words` in it.
func assertFails(
    _ name: String,
    _ words: String,
    file: StaticString = #filePath,
    line: UInt = #line,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        XCTFail("\(name): nothing was thrown", file: file, line: line)
    } catch let error as RegistryError {
        XCTAssertTrue("\(error)".contains(words), "\(name): \(error)", file: file, line: line)
    } catch {
        XCTFail("\(name): \(error)", file: file, line: line)
    }
}

/// Fails unless `body` throws a ``RegistryError`` with exactly this reason.
func assertReason(
    _ reason: RegistryError.Reason,
    _ name: String = "",
    file: StaticString = #filePath,
    line: UInt = #line,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        XCTFail("\(name): nothing was thrown", file: file, line: line)
    } catch let error as RegistryError {
        XCTAssertEqual(error.reason, reason, "\(name): \(error)", file: file, line: line)
    } catch {
        XCTFail("\(name): \(error)", file: file, line: line)
    }
}
