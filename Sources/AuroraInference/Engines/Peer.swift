import AuroraDialects
import AuroraHTTP
public import AuroraModel
import AuroraRouting
import NIOCore

/// Another node as this one sees it.
public struct PeerView: Sendable {
    public let report: NodeReport
    /// Base URL of its gateway as it is reached from here.
    public let gateway: String
    public let isUp: Bool
    /// Why it is not.
    public let reason: String?
    /// What it is shown by this node.
    public let token: Secret?
    /// Round trip of a small call, in seconds.
    public let linkSeconds: Double
    /// When it told this.
    public let heard: ContinuousClock.Instant
}

/// Another node and its engines, which are workers here.
struct Peer: Sendable {
    private(set) var workers: [Worker] = []
    private(set) var view: PeerView?
    private var token: Secret?

    /// Takes in what the node told. True when the router must know.
    mutating func take(_ report: NodeReport, gateway: String, token: Secret?, linkSeconds: Double) -> Bool {
        var changed = view?.isUp != true || view?.report.isDraining != report.isDraining
        if view?.gateway != gateway || self.token != token {
            // Workers know where they are reached; with another address they are others.
            for worker in workers { worker.markDown("its node moved") }
            workers = []
            changed = true
        }
        self.token = token
        view = PeerView(report: report, gateway: gateway, isUp: true, reason: nil, token: token, linkSeconds: linkSeconds, heard: .now)
        let wanted = Set(report.workers.map(\.name))
        for worker in workers where !wanted.contains(worker.engineName) { worker.markDown("its node does not list it any more") }
        let kept = workers.filter { wanted.contains($0.engineName) }
        changed = changed || kept.count != workers.count
        workers = kept
        for told in report.workers { changed = take(told, of: report, linkSeconds) || changed }
        return changed
    }

    private mutating func take(_ told: WorkerReport, of report: NodeReport, _ linkSeconds: Double) -> Bool {
        guard let worker = worker(for: told, node: report.node) else { return false }
        guard told.isUp else { return worker.markDown(told.reason ?? "its node says that it is down") }
        let load = Worker.Load(
            slots: told.slots, running: told.inFlight + told.waiting, linkSeconds: linkSeconds, isDraining: report.isDraining,
            speeds: Dictionary(told.speeds.map { ($0.model, ToldSpeed($0)) }, uniquingKeysWith: { first, _ in first }))
        let models = told.models.compactMap { ModelList.model($0, kind: told.kind) }
        let now = ContinuousClock.now
        return worker.answered(models: models, version: told.version, load: load, asked: now, at: now)
    }

    private mutating func worker(for told: WorkerReport, node: String) -> Worker? {
        if let known = workers.first(where: { $0.engineName == told.name && $0.spec.kind == told.kind }) { return known }
        guard let gateway = view?.gateway else { return nil }
        workers.removeAll { $0.engineName == told.name }
        let spec = EngineSpec(name: "\(node)/\(told.name)", kind: told.kind, url: gateway, apiKey: token, source: .peer)
        guard let worker = try? Worker(spec, node: node, place: .peer(engine: told.name)) else { return nil }
        workers.append(worker)
        return worker
    }

    /// It does not answer any more. True when it did before.
    mutating func gone(_ reason: String) -> Bool {
        guard let old = view, old.isUp else { return false }
        view = PeerView(
            report: old.report, gateway: old.gateway, isUp: false, reason: reason, token: old.token, linkSeconds: old.linkSeconds,
            heard: old.heard)
        for worker in workers { worker.markDown(reason) }
        return true
    }
}

extension Worker {
    /// What it is called on its own node.
    var engineName: String {
        switch place {
        case .here: spec.name
        case .peer(let engine): engine
        }
    }
}

extension ToldSpeed {
    init(_ report: SpeedReport) {
        self.init(
            promptTokensPerSecond: report.promptTokensPerSecond, tokensPerSecond: report.tokensPerSecond, loadSeconds: report.loadSeconds)
    }
}
