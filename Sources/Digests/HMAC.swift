/// Keyed hashing: proof that a message comes from someone who knows the key (RFC 2104).
package enum HMAC {
    /// HMAC-SHA-256 of `message` under `key`: 32 bytes.
    package static func sha256(
        of message: some Collection<UInt8>,
        key: some Collection<UInt8>
    ) -> [UInt8] {
        // RFC 2104 §2: a key longer than a block is replaced by its hash, a shorter one is padded.
        var block = key.count > SHA256.blockSize ? Digest(hashing: key).bytes : Array(key)
        block += repeatElement(0, count: SHA256.blockSize - block.count)

        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(message)

        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5c })
        outer.update(inner.digest.bytes)
        return outer.digest.bytes
    }
}
