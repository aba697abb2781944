import NIOCore
import NIOWebSocket

/// What one WebSocket has been through, as a value: it takes frames and ticks and says what to do; sockets and timers live outside.
struct WebSocketState {
    enum Action: Equatable {
        case none
        case deliver(String)
        case pong(ByteBuffer)
        case ping
        case close(WebSocketCloseFrame, then: Ending)
        /// Both sides have said goodbye.
        case disconnect
    }

    /// How a connection ends after our close frame.
    enum Ending: Equatable {
        /// We spoke first: wait for the peer's close frame.
        case awaitEcho
        /// The peer spoke first: nothing more to wait for.
        case disconnect
        /// The peer broke the rules: end our side, and let it see that before the connection goes.
        case drain
    }

    private enum Phase { case open, closing }

    private let settings: WebSocketSettings
    private var phase = Phase.open
    /// What has come of a message in fragments.
    private var partial: ByteBuffer?
    private var unansweredPings = 0

    init(settings: WebSocketSettings) { self.settings = settings }

    var isOpen: Bool { phase == .open }

    mutating func received(_ frame: WebSocketFrame) -> Action {
        guard isOpen else { return frame.opcode == .connectionClose ? .disconnect : .none }
        do throws(WebSocketViolation) {
            return try accept(frame)
        } catch {
            return fail(error)
        }
    }

    /// The bytes that came were not frames, or not ones we take.
    mutating func received(_ error: NIOWebSocketError) -> Action {
        guard isOpen else { return .none }
        switch error {
        case .invalidFrameLength: return fail(tooLarge)
        case .fragmentedControlFrame, .multiByteControlFrameLength: return fail(WebSocketViolation(1002, "bad control frame"))
        }
    }

    /// Time for a ping. Without `isReading` a pong may lie unread behind messages that nobody has taken yet, so its absence says nothing.
    mutating func tick(isReading: Bool) -> Action {
        guard isOpen else { return .none }
        if !isReading { unansweredPings = 0 }
        guard unansweredPings < settings.maximumUnansweredPings else { return close(code: 1011, reason: "no answer to pings") }
        unansweredPings += 1
        return .ping
    }

    mutating func close(code: Int, reason: String) -> Action {
        guard isOpen else { return .none }
        phase = .closing
        return .close(WebSocketCloseFrame(code: code, reason: reason), then: .awaitEcho)
    }

    private var tooLarge: WebSocketViolation {
        WebSocketViolation(1009, "messages have at most \(settings.maximumMessageSize) bytes")
    }

    private mutating func fail(_ violation: WebSocketViolation) -> Action {
        phase = .closing
        partial = nil
        return .close(WebSocketCloseFrame(code: violation.code, reason: violation.reason), then: .drain)
    }

    private mutating func accept(_ frame: WebSocketFrame) throws(WebSocketViolation) -> Action {
        guard frame.maskKey != nil else { throw WebSocketViolation(1002, "frames of a client must be masked") }
        guard frame.reservedBits.isEmpty else { throw WebSocketViolation(1002, "no extension was agreed on") }
        switch frame.opcode {
        case .text:
            guard partial == nil else { throw WebSocketViolation(1002, "a new message inside a message") }
            return try append(frame)
        case .continuation:
            guard partial != nil else { throw WebSocketViolation(1002, "a continuation of nothing") }
            return try append(frame)
        case .ping: return .pong(frame.unmaskedData)
        case .pong:
            unansweredPings = 0
            return .none
        case .connectionClose:
            let echo = try WebSocketCloseFrame(parsing: frame.unmaskedData)
            phase = .closing
            return .close(echo, then: .disconnect)
        case .binary: throw WebSocketViolation(1003, "only text is taken")
        default: throw WebSocketViolation(1002, "unknown opcode")
        }
    }

    private mutating func append(_ frame: WebSocketFrame) throws(WebSocketViolation) -> Action {
        guard (partial?.readableBytes ?? 0) + frame.length <= settings.maximumMessageSize else { throw tooLarge }
        var whole = frame.unmaskedData
        if partial != nil || !frame.fin {
            // One buffer that grows, so that a flood of tiny fragments costs no more than its bytes.
            partial = partial ?? ByteBuffer()
            partial?.writeBuffer(&whole)
            guard frame.fin, let joined = partial else { return .none }
            partial = nil
            whole = joined
        }
        return .deliver(try whole.readWebSocketText())
    }
}
