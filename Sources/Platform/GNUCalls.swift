internal import Glibc

/// The GNU and Linux calls that Swift's Glibc module leaves out, because their headers show them
/// only under `_GNU_SOURCE`.
///
/// They are looked up by name in the C library that is loaded anyway, so no C target is needed.
/// A libc without one of them answers as a kernel without it would: -1 and `ENOSYS`.
enum GNUCalls {
    /// Makes a pipe whose ends no concurrently started child inherits, pipe2(2).
    static func pipe2(_ ends: UnsafeMutablePointer<CInt>, _ flags: CInt) -> CInt {
        guard let call = pipe2Address else { return unavailable() }
        return call(ends, flags)
    }

    /// Makes a file that lives in memory and has no name, memfd_create(2).
    static func memfdCreate(_ name: String, _ flags: CUnsignedInt) -> CInt {
        guard let call = memfdCreateAddress else { return unavailable() }
        return call(name, flags)
    }

    /// Moves the calling thread into another namespace, setns(2).
    static func setns(_ descriptor: CInt, _ kind: CInt) -> CInt {
        guard let call = setnsAddress else { return unavailable() }
        return call(descriptor, kind)
    }

    /// Lets a child close every descriptor from `lowest` on before it starts its program.
    static func addCloseFrom(
        _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>,
        _ lowest: CInt
    ) {
        // A libc without it (glibc before 2.34) leaves it to each descriptor's O_CLOEXEC.
        _ = addCloseFromAddress?(actions, lowest)
    }

    private typealias Pipe2 = @convention(c) (UnsafeMutablePointer<CInt>, CInt) -> CInt
    private typealias MemfdCreate = @convention(c) (UnsafePointer<CChar>, CUnsignedInt) -> CInt
    private typealias Setns = @convention(c) (CInt, CInt) -> CInt

    private typealias AddCloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt

    private static let addCloseFromAddress = address(
        "posix_spawn_file_actions_addclosefrom_np",
        as: AddCloseFrom.self
    )
    private static let pipe2Address = address("pipe2", as: Pipe2.self)
    private static let memfdCreateAddress = address("memfd_create", as: MemfdCreate.self)
    private static let setnsAddress = address("setns", as: Setns.self)

    private static func address<Call>(_ name: String, as type: Call.Type) -> Call? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }

    private static func unavailable() -> CInt {
        errno = ENOSYS
        return -1
    }
}
