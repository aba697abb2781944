/// The one line of `/proc/PID/stat`.
public struct ProcessStat: Sendable, Equatable {
    public let name: String
    /// `R`, `S`, `Z`, … as `ps` shows it.
    public let state: String
    public let parent: Int32
    /// A thread of the kernel, which has no program.
    public let isKernelThread: Bool
    /// Clock ticks from boot to its start.
    public let startTicks: UInt64

    private static let kernelThread: UInt64 = 0x20_0000

    /// Nil for what is no such line. The name may itself hold blanks and brackets, so the last bracket ends it.
    public init?(_ line: String) {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
        let rest = line[line.index(after: close)...].split(whereSeparator: \.isWhitespace)
        // `ppid`, `flags` and `starttime` are the fields 4, 9 and 22 of the line; the two first ones stand before the bracket.
        guard rest.count > 19, let parent = Int32(rest[1]), let flags = UInt64(rest[6]), let ticks = UInt64(rest[19]) else { return nil }
        name = String(line[line.index(after: open)..<close])
        state = String(rest[0])
        self.parent = parent
        isKernelThread = flags & Self.kernelThread != 0
        startTicks = ticks
    }
}
