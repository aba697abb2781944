import AuroraModel
import AuroraSystem
import Logging

extension RuntimeService {
    func perform(_ action: Fleet.Action) async {
        switch action {
        case .launch(let plan, let run): await launch(plan, run: run)
        case .watch(let name, let run): await watch(name, run: run)
        case .signal(let name, let signal): if let record = runs[name] { processes.signal(record, signal) }
        case .kill(let name): if let record = runs[name] { processes.kill(record) }
        case .probe(let plan, let run): await probe(plan, run: run)
        case .tell: break
        }
    }

    /// From the start of a process until nothing is left of it.
    private func launch(_ plan: ProcessPlan, run: Int) async {
        var ending: ServiceEnding
        do {
            ending = try await processes.launch(plan) { record in try await self.began(record, run: run) }
        } catch let error as AuroraError {
            ending = .notStarted(error)
        } catch {
            ending = .notStarted(AuroraError(.failed, "\(error)"))
        }
        // A record whose process never began to work is of no use either.
        if let record = runs[plan.name] { await processes.finish(record, isFresh: true) }
        ended(plan.name, run: run, ending)
    }

    /// On disk before it counts: a node that is killed from here on finds the process again.
    private func began(_ record: RunRecord, run: Int) throws(AuroraError) {
        try ledger.write(record)
        runs[record.service] = record
        handle(.started(record.service, run: run, pid: record.pid))
    }

    private func watch(_ name: String, run: Int) async {
        guard let record = runs[name] else { return }
        await processes.untilEnd(of: record)
        guard !processes.isRunning(record) else { return }
        await processes.finish(record, isFresh: true)
        ended(name, run: run, .untold)
    }

    private func ended(_ name: String, run: Int, _ ending: ServiceEnding) {
        runs[name] = nil
        ledger.remove(name)
        handle(.ended(name, run: run, ending, lastWords: ending.succeeded ? nil : lastWords(of: name, ending)))
    }

    private func lastWords(of name: String, _ ending: ServiceEnding) -> String? {
        if case .notStarted = ending { return nil }
        let lines = String(decoding: processes.logTail(of: name, lines: 1).bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.last.map { String($0.prefix(200)) }
    }

    private func probe(_ plan: ProcessPlan, run: Int) async {
        let limit = plan.healthcheck.map { Duration.clamped(seconds: $0.timeout) } ?? .zero
        guard let test = plan.healthcheck?.test else { return }
        let failure = await processes.probe(test, of: plan, limit: max(limit, .milliseconds(100)))
        if !Task.isCancelled { handle(.probed(plan.name, run: run, failure: failure)) }
    }

    func log(_ name: String, _ notice: Fleet.Notice) {
        let service: Logger.Metadata = ["service": "\(name)"]
        switch notice {
        case .failed(let ending, let words, let again):
            let next = again.map { "is started again in \($0.components.seconds) s" } ?? "is not started again"
            logger.warning("service '\(name)' \(ending.sentence)\(Self.quoted(words)); it \(next)", metadata: service)
        case .crashLoop(let ending, let words, let failures):
            logger.error(
                "service '\(name)' failed \(failures) times in a row, last it \(ending.sentence)\(Self.quoted(words)); it is tried slowly",
                metadata: service.merging(["fix": "aurora logs \(name)"]) { $1 })
        case .takenOver(let pid):
            logger.notice("service '\(name)' still runs; it was taken over", metadata: service.merging(["pid": "\(pid)"]) { $1 })
        case .killed: logger.warning("service '\(name)' did not end in its time, and was killed", metadata: service)
        case .unhealthy(let why): logger.warning("service '\(name)' is unhealthy: \(why)", metadata: service)
        case .healthyAgain: logger.notice("service '\(name)' is healthy again", metadata: service)
        }
    }

    private static func quoted(_ words: String?) -> String { words.map { ", its last words: '\($0)'" } ?? "" }
}
