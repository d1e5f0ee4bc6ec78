internal import Foundation
internal import Model

extension Question {
    private static let pageLimit = 4 << 20
    private static let mostPages = 200
    private static let mostTags = 100_000

    /// Every tag of the repository (distribution-spec, "Listing Tags").
    ///
    /// Where the next page is, only the registry knows: `Link` is followed as it is written, on the
    /// same server only, and a short page ends nothing.
    /// Of `pageSize`, a thousand is the most that ECR takes; others give less, and say so with a
    /// link.
    func tags(pageSize: Int = 1000) async throws(RegistryError) -> [String] {
        var url = try url("tags/list?n=\(pageSize)")
        var tags: Set<String> = []
        for _ in 0..<Self.mostPages {
            let reply = try await answer(to: HTTPRequest(url: url), limit: Self.pageLimit)
            guard reply.isSuccess else { throw failure(forTags: reply, url) }
            tags.formUnion(try page(reply.body, url))
            guard tags.count <= Self.mostTags else {
                throw failure(.tooLarge("more than \(Self.mostTags) tags"), url)
            }
            guard let link = reply["Link"].flatMap({ LinkHeader.next(in: $0) }) else {
                return tags.sorted()
            }
            guard let next = URL(string: link, relativeTo: url)?.absoluteURL,
                let origin = Origin(next), origin == Origin(url)
            else {
                throw failure(.malformed("the link to its next page leads to another server"), url)
            }
            url = next
        }
        throw failure(.tooLarge("more than \(Self.mostPages) pages of tags"), url)
    }

    /// Here 404 can only mean the repository.
    private func failure(forTags reply: HTTPReply, _ url: URL) -> RegistryError {
        let error = failure(for: reply, url)
        guard case .notFound = error.reason else { return error }
        return failure(.notFound(.repository), url, error.complaint)
    }

    /// One page; names that could not stand in an image name are nothing that could be deployed.
    private func page(_ body: Data, _ url: URL) throws(RegistryError) -> [String] {
        struct Page: Decodable {
            let tags: [String]?
        }
        do {
            let page = try JSONDecoder().decode(Page.self, from: body)
            return (page.tags ?? []).filter { (try? image.withTag($0)) != nil }
        } catch {
            throw failure(.malformed("what it gave is no list of tags"), url)
        }
    }
}
