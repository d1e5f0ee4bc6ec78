/// What git keeps in place of a file's content where a filter takes it away at every commit.
///
/// Berth reads commits as they are and runs no filters, so that the same commit is the same
/// everywhere.
enum GitPointer {
    private static let ofLFS = TextError(
        "it is a pointer of Git LFS, and its content is not in the commit",
        remedy: "take it out of Git LFS (git lfs untrack, then git add --renormalize) and commit "
            + "it, or name a file of the host by its absolute path"
    )

    /// The starts of such files, and what to say of each; LFS had another name at first.
    private static let kinds: [(start: [UInt8], error: TextError)] = [
        (Array("version https://git-lfs.github.com/spec/".utf8), ofLFS),
        (Array("version https://hawser.github.com/spec/".utf8), ofLFS),
        (
            Array("\0GITCRYPT\0".utf8),
            TextError(
                "it is encrypted by git-crypt, and no key for it is here",
                remedy: "put it on the host and name it by its absolute path, or take it out of "
                    + ".gitattributes, and commit it"
            )
        ),
        (
            Array("/annex/objects/".utf8),
            TextError(
                "it is a pointer of git-annex, and its content is not in the commit",
                remedy: "commit the content itself (git annex unannex), or name a file of the host "
                    + "by its absolute path"
            )
        ),
    ]

    /// What is wrong with a file that stands for another one; nil where it is one of its own.
    static func problem(of bytes: [UInt8]) -> TextError? {
        kinds.first { bytes.starts(with: $0.start) }?.error
    }
}
