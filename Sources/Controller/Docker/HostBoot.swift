internal import Foundation
internal import Model
internal import Platform

/// When this host was booted (`btime` of `/proc/stat`).
enum HostBoot {
    static let moment: Moment? = {
        KernelFile.text(of: "/proc/stat").flatMap(moment(in:))
    }()

    static func moment(in text: String) -> Moment? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        let seconds = line?.split(separator: " ").last.flatMap { Int64($0) }
        return seconds.map { Moment(milliseconds: $0 * 1_000) }
    }
}
