/// One thing wrong with a file the operator wrote: where, why, and what to write instead.
public struct Finding: Sendable, Equatable, Codable {
    public enum Severity: String, Sendable, Codable { case error, warning }

    public let severity: Severity
    public let file: String
    /// 1-based; nil when the finding is about the whole file.
    public let line: Int?
    public let reason: String
    public let fix: String

    public init(_ severity: Severity = .error, file: String, line: Int?, reason: String, fix: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.reason = reason
        self.fix = fix
    }
}

extension Finding: CustomStringConvertible {
    /// `aurora.yml:4: error: …` as editors and CI systems recognise it, the fix on a line of its own.
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(severity.rawValue): \(reason)\n  fix: \(fix)"
    }
}
