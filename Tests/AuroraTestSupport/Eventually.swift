/// Waits for a condition that another thread makes true, looking again at every turn of the scheduler; false after the limit.
public func eventually(within limit: Duration = .seconds(10), _ condition: @Sendable () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return true }
        await Task.yield()
    }
    return await condition()
}
