internal import DockerEngine
internal import Model
internal import Platform
internal import Traffic

/// Turns what happens outside into looks: the remote's tip, Docker's events, changes of the table.
struct Watch: Sendable {
    let site: Site
    let loops: [EnvironmentLoop]
    let poll: Trigger

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await followRemote() }
            group.addTask { await followEngine() }
            group.addTask { await followTable() }
            group.addTask { await keepTime() }
        }
    }

    private func lookEverywhere() {
        for loop in loops { loop.trigger.pull() }
    }

    private func record(_ kind: Event.Kind) {
        site.events.record([Event(kind, at: .now)])
    }

    // MARK: The remote

    private func followRemote() async {
        var backoff = Backoff(base: site.configuration.interval, limit: .seconds(600))
        var complaint: String?
        while !Task.isCancelled {
            var pause = site.configuration.interval
            do {
                let refresh = try await site.source.refresh()
                if refresh.isRewritten {
                    record(
                        .historyRewritten(from: refresh.previous ?? "", to: refresh.current)
                    )
                }
                if complaint != nil { record(.repositoryReachable) }
                complaint = nil
                backoff.reset()
                if refresh.isMoved { lookEverywhere() }
            } catch {
                if complaint != "\(error)" { record(.repositoryUnreachable("\(error)")) }
                complaint = "\(error)"
                pause = backoff.next()
            }
            await sleep(pause, orUntil: poll)
        }
    }

    private func sleep(_ duration: Duration, orUntil trigger: Trigger) async {
        let alarm = Task {
            guard (try? await Task.sleep(for: duration)) != nil else { return }
            trigger.pull()
        }
        for await _ in trigger.looks { break }
        alarm.cancel()
    }

    // MARK: Docker

    private func followEngine() async {
        var backoff = Backoff(base: .milliseconds(500), limit: .seconds(30))
        var isDown = false
        while !Task.isCancelled {
            do {
                // Berth's own have the label, too.
                let label = [Label.composeProject]
                let filters: EngineFilters = ["type": ["container"], "label": label]
                let events = try await site.engine.events(filters: filters)
                if isDown { record(.hostReachable) }
                isDown = false
                backoff.reset()
                // What happened before the stream was there is not in it.
                lookEverywhere()
                for try await event in events { await look(at: event) }
            } catch {
                if !isDown, !Task.isCancelled { record(.hostUnreachable("\(error)")) }
                isDown = true
            }
            try? await Task.sleep(for: backoff.next())
        }
    }

    private func look(at event: EngineEvent) async {
        guard let loop = await loop(about: event.attributes) else { return }
        // The one event that cannot wait for a pass: callers are refused meanwhile.
        if event.action == "die" {
            do {
                try await site.host.withdraw(event.actorID, from: loop.environment)
            } catch {
                site.log(.warning, "\(error)")
            }
        }
        loop.trigger.pull()
    }

    /// The loop of the environment that a container belongs to, or that takes its project over.
    private func loop(about labels: [String: String]) async -> EnvironmentLoop? {
        if let environment = labels[Label.environment] {
            return loops.first { $0.environment == environment }
        }
        guard let project = labels[Label.composeProject] else { return nil }
        for loop in loops {
            guard let desired = await loop.latest?.wanted.desired else { continue }
            if desired.adoptedProject == project { return loop }
        }
        return nil
    }

    // MARK: The table

    private func followTable() async {
        var isComplaining = false
        while !Task.isCancelled {
            do {
                for await _ in try await site.director.changes() { lookEverywhere() }
            } catch {
                if !isComplaining { site.log(.warning, "\(error)") }
                isComplaining = true
            }
            // Without being told, the interval still finds what changed.
            try? await Task.sleep(for: site.configuration.interval)
        }
    }

    // MARK: Time

    /// The clock says *look*, too: what no event tells is found at the interval.
    private func keepTime() async {
        while (try? await Task.sleep(for: site.configuration.interval)) != nil { lookEverywhere() }
    }
}
