internal import Foundation

/// A setting of the calling thread's network namespace that is a digit (sysctl(8)).
struct Sysctl {
    private let path: String

    /// Names a setting by its path below /proc/sys.
    init(_ name: String) { path = "/proc/sys/\(name)" }

    /// Sets it to 1 and reads it back; returns false where it was 1 already, or is one of `kept`.
    func turnOn(unless kept: Set<Character> = []) throws(SystemCallFailure) -> Bool {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw .last }
        defer { close(file) }
        let on = UInt8(ascii: "1")
        var value: UInt8 = 0
        guard pread(file, &value, 1, 0) == 1 else { throw .last }
        if value == on || kept.contains(Character(Unicode.Scalar(value))) { return false }
        guard pwrite(file, [on], 1, 0) == 1, pread(file, &value, 1, 0) == 1 else { throw .last }
        guard value == on else {
            throw SystemCallFailure(code: EPROTO, detail: "the kernel did not keep it")
        }
        return true
    }
}
