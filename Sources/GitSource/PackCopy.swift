import Clibgit2

/// Copies commits with their trees and files from one repository on disk to another.
struct PackCopy: ~Copyable {
    private let source: OpaquePointer
    private let builder: Handle<PackBuilderKind>
    private let attempt: NetworkAttempt

    /// Borrows `source`, which must outlive this value.
    init(from source: OpaquePointer, attempt: NetworkAttempt) throws(GitFault) {
        let builder = try Handle<PackBuilderKind> { git_packbuilder_new(&$0, source) }
        // Berth shares its host with the services that it runs.
        git_packbuilder_set_threads(builder.pointer, 1)
        let pointer = builder.pointer
        try check {
            git_packbuilder_set_callbacks(pointer, { _, _, _, _ in PackCopy.mayContinue() }, nil)
        }
        self.source = source
        self.attempt = attempt
        self.builder = builder
    }

    /// Writes what `wanted` reach and `known` do not as one pack; no pack if that is nothing.
    ///
    /// Objects in `known` that the source lacks are ignored.
    borrowing func write(
        _ wanted: [CommitID],
        except known: [CommitID],
        into target: borrowing Handle<RepositoryKind>
    ) throws(GitFault) {
        let (source, builder) = (source, builder.pointer)
        let database = try Handle<DatabaseKind> { git_repository_odb(&$0, source) }
        let walk = try Handle<WalkKind> { git_revwalk_new(&$0, source) }
        for id in wanted {
            try add(id, to: walk)
        }
        for id in known {
            var oid = id.oid
            guard git_odb_exists(database.pointer, &oid) == 1 else { continue }
            try Self.hide(id, from: walk, in: source)
        }
        try attempt.checkTime()
        try check { git_packbuilder_insert_walk(builder, walk.pointer) }
        let count = git_packbuilder_object_count(builder)
        guard count > 0 else { return }
        try attempt.check(objects: count)
        let folder = target.path + "objects/pack"
        try check {
            git_packbuilder_write(builder, folder, 0, { _, _ in PackCopy.mayContinue() }, nil)
        }
    }

    /// Adds a tag itself, and what it points at with its history.
    private borrowing func add(
        _ id: CommitID,
        to walk: borrowing Handle<WalkKind>
    ) throws(GitFault) {
        let (source, builder, walk) = (source, builder.pointer, walk.pointer)
        var oid = id.oid
        while true {
            let object = try Handle<ObjectKind> {
                git_object_lookup(&$0, source, &oid, GIT_OBJECT_ANY)
            }
            switch git_object_type(object.pointer) {
            case GIT_OBJECT_COMMIT:
                try check { git_revwalk_push(walk, &oid) }
                return
            case GIT_OBJECT_TAG:
                try check { git_packbuilder_insert(builder, &oid, nil) }
                guard let target = git_tag_target_id(object.pointer) else { return }
                oid = target.pointee
            default:
                try check { git_packbuilder_insert_recur(builder, &oid, nil) }
                return
            }
        }
    }

    private static func hide(
        _ id: CommitID,
        from walk: borrowing Handle<WalkKind>,
        in source: OpaquePointer
    ) throws(GitFault) {
        var oid = id.oid
        let object = try Handle<ObjectKind> { git_object_lookup(&$0, source, &oid, GIT_OBJECT_ANY) }
        guard git_object_type(object.pointer) == GIT_OBJECT_COMMIT else { return }
        let walk = walk.pointer
        try check { git_revwalk_hide(walk, &oid) }
    }

    private static func mayContinue() -> Int32 {
        guard let attempt = NetworkAttempt.current else { return 0 }
        let code = attempt.answer { () throws(GitFault) in
            try attempt.checkTime()
            return 0
        }
        return Int32(code)
    }
}
