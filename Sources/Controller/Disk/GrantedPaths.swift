internal import Foundation
internal import Model
internal import Platform

/// The paths of the host that an environment may mount and read, as the host has them now.
///
/// The manifest's path was compared with the grant's when it was read; where it really is, only the
/// host can say: a container that may write in a grant may have put a link there.
struct GrantedPaths {
    private struct Root {
        let grant: Grants.HostPath
        /// Where the grant's path really is, or would be.
        let path: String
        /// The folders that its name was looked up in.
        let folders: Set<String>
    }

    private let roots: [Root]

    /// Finds out where the grants are; blocks.
    init(_ grants: [Grants.HostPath]) {
        // What lies in a writable grant is covered by it, and what its name means is up to the
        // containers that write there.
        let outer = grants.filter { grant in
            !grants.contains { $0 != grant && !$0.isReadOnly && grant.path.isBeneath($0.path) }
        }
        let found = outer.map { grant in
            let place = Self.place(of: grant.path)
            return Root(grant: grant, path: place.path, folders: place.folders)
        }
        roots = found.filter { root in
            !found.contains { other in
                other.grant != root.grant && !other.grant.isReadOnly
                    && root.folders.contains { $0.isIn(other.path) }
            }
        }
    }

    /// Where a path really is; of one that is not there, where it would be.
    static func place(of path: String) -> (path: String, folders: Set<String>) {
        if let opened = try? OpenedPath.open(path) { return (opened.path, opened.folders) }
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            return (path, [])
        }
        let (parent, folders) = place(of: String(path[..<slash]))
        return ((parent == "/" ? "" : parent) + path[slash...], folders.union([parent]))
    }

    /// Opens a path, and fails unless what it resolves to lies in a grant; blocks.
    ///
    /// Links may lead anywhere within grants. With `creates`, folders that are missing there are
    /// created, where the grant is for writing, too.
    func open(_ path: String, readOnly: Bool, creates: Bool = false) throws -> OpenedPath {
        let allowed = roots.filter { readOnly || !$0.grant.isReadOnly }
        let opened = try OpenedPath.open(path) { missing in
            creates
                && allowed.contains {
                    !$0.grant.isReadOnly
                        && (missing.isIn($0.path) || $0.path.isBeneath(missing))
                }
        }
        guard allowed.contains(where: { opened.path.isIn($0.path) }) else {
            throw OutsideGrants(path: path, actual: opened.path, readOnly: readOnly)
        }
        return opened
    }
}

/// A path of the host leads out of what the environment's policy grants.
struct OutsideGrants: Error, Equatable, CustomStringConvertible {
    let path: String
    let actual: String
    let readOnly: Bool

    var description: String {
        path == actual
            ? "the host's \(path) is not granted; add it to policy.host_paths"
            : "\(path) of this host is a link to \(actual), which is not granted; remove the link, "
                + "or add \(actual)\(readOnly ? ":ro" : "") to policy.host_paths"
    }
}
