internal import Foundation
internal import Platform

extension PrivateDocker {
    /// Kills every running container, as the kernel would.
    func endContainers() {
        for processID in containerProcesses() { kill(processID, SIGKILL) }
    }

    /// Removes what is left: processes, mounts, control groups, namespace, folder.
    func sweep() {
        let deadline = ContinuousClock.now + .seconds(10)
        // A process that is about to die may still mount something: again, until nobody is left
        // and nothing is there.
        while ContinuousClock.now < deadline {
            let left = containerProcesses() + namespaceProcesses()
            for processID in left { kill(processID, SIGKILL) }
            for mount in mounts().reversed() { umount2(mount, Int32(MNT_DETACH)) }
            removeControlGroups()
            if left.isEmpty, mounts().isEmpty { break }
            usleep(10_000)
        }
        _ = try? Command("ip", ["netns", "delete", namespaceName]).runBlocking()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Processes whose root is one of the daemon's file systems.
    private func containerProcesses() -> [Int32] {
        let own = status("/proc/self/ns/mnt")
        return processes { process in
            // Whoever shares this process's mounts sees the daemon's too, without being in one.
            guard self.status("\(process)/ns/mnt") != own,
                let mounts = try? Self.mountTable(of: process)
            else { return false }
            return mounts.split(separator: "\n").contains { line in
                // proc_pid_mountinfo(5): the fifth field is the mount point.
                let fields = line.split(separator: " ")
                return fields.count > 5 && fields[4] == "/" && line.contains(self.folder + "/")
            }
        }
    }

    /// Processes in the namespace: the daemon, containerd and its shims, port proxies, and what
    /// tests ran there.
    private func namespaceProcesses() -> [Int32] {
        guard let namespace = status("/run/netns/\(namespaceName)") else { return [] }
        return processes { self.status("\($0)/ns/net") == namespace }
    }

    private func processes(where matches: (String) -> Bool) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 != getpid() && matches("/proc/\($0)") }
    }

    /// What tells two files apart, links followed.
    private func status(_ path: String) -> [UInt64]? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    /// All of a process's mount table; `String(contentsOfFile:)` ends after the first 4 KiB of it.
    package static func mountTable(of process: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(process)/mountinfo"))
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }

    private func mounts() -> [String] {
        let table = try? Self.mountTable(of: "/proc/self")
        return (table ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 5, (fields[4] + "/").hasPrefix(folder + "/") else { return nil }
            return String(fields[4])
        }
    }

    /// One tree of its own for each controller (version 1), or one in all (version 2).
    private func removeControlGroups() {
        let root = "/sys/fs/cgroup"
        let controllers = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        for path in [root] + controllers.map({ "\(root)/\($0)" }) {
            let group = "\(path)/\(namespaceName)"
            let children = FileManager.default.enumerator(atPath: group)?.allObjects ?? []
            for case let child as String in children.reversed() { rmdir("\(group)/\(child)") }
            rmdir(group)
        }
    }
}
