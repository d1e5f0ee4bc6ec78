internal import Foundation
internal import Model
internal import Synchronization

/// One question to one registry, from its first request to the last.
struct Question {
    let image: ImageName
    let host: RegistryHost
    let client: RegistryClient
    let now: Moment
    let deadline: ContinuousClock.Instant

    var options: RegistryOptions { client.options }
    var repository: AuthorizationMemory.Repository { .init(host: host.name, path: image.path) }

    init(about image: ImageName, to client: RegistryClient, now: Moment) {
        self.image = image
        self.client = client
        self.now = now
        host = RegistryHost(image.registry, insecure: client.options.insecureRegistries)
        deadline = .now + client.options.timeout
    }

    /// The address of `path` in the image's repository.
    func url(_ path: String) throws(RegistryError) -> URL {
        guard let url = URL(string: "\(host.base)/v2/\(image.path)/\(path)") else {
            throw failure(.malformed("its name makes no address"), nil)
        }
        return url
    }

    /// Asks until there is an answer that is not a passing failure, or no time for another try.
    ///
    /// - Returns: a 2xx, or a 4xx that says something about what was asked; 401 and 429 are thrown.
    func answer(to request: HTTPRequest, limit: Int) async throws(RegistryError) -> HTTPReply {
        if let pause = client.memory.withLock({ $0.pause(of: host.name, now: now) }) {
            throw failure(.rateLimited(RateLimit(retryAfter: pause)), request.url)
        }
        var attempt = 0
        while true {
            var retryAfter: Duration?
            do throws(RegistryError) {
                let reply = try await authorizedReply(to: request, limit: limit)
                guard reply.status == 408 || reply.status == 429 || reply.status >= 500 else {
                    return reply
                }
                retryAfter = RateLimit(reply, now: now).retryAfter
                throw failure(for: reply, request.url)
            } catch {
                let pause = Retry.pause(
                    after: error.reason,
                    retryAfter: retryAfter,
                    attempt: attempt,
                    remaining: deadline - .now,
                    longest: options.longestPause
                )
                guard let pause else {
                    noteRateLimit(error)
                    throw error
                }
                try? await Task.sleep(for: pause)
                guard !Task.isCancelled else { throw failure(.cancelled, request.url) }
                attempt += 1
            }
        }
    }

    /// Sends one request, and goes where redirects lead.
    ///
    /// A 401 always comes from where the question went: what another server that a redirect leads
    /// to wants to know is no matter of the registry's credentials, and is an error.
    func send(_ request: HTTPRequest, limit: Int) async throws(RegistryError) -> HTTPReply {
        let asked = Origin(request.url)
        var request = request
        for _ in 0...Redirect.limit {
            do {
                let reply = try await transfer(request, limit: limit)
                guard let next = try Redirect.next(after: reply, to: request) else {
                    try checkAsker(of: reply, from: request.url, asked: asked)
                    return reply
                }
                request = next
            } catch {
                throw failure(reason(of: error), request.url)
            }
        }
        throw failure(.malformed("more than \(Redirect.limit) redirects in a row"), request.url)
    }

    private func checkAsker(
        of reply: HTTPReply,
        from url: URL,
        asked: Origin?
    ) throws(TransportError) {
        let origin = Origin(url)
        guard reply.status == 401, origin != asked else { return }
        let place = origin.map { "\($0.host):\($0.port)" } ?? "another server"
        throw .badRedirect("a redirect led to \(place), which wants to know who asks")
    }

    private func transfer(
        _ request: HTTPRequest,
        limit: Int
    ) async throws(TransportError) -> HTTPReply {
        let gate = client.gate
        await gate.enter(host.name)
        let end = min(deadline, .now + options.requestTimeout)
        let result: Result<HTTPReply, TransportError>
        do {
            result = .success(
                try await HTTPTransport.shared.send(request, limit: limit, until: end)
            )
        } catch {
            result = .failure(error)
        }
        await gate.leave(host.name)
        return try result.get()
    }

    /// Leaves the registry alone for as long as it asked.
    private func noteRateLimit(_ error: RegistryError) {
        guard case .rateLimited(let limit) = error.reason, let wait = limit.retryAfter else {
            return
        }
        client.memory.withLock { $0.pause(host.name, for: min(wait, .seconds(3600)), now: now) }
    }
}

extension Question {
    /// What the registry is asked about, as an error names it.
    var subject: String { image.familiar }

    func failure(
        _ reason: RegistryError.Reason,
        _ url: URL?,
        _ complaint: Complaint? = nil
    ) -> RegistryError {
        RegistryError(
            reason: reason,
            subject: subject,
            registry: host.name,
            url: url.map(Self.withoutSecrets) ?? host.base,
            complaint: complaint
        )
    }

    /// What an answer that is not a success means.
    func failure(for reply: HTTPReply, _ url: URL) -> RegistryError {
        let complaint = Complaint(reply.body)
        let reason: RegistryError.Reason =
            switch reply.status {
            case 401: .unauthorized(.none)
            case 403: .denied
            case 404: .notFound(complaint?.code == "NAME_UNKNOWN" ? .repository : .reference)
            case 408: .timeout(options.requestTimeout)
            case 429: .rateLimited(RateLimit(reply, now: now))
            case 500...: .server(status: reply.status)
            default: .malformed("status \(reply.status)")
            }
        return failure(reason, url, complaint)
    }

    private func reason(of error: TransportError) -> RegistryError.Reason {
        switch error {
        case .unreachable(let detail): .unreachable(detail)
        case .tls(let detail): .tls(detail)
        case .timedOut: .timeout(min(options.requestTimeout, options.timeout))
        case .tooLarge(let limit): .tooLarge("more than \(limit) bytes")
        case .cancelled: .cancelled
        case .badRedirect(let detail): .malformed(detail)
        }
    }

    /// Scheme, host, port and path: queries and user names may hold secrets.
    private static func withoutSecrets(_ url: URL) -> String {
        var parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        parts?.user = nil
        parts?.password = nil
        parts?.query = nil
        parts?.fragment = nil
        return parts?.string ?? ""
    }
}
