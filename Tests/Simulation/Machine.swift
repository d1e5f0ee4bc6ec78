import Model

/// One container of the simulated host.
struct Machine {
    var record: Container
    let behaviour: Behaviour
    var restart: RestartPolicy
    /// The policy that it gets when it is the slot's own; nil for one that may run beside others of
    /// its slot.
    var withheld: RestartPolicy?
    /// Somebody stopped it, which Docker's restart policies respect.
    var isStoppedByHand = false
    /// When a stop that is under way ends the process.
    var stopMoment: Moment?
    /// When Docker starts it again.
    var restartMoment: Moment?

    var isAlive: Bool {
        switch record.state {
        case .running, .restarting, .paused: true
        case .created, .exited, .dead: false
        }
    }

    func accepts(at now: Moment) -> Bool {
        guard record.state == .running, stopMoment == nil, behaviour.fate != .mute,
            let started = record.started
        else { return false }
        return now >= started + .milliseconds(behaviour.boot)
    }

    /// Accepting, and no health check says otherwise.
    func isSound(at now: Moment) -> Bool {
        accepts(at: now) && record.health != .unhealthy
    }

    mutating func start(at now: Moment) {
        record.state = .running
        record.started = now
        record.health = behaviour.hasCheck ? .starting : .none
        isStoppedByHand = false
        restartMoment = nil
        stopMoment = nil
    }

    mutating func end(code: Int, at now: Moment) {
        record.state = .exited(code: code)
        record.finished = now
        stopMoment = nil
        guard !isStoppedByHand else { return }
        let restarts: Bool =
            switch restart {
            case .no: false
            case .always, .unlessStopped: true
            case .onFailure(let limit): code != 0 && (record.restarts ?? 0) < limit ?? .max
            }
        guard restarts else { return }
        record.state = .restarting
        let pause = min(Int64(100) << min(record.restarts ?? 0, 9), 60_000)
        restartMoment = now + .milliseconds(pause)
    }

    /// When something about it changes next by itself.
    func nextMoment(after now: Moment) -> Moment? {
        var moments = [stopMoment, restartMoment].compactMap(\.self)
        if record.state == .running, let started = record.started {
            moments.append(started + .milliseconds(behaviour.boot))
            switch behaviour.fate {
            case .exits(let after, _), .unhealthy(let after):
                moments.append(started + .milliseconds(after))
            case .well, .mute: break
            }
        }
        return moments.filter { $0 > now }.min()
    }

    /// Lets happen what is due; true where Docker would tell of it.
    mutating func advance(to now: Moment) -> Bool {
        if let stopMoment, stopMoment <= now {
            end(code: 143, at: now)
            return true
        }
        if let restartMoment, restartMoment <= now {
            start(at: now)
            record.restarts = (record.restarts ?? 0) + 1
            return true
        }
        guard record.state == .running, let started = record.started else { return false }
        let age = now - started
        switch behaviour.fate {
        case .exits(let after, let code) where age >= .milliseconds(after):
            end(code: code, at: now)
            return true
        case .unhealthy(let after) where age >= .milliseconds(after):
            guard behaviour.hasCheck, record.health != .unhealthy else { return false }
            record.health = .unhealthy
            return true
        default:
            break
        }
        guard record.health == .starting, age >= .milliseconds(behaviour.boot),
            behaviour.fate != .mute
        else { return false }
        record.health = .healthy
        return true
    }
}
