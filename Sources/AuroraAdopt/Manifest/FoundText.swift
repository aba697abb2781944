import AuroraModel
import Foundation

/// Who holds something, in words.
enum FoundText {
    /// `uvicorn (pid 812, user app, unit backend.service)`.
    static func owner(_ holder: Holder) -> String {
        if case .container(let container) = holder.kind { return "container \(container.name)" }
        let program = holder.process?.name
        let parts = [
            holder.process.map { "pid \($0.pid)" }, user(holder).map { "user \($0)" }, place(holder),
        ].compactMap(\.self)
        return "\(program ?? "an unknown program")\(parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")"
    }

    /// `uvicorn main:app, pid 812, user app, since 2026-11-01 09:12 UTC`.
    static func found(_ holder: Holder, detail: String?) -> String {
        let what = detail ?? holder.process?.name ?? description(holder)
        return [
            what, image(holder), holder.process.map { "pid \($0.pid)" }, user(holder).map { "user \($0)" },
            since(holder).map { "since \(time($0))" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// `unit backend.service`, `container web`, `process 812`.
    static func runs(_ holder: Holder) -> String { place(holder) ?? holder.process.map { "process \($0.pid)" } ?? "unknown owner" }

    static func since(_ holder: Holder) -> Date? {
        if case .container(let container) = holder.kind, let started = container.startedAt { return started }
        return holder.process?.startedAt
    }

    /// Minutes are enough for people, and the same in every time zone.
    static func time(_ date: Date) -> String {
        let text = date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false).dateTimeSeparator(.space))
        return "\(text.prefix(16)) UTC"
    }

    private static func place(_ holder: Holder) -> String? {
        switch holder.kind {
        case .container(let container): "container \(container.name)"
        case .unit(let unit): "unit \(unit)"
        case .process, .unknown: nil
        }
    }

    private static func user(_ holder: Holder) -> String? { holder.process?.user ?? holder.listeners.compactMap(\.user).first }

    private static func image(_ holder: Holder) -> String? {
        if case .container(let container) = holder.kind { "image \(container.image)" } else { nil }
    }

    private static func description(_ holder: Holder) -> String {
        guard let unit = holder.unit else { return "port held by a process that could not be seen" }
        return unit.description.isEmpty ? unit.name : unit.description
    }
}
