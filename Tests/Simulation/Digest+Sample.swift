package import Digests

extension Digest {
    /// A digest that stands for an image of the given version.
    package static func sample(_ version: String) -> Digest {
        Digest(hashing: Array(version.utf8))
    }
}
