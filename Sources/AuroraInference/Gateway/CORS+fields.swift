import AuroraHTTP
import NIOCore

extension CORS {
    /// Adds the field lines that tell a browser that its page may read the answer.
    func write(to fields: inout ByteBuffer, origin: String, host: String?) {
        for (name, value) in answerHeaders(origin: origin, host: host) { fields.writeString("\(name): \(value)\r\n") }
    }
}
