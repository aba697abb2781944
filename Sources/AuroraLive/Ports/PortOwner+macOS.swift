#if os(macOS)
import Foundation

extension PortOwner {
    /// `lsof` prints one field a line, each with its letter in front: `p812`, `cnginx`, `Lwww`.
    static func holder(of port: Int) -> PortHolder? {
        guard let stream = popen("/usr/sbin/lsof -nP -iTCP:\(port) -sTCP:LISTEN -F pcL 2>/dev/null", "r") else { return nil }
        defer { pclose(stream) }
        var fields: [Character: String] = [:]
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), stream) != nil {
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
            if let letter = line.first, fields[letter] == nil { fields[letter] = String(line.dropFirst()) }
        }
        guard !fields.isEmpty else { return nil }
        return PortHolder(pid: fields["p"].flatMap { Int32($0) }, name: fields["c"], user: fields["L"])
    }
}
#endif
