import Clibgit2
import Glibc

/// Carries libgit2's smart protocol over an `ssh` process.
///
/// libgit2 asks for the same stream twice, for the list of references and for the fetch, and
/// frees the stream before the transport.
final class SSHTransport {
    private let attempt: NetworkAttempt
    private var process: SSHProcess?
    private var stream: UnsafeMutablePointer<git_smart_subtransport_stream>?

    private init(attempt: NetworkAttempt) { self.attempt = attempt }

    /// For `git_remote_callbacks.transport`.
    static let callback: git_transport_cb = { out, owner, _ in
        var definition = git_smart_subtransport_definition()
        definition.callback = { out, _, _ in SSHTransport.make(out) }
        definition.rpc = 0
        // Read during the call only (smart.c@v1.5.1), so a local is enough.
        return git_transport_smart(out, owner, &definition)
    }

    private static func make(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport>?>?
    ) -> Int32 {
        guard let out, let attempt = NetworkAttempt.current else { return -1 }
        let memory = UnsafeMutablePointer<berth_subtransport>.allocate(capacity: 1)
        memory.initialize(to: berth_subtransport())
        memory.pointee.owner = Unmanaged.passRetained(SSHTransport(attempt: attempt)).toOpaque()
        memory.pointee.parent.action = { out, raw, _, service in
            SSHTransport.action(out, raw, service)
        }
        memory.pointee.parent.close = { raw in
            SSHTransport.of(raw)?.process = nil
            return 0
        }
        memory.pointee.parent.free = { raw in
            guard let memory = SSHTransport.memory(raw) else { return }
            if let owner = memory.pointee.owner {
                Unmanaged<SSHTransport>.fromOpaque(owner).release()
            }
            memory.deallocate()
        }
        out.pointee = UnsafeMutableRawPointer(memory)
            .assumingMemoryBound(to: git_smart_subtransport.self)
        return 0
    }

    private static func action(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport_stream>?>?,
        _ raw: UnsafeMutablePointer<git_smart_subtransport>?,
        _ service: git_smart_service_t
    ) -> Int32 {
        guard let transport = of(raw) else { return -1 }
        let code = transport.attempt.answer { () throws(GitFault) in
            switch service {
            case GIT_SERVICE_UPLOADPACK_LS:
                try transport.start()
                out?.pointee = transport.makeStream(under: raw)
            case GIT_SERVICE_UPLOADPACK where transport.stream != nil:
                out?.pointee = transport.stream
            default:
                throw GitFault(.invalidData, "only fetching works over ssh")
            }
            return 0
        }
        return Int32(code)
    }

    private func start() throws(GitFault) {
        guard case .ssh(let address) = attempt.remote.location.address,
            case .sshKey(let keyFile, let knownHosts) = attempt.remote.credentials
        else { throw GitFault(.invalidRemote, "ssh needs a key and a known hosts file") }
        // `ssh` takes a missing file for an empty one, and would report an unknown host.
        guard access(knownHosts, R_OK) == 0 else {
            throw .system(.credentialsFile(path: knownHosts), "opening it")
        }
        process = try SSHProcess(
            address,
            keyFile: keyFile,
            knownHosts: knownHosts,
            attempt: attempt
        )
    }

    private func makeStream(
        under raw: UnsafeMutablePointer<git_smart_subtransport>?
    ) -> UnsafeMutablePointer<git_smart_subtransport_stream> {
        let memory = UnsafeMutablePointer<git_smart_subtransport_stream>.allocate(capacity: 1)
        memory.initialize(to: git_smart_subtransport_stream())
        memory.pointee.subtransport = raw
        memory.pointee.read = { raw, data, size, count in
            SSHTransport.answer(raw) { process throws(GitFault) in
                count?.pointee = 0
                let buffer = UnsafeMutableRawBufferPointer(start: data, count: size)
                count?.pointee = try process.read(into: buffer)
            }
        }
        memory.pointee.write = { raw, data, size in
            SSHTransport.answer(raw) { process throws(GitFault) in
                try process.write(UnsafeRawBufferPointer(start: data, count: size))
            }
        }
        memory.pointee.free = { raw in
            SSHTransport.of(raw?.pointee.subtransport)?.stream = nil
            raw?.deallocate()
        }
        stream = memory
        return memory
    }

    private static func answer(
        _ raw: UnsafeMutablePointer<git_smart_subtransport_stream>?,
        _ body: (SSHProcess) throws(GitFault) -> Void
    ) -> Int32 {
        guard let transport = of(raw?.pointee.subtransport), let process = transport.process else {
            return -1
        }
        let code = transport.attempt.answer { () throws(GitFault) in
            try body(process)
            return 0
        }
        return Int32(code)
    }

    private static func of(_ raw: UnsafeMutablePointer<git_smart_subtransport>?) -> SSHTransport? {
        guard let owner = memory(raw)?.pointee.owner else { return nil }
        return Unmanaged<SSHTransport>.fromOpaque(owner).takeUnretainedValue()
    }

    /// `git_smart_subtransport` is the first member of `berth_subtransport`.
    private static func memory(
        _ raw: UnsafeMutablePointer<git_smart_subtransport>?
    ) -> UnsafeMutablePointer<berth_subtransport>? {
        UnsafeMutableRawPointer(raw)?.assumingMemoryBound(to: berth_subtransport.self)
    }
}
