/// Something did not come about in time.
package struct TooLate: Error, CustomStringConvertible {
    /// What, and where it was waited for.
    package let description: String
}

/// Looks again and again until the condition holds.
///
/// For what gives no event to wait for, such as the state of another process.
///
/// - Throws: ``TooLate`` when the time is up, and what the condition throws.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(40),
    file: StaticString = #fileID,
    line: UInt = #line,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw TooLate(description: "\(file):\(line): not within \(limit): \(what)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
