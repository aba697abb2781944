import AuroraModel
import Foundation

/// Holds a new process back until its record is on disk.
///
/// The process starts as a shell that reads a line and then becomes the program, keeping its number. When the node dies before it wrote that
/// line, the shell reads the end of the pipe and ends: there is no moment in which a process works that nobody would find again.
struct LaunchGate: ~Copyable {
    static let shell = "/bin/sh"
    static let script = "IFS= read -r go || exit 125; exec \"$@\" </dev/null"

    /// The child's end. The node keeps it open too, so that writing to a child that has died gives no signal.
    let reading: Int32
    private let writing: Int32

    init() throws(AuroraError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw AuroraError(.failed, "cannot make a pipe: \(String(cString: strerror(errno)))", hint: "raise the limit of open files")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    func open() {
        var line = UInt8(ascii: "\n")
        _ = write(writing, &line, 1)
    }
}
