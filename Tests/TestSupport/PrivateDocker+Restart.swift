internal import Foundation
internal import Platform

extension PrivateDocker {
    /// Ends the daemon and starts it again as the host's power would: nothing gets a signal, and
    /// what only the kernel had is gone.
    ///
    /// Containers, containerd and its shims are killed; bridges, rules and connections are removed.
    /// What else runs in the namespace lives on.
    package func powerCut() async throws {
        await BlockingQueue(label: "private-docker.power").run {
            self.end(.suddenly)
            self.endContainers()
            self.endSupervisors()
        }
        let script = """
            nft flush ruleset
            for tool in iptables ip6tables; do
                for kind in filter nat raw mangle; do $tool -t $kind -F; $tool -t $kind -X; done
                $tool -P FORWARD ACCEPT
            done
            for bridge in $(ip -o link show type bridge | cut -d ' ' -f 2 | tr -d :); do
                ip link delete "$bridge"
            done
            """
        try await run(Command("sh", ["-c", script]))
    }

    /// Kills containerd and the shims, which outlive the daemon; containers first, or a shim
    /// reports their end to nobody.
    private func endSupervisors() {
        let deadline = ContinuousClock.now + .seconds(10)
        var left = supervisors()
        while !left.isEmpty, ContinuousClock.now < deadline {
            for process in left { kill(process, SIGKILL) }
            usleep(10_000)
            left = supervisors()
        }
    }

    private func supervisors() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else {
                return false
            }
            let text = String(decoding: line, as: UTF8.self)
            let program = text.prefix { $0 != "\0" }.split(separator: "/").last ?? ""
            return ["containerd", "containerd-shim-runc-v2", "docker-proxy"].contains(program)
                && (text.contains(folder) || isInside(process))
        }
    }

    private func isInside(_ process: Int32) -> Bool {
        var own = stat()
        var other = stat()
        return stat("/run/netns/\(namespaceName)", &own) == 0
            && stat("/proc/\(process)/ns/net", &other) == 0
            && own.st_ino == other.st_ino && own.st_dev == other.st_dev
    }
}
