internal import Foundation
internal import Model

/// One lookup in one registry, with the HTTP requests that it takes.
struct RegistryRequest {
    let image: ImageName
    let host: RegistryHost
    let client: RegistryClient
    let now: Moment
    let deadline: ContinuousClock.Instant

    var options: RegistryOptions { client.options }
    var repository: AuthorizationCache.Repository { .init(host: host.name, path: image.path) }

    init(about image: ImageName, to client: RegistryClient, now: Moment) {
        self.image = image
        self.client = client
        self.now = now
        host = RegistryHost(image.registry, insecure: client.options.insecureRegistries)
        deadline = .now + client.options.timeout
    }

    /// The URL of `path` in the image's repository.
    func url(_ path: String) throws(RegistryError) -> URL {
        guard let url = URL(string: "\(host.base)/v2/\(image.path)/\(path)") else {
            throw failure(.malformed("its name does not form a URL"), nil)
        }
        return url
    }

    /// Sends a request, and again after temporary failures, until the deadline.
    ///
    /// - Returns: a 2xx or 4xx; 401, 408 and 429 are thrown.
    func answer(to request: HTTPRequest, limit: Int) async throws(RegistryError) -> HTTPReply {
        if let pause = await client.requestLimit.pause(of: host.name, now: now) {
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
                    await noteRateLimit(error)
                    throw error
                }
                try? await Task.sleep(for: pause)
                guard !Task.isCancelled else { throw failure(.cancelled, request.url) }
                attempt += 1
            }
        }
    }

    /// Sends one request, and follows redirects.
    ///
    /// A 401 of another server that a redirect points to is an error: the registry's credentials
    /// are not for it.
    func send(_ request: HTTPRequest, limit: Int) async throws(RegistryError) -> HTTPReply {
        let registry = Origin(request.url)
        var request = request
        for _ in 0...Redirect.limit {
            do {
                let reply = try await transfer(request, limit: limit)
                guard let next = try Redirect.next(after: reply, to: request) else {
                    try checkChallenger(of: reply, from: request.url, registry: registry)
                    return reply
                }
                request = next
            } catch {
                throw failure(reason(of: error), request.url)
            }
        }
        throw failure(.malformed("more than \(Redirect.limit) redirects in a row"), request.url)
    }

    private func checkChallenger(
        of reply: HTTPReply,
        from url: URL,
        registry: Origin?
    ) throws(TransportError) {
        let origin = Origin(url)
        guard reply.status == 401, origin != registry else { return }
        let place = origin.map { "\($0.host):\($0.port)" } ?? "another server"
        throw .badRedirect("a redirect points to \(place), which requires authentication")
    }

    private func transfer(
        _ request: HTTPRequest,
        limit: Int
    ) async throws(TransportError) -> HTTPReply {
        let requestLimit = client.requestLimit
        await requestLimit.enter(host.name)
        let end = min(deadline, .now + options.requestTimeout)
        let result: Result<HTTPReply, TransportError>
        do {
            result = .success(
                try await HTTPTransport.shared.send(request, limit: limit, until: end)
            )
        } catch {
            result = .failure(error)
        }
        await requestLimit.leave(host.name)
        return try result.get()
    }

    private func noteRateLimit(_ error: RegistryError) async {
        guard case .rateLimited(let limit) = error.reason, let wait = limit.retryAfter else {
            return
        }
        await client.requestLimit.pause(host.name, for: min(wait, .seconds(3600)), now: now)
    }
}

extension RegistryRequest {
    func failure(
        _ reason: RegistryError.Reason,
        _ url: URL?,
        _ serverMessage: ServerMessage? = nil
    ) -> RegistryError {
        RegistryError(
            reason: reason,
            subject: image.familiar,
            registry: host.name,
            url: url.map(Self.withoutSecrets) ?? host.base,
            serverMessage: serverMessage
        )
    }

    /// The error of an answer that is not a success.
    func failure(for reply: HTTPReply, _ url: URL) -> RegistryError {
        let serverMessage = ServerMessage(reply.body)
        let reason: RegistryError.Reason =
            switch reply.status {
            case 401: .unauthorized(.none)
            case 403: .denied
            case 404: .notFound(serverMessage?.code == "NAME_UNKNOWN" ? .repository : .reference)
            case 408: .timeout(options.requestTimeout)
            case 429: .rateLimited(RateLimit(reply, now: now))
            case 500...: .server(status: reply.status)
            default: .malformed("status \(reply.status)")
            }
        return failure(reason, url, serverMessage)
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

/// Whether and when a failed request is repeated.
enum Retry {
    private static let limit = 2

    /// How long to wait before the next attempt; nil if there is none.
    ///
    /// A rate limit without `Retry-After` is not retried: more requests would prolong it.
    /// `attempt` counts the attempts before the one that failed.
    static func pause(
        after reason: RegistryError.Reason,
        retryAfter: Duration?,
        attempt: Int,
        remaining: Duration,
        longest: Duration
    ) -> Duration? {
        guard attempt < limit else { return nil }
        let pause: Duration
        switch reason {
        case .rateLimited(let limit):
            guard let wait = limit.retryAfter else { return nil }
            pause = wait
        case .unreachable, .server, .timeout:
            pause = retryAfter ?? .milliseconds(250 << (2 * attempt))
        default:
            return nil
        }
        return pause <= longest && pause < remaining ? pause : nil
    }
}
