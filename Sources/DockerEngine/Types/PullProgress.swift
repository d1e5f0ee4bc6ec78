/// What a pull is at, for one layer or for the image.
package struct PullProgress: Sendable, Equatable {
    /// The layer, by the start of its digest; nil for the image as a whole.
    package let layer: String?

    /// What is being done, such as `Downloading` or `Pull complete`.
    package let status: String

    /// How many bytes are done, where they are counted.
    package let current: Int64?

    /// How many there are, where it is known.
    package let total: Int64?
}

/// One line of a pull's answer: progress, or the error that ended it.
struct PullLine: Decodable {
    struct Detail: Decodable {
        let current: Int64?
        let total: Int64?
    }

    struct Failure: Decodable {
        let message: String?
    }

    let id: String?
    let status: String?
    let progressDetail: Detail?
    let errorDetail: Failure?

    /// What `errorDetail` replaces since API 1.48.
    let error: String?

    var progress: PullProgress? {
        guard let status else { return nil }
        return PullProgress(
            layer: id,
            status: status,
            current: progressDetail?.current,
            total: progressDetail?.total
        )
    }

    var failure: String? {
        errorDetail.map { $0.message ?? error ?? "" } ?? error
    }
}
