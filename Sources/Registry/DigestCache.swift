internal import Digests
internal import Model

/// The digests of earlier lookups.
struct DigestCache {
    private static let limit = 4096

    private struct Entry {
        let digest: Digest
        let since: Moment
    }

    private var entries: [ImageName: Entry] = [:]

    /// The digest if it is no older than `maxAge`; a clock that jumped back makes it unusable.
    func digest(of image: ImageName, now: Moment, maxAge: Duration) -> Digest? {
        guard let entry = entries[image], entry.since <= now, now - entry.since <= maxAge else {
            return nil
        }
        return entry.digest
    }

    mutating func remember(_ digest: Digest, of image: ImageName, now: Moment) {
        if entries.count >= Self.limit, entries[image] == nil {
            // The oldest half is dropped: a flood of names neither grows nor empties the cache.
            let ages = entries.values.map(\.since).sorted()
            let middle = ages[ages.count / 2]
            entries = entries.filter { $0.value.since > middle }
        }
        entries[image] = Entry(digest: digest, since: now)
    }

    mutating func forget(_ image: ImageName) {
        entries[image] = nil
    }
}
