import NIOCore

/// Waits and bounds of tunnels, the same on both ends.
struct TunnelPace: Sendable {
    /// Pipes that a joined node keeps ready.
    var spare = 4
    /// Pipes of a joined node to one coordinator, busy ones included.
    var maximum = 256
    /// Connections that wait for a pipe of one node; more are closed at once.
    var waitingLimit = 256
    /// How long one of them waits.
    var waiting = TimeAmount.seconds(5)
    /// How often a ready pipe is looked at.
    var ping = TimeAmount.seconds(10)
    /// A ready pipe that heard nothing for this long is dead.
    var silence = TimeAmount.seconds(25)
    /// From connecting until the pipe is ready, and from `open` until the answer to it.
    var handshake = TimeAmount.seconds(10)
    var connect = TimeAmount.seconds(4)
    /// Ready pipes that a coordinator keeps for one node; what a burst left over is closed with its next ping.
    var keptReady = 8
}

extension Channel {
    /// Lets the kernel notice, within half a minute, that the machine at the other end is gone without a word.
    func watchForSilentEnd() {
        _ = setOption(.socketOption(.so_keepalive), value: 1)
        for (option, value) in TCPKeepAlive.options { _ = setOption(.tcpOption(option), value: value) }
    }
}

private enum TCPKeepAlive {
    /// After 10 s of silence a probe every 5 s, at most 3; data unacknowledged for 25 s ends the connection too.
    #if os(Linux)
    static let options: [(NIOBSDSocket.Option, Int)] = [
        (.init(rawValue: 4), 10), (.init(rawValue: 5), 5), (.init(rawValue: 6), 3), (.init(rawValue: 18), 25_000),
    ]
    #else
    static let options: [(NIOBSDSocket.Option, Int)] = [
        (.init(rawValue: 0x10), 10), (.init(rawValue: 0x101), 5), (.init(rawValue: 0x102), 3),
    ]
    #endif
}
