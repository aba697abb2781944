import Foundation

/// Signals by the names that people write, with or without `SIG`, or their numbers.
public enum SignalNames {
    private static let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "KILL": SIGKILL, "USR1": SIGUSR1, "USR2": SIGUSR2, "TERM": SIGTERM,
        "WINCH": SIGWINCH,
        "ALRM": SIGALRM, "CONT": SIGCONT,
    ]

    /// Nil for what is no signal that can ask a process to end.
    public static func number(_ name: String) -> Int32? {
        let name = name.uppercased()
        if let number = Int32(name) { return (1...31).contains(number) ? number : nil }
        return numbers[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name]
    }
}
