import AuroraModel

/// Reads the files of a configuration that includes others, and keeps it from going round in circles or on for ever.
struct ConfigFiles {
    /// Limits far over what people write.
    static let countLimit = 1_000
    static let depthLimit = 24
    static let byteLimit = 4 << 20

    let machine: any MachineReading
    private(set) var read: [String] = []
    private(set) var unseen: [Unseen] = []
    private var open: [String] = []

    init(_ machine: any MachineReading) { self.machine = machine }

    /// The bytes of a file, which counts as open until `leave`; nil when it cannot be had, which is then told.
    mutating func enter(_ path: String, from place: FilePlace?) -> [UInt8]? {
        let origin = place.map { "\($0): " } ?? ""
        guard !open.contains(path) else {
            miss("\(origin)include of '\(path)'", why: "the file includes itself", fix: "remove the include")
            return nil
        }
        guard open.count < Self.depthLimit, read.count < Self.countLimit else {
            miss("\(origin)include of '\(path)'", why: "over \(Self.countLimit) files, or includes over \(Self.depthLimit) deep")
            return nil
        }
        guard let bytes = bytes(of: path, origin: origin) else { return nil }
        read.append(path)
        open.append(path)
        return bytes
    }

    mutating func leave() { _ = open.popLast() }

    /// The files that a path or a pattern names; none is an error only for a path without a pattern.
    mutating func expand(_ path: String, from place: FilePlace) -> [String] {
        do {
            return Glob.isPattern(path) ? try Glob.expand(path, on: machine) : [path]
        } catch {
            miss("\(place): files of '\(path)'", why: error.message, fix: error.hint ?? "run it as root")
            return []
        }
    }

    mutating func miss(_ what: String, why: String, fix: String? = nil) { unseen.append(Unseen(what, why: why, fix: fix)) }

    private mutating func bytes(of path: String, origin: String) -> [UInt8]? {
        do {
            guard let bytes = try machine.read(path, limit: Self.byteLimit) else {
                miss("\(origin)'\(path)'", why: "there is no such file")
                return nil
            }
            guard bytes.count < Self.byteLimit else {
                miss("\(origin)'\(path)'", why: "the file is over \(Self.byteLimit >> 20) MB")
                return nil
            }
            return bytes
        } catch {
            miss("\(origin)'\(path)'", why: error.message, fix: error.hint ?? "run it as root")
            return nil
        }
    }
}
