/// Waits for a condition that another task or process makes true, looking again every few milliseconds; false after the limit.
public func eventually(within limit: Duration = .seconds(30), _ condition: @Sendable () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return true }
        // allowed: the pause between two looks; without it, waiting would take the processor from what is waited for
        try? await Task.sleep(for: .milliseconds(3))
    }
    return await condition()
}
