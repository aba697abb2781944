import AuroraHTTP
public import AuroraModel
public import Logging
public import NIOCore
import NIOSSL
public import ServiceLifecycle
import Synchronization

/// How this node stands with a coordinator that it joins.
public struct JoinStatus: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable { case connecting, joined, refused, unreachable }

    public var url: String
    public var state: State
    /// Why it is not joined.
    public var reason: String?
    /// Pipes that wait for work.
    public var ready: Int
    /// Pipes that carry something.
    public var open: Int
}

/// The joined node's end of the tunnels to one coordinator: keeps a few pipes ready, and opens more while they are taken.
///
/// It dials out only, so a node without any address of its own can be reached.
public final class TunnelDialer: Service, Sendable {
    private let dialler: Dialler
    private let backOff: BackOff
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let current: Mutex<JoinStatus>

    /// - Parameters:
    ///   - gateway: base URL of this node's own gateway.
    ///   - api: base URL of its own node API. Not the unix socket: who comes over a tunnel is not the owner of this machine.
    /// Throws `invalid` where one of them is no URL.
    public convenience init(
        _ target: JoinTarget, me: NodeIdentity, gateway: String, api: String, group: any EventLoopGroup,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) throws(AuroraError) {
        try self.init(
            target, me: me, gateway: gateway, api: api, group: group, pace: TunnelPace(), backOff: BackOff(), clock: clock, logger: logger)
    }

    init(
        _ target: JoinTarget, me: NodeIdentity, gateway: String, api: String, group: any EventLoopGroup, pace: TunnelPace,
        backOff: BackOff, clock: any Clock<Duration>, logger: Logger
    ) throws(AuroraError) {
        let servers: [TunnelPort: Endpoint] = [.gateway: try Endpoint.parse(gateway).endpoint, .api: try Endpoint.parse(api).endpoint]
        let instance = String(UInt64.random(in: .min ... .max), radix: 16)
        let hello = TunnelHello(node: me.name, mesh: me.mesh, role: me.role, instance: instance)
        let tls = target.endpoint.transport == .tls ? try? NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        dialler = Dialler(target: target, hello: hello, servers: servers, pace: pace, group: group, tls: tls)
        self.backOff = backOff
        self.clock = clock
        self.logger = logger
        current = Mutex(JoinStatus(url: target.url, state: .connecting, ready: 0, open: 0))
    }

    public var status: JoinStatus { current.withLock { $0 } }

    /// Until the node stops; every pipe is closed then.
    public func run() async throws {
        // Never holds more than two events for each pipe, whose number has a limit.
        let (events, feed) = AsyncStream.makeStream(of: DialPlan.Event.self)
        feed.yield(.start)
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                var plan = DialPlan(spare: dialler.pace.spare, maximum: dialler.pace.maximum, backOff: backOff)
                for await event in events {
                    let step = plan.take(event, chance: .random(in: 0...1))
                    note(event, plan)
                    for _ in 0..<step.dials {
                        group.addTask { [self] in await dialler.run { feed.yield($0) } }
                    }
                    if let pause = step.pause {
                        group.addTask { [self] in
                            guard (try? await clock.sleep(for: pause)) != nil else { return }
                            feed.yield(.resume)
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Keeps the status, and tells the operator what changed.
    private func note(_ event: DialPlan.Event, _ plan: DialPlan) {
        let (before, after) = current.withLock { status in
            let before = status
            (status.ready, status.open) = (plan.ready, plan.open)
            switch event {
            case .ready: (status.state, status.reason) = (.joined, nil)
            case .closed(.refused(let error)): (status.state, status.reason) = (.refused, error.message)
            // Pipes that still work prove that the coordinator is there.
            case .closed(.unreachable(let reason)) where plan.ready + plan.open == 0:
                (status.state, status.reason) = (.unreachable, reason)
            case .closed where plan.ready + plan.open == 0 && status.state == .joined:
                (status.state, status.reason) = (.unreachable, "it closed the connection")
            default: break
            }
            return (before, status)
        }
        guard before.state != after.state || before.reason != after.reason else { return }
        tell(after, event)
    }

    private func tell(_ status: JoinStatus, _ event: DialPlan.Event) {
        var metadata: Logger.Metadata = ["coordinator": "\(status.url)"]
        guard let reason = status.reason else { return logger.notice("joined", metadata: metadata) }
        metadata["reason"] = "\(reason)"
        if case .closed(.refused(let error)) = event, let hint = error.hint { metadata["fix"] = "\(hint)" }
        logger.warning(
            status.state == .refused ? "not let in; asked again now and then" : "no way to the coordinator; tried again", metadata: metadata
        )
    }
}
