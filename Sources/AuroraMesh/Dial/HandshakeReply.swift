import AuroraHTTP
import AuroraModel
import Foundation
import NIOCore

/// Reads what a coordinator answers to the request for a pipe: 101, or a refusal and its reason.
struct HandshakeReply {
    enum Outcome {
        /// With what came behind the answer.
        case open(ByteBuffer)
        case refused(AuroraError)
        case notHTTP
    }

    private static let headLimit = 16 * 1024
    private static let bodyLimit = 64 * 1024

    private var bytes = ByteBuffer()
    private var status: Int?
    private var length: Int?

    /// Nil while more has to come. `isEnd`: nothing more comes.
    mutating func feed(_ more: ByteBuffer, isEnd: Bool = false) -> Outcome? {
        bytes.writeImmutableBuffer(more)
        if status == nil, let outcome = readHead(isEnd: isEnd) { return outcome }
        guard let status else { return nil }
        let isWhole = length.map { bytes.readableBytes >= $0 } ?? false
        guard isEnd || isWhole || bytes.readableBytes >= Self.bodyLimit else { return nil }
        return .refused(Self.reason(status, bytes))
    }

    private mutating func readHead(isEnd: Bool) -> Outcome? {
        guard let end = Data(bytes.readableBytesView.prefix(Self.headLimit)).firstRange(of: Data("\r\n\r\n".utf8)) else {
            return isEnd || bytes.readableBytes >= Self.headLimit ? .notHTTP : nil
        }
        let head = bytes.readString(length: end.lowerBound) ?? ""
        bytes.moveReaderIndex(forwardBy: 4)
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let code = Int(words[1]), (100...599).contains(code) else { return .notHTTP }
        if code == 101 { return .open(bytes) }
        status = code
        length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        return nil
    }

    /// The coordinator's own words, where it has some.
    private static func reason(_ status: Int, _ body: ByteBuffer) -> AuroraError {
        if let told = try? JSONDecoder().decode(ErrorBody.self, from: Data(body.readableBytesView)).error {
            let code = AuroraError.Code(rawValue: told.code) ?? .failed
            return AuroraError(code, plain(told.message), hint: told.hint.map(plain))
        }
        switch status {
        case 404:
            return AuroraError(.notFound, "there is no Aurora node that can be joined (404)", hint: "name the port of its console, 8004")
        case 429, 500...599: return AuroraError(.unavailable, "it answered with status \(status)")
        default: return AuroraError(.failed, "it answered with status \(status)", hint: "is there a proxy that does not pass on 'Upgrade'?")
        }
    }

    /// It goes to a terminal and to logs.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(500)))
    }
}
