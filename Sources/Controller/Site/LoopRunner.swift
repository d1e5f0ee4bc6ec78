internal import Platform

/// The controller: one loop for each environment, and the watch that wakes them.
package struct LoopRunner: Sendable {
    private let site: Site
    private let loops: [EnvironmentLoop]
    private let poll = Trigger()

    /// Conducts the loops of `environments`, which are independent of one another.
    package init(site: Site, environments: [String]) {
        self.site = site
        loops = environments.map(site.watchfulLoop)
    }

    /// Asks for a look at the remote and at everything else, now.
    package func refresh() {
        poll.pull()
        for loop in loops { loop.trigger.pull() }
    }

    /// Runs until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            let watch = Watch(site: site, loops: loops, poll: poll)
            group.addTask { await watch.run() }
            for loop in loops { group.addTask { await loop.run() } }
        }
    }
}
