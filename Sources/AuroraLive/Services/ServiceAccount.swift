import AuroraModel
import Foundation

/// The user that a service runs as.
struct ServiceAccount: Sendable, Equatable {
    var uid: uid_t
    var gid: gid_t
    /// The user's further groups.
    var groups: [gid_t]
    var home: String?
    /// Whether it is another user than the node's.
    var isOther: Bool

    /// - Parameter user: `name`, `uid`, `name:group` or `uid:gid`; nil: the node's own.
    /// Throws `refused` when the node may not become that user, `notFound` when there is none.
    static func resolve(_ user: String?, service: String, ownUser: uid_t = geteuid(), ownGroup: gid_t = getegid()) throws(AuroraError)
        -> Self
    {
        guard let user, !user.isEmpty else {
            return ServiceAccount(uid: ownUser, gid: ownGroup, groups: [], home: Accounts.user(id: ownUser)?.home, isOther: false)
        }
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let entry = Accounts.user(parts[0])
        guard let uid = entry?.uid ?? uid_t(parts[0]) else {
            throw AuroraError(
                .notFound, "service '\(service)' is to run as '\(user)', and there is no such user", hint: "make it, or name another")
        }
        var gid = entry?.gid ?? gid_t(uid)
        if parts.count > 1 {
            guard let group = Accounts.group(parts[1]) ?? gid_t(parts[1]) else {
                throw AuroraError(
                    .notFound, "service '\(service)' is to run as '\(user)', and there is no such group", hint: "make it, or name another")
            }
            gid = group
        }
        let isOther = uid != ownUser || (parts.count > 1 && gid != ownGroup)
        guard !isOther || ownUser == 0 else {
            throw AuroraError(
                .refused, "service '\(service)' is to run as '\(user)', and this node is not root",
                hint: "run the node as root, or leave out 'user'")
        }
        let groups = entry.map { Accounts.groups(of: $0.name, gid) } ?? [gid]
        return ServiceAccount(uid: uid, gid: gid, groups: groups, home: entry?.home, isOther: isOther)
    }
}

extension ServiceAccount {
    /// Where util-linux has it; every Debian and Fedora has that.
    private static let switchers = ["/usr/bin/setpriv", "/bin/setpriv"]

    /// What stands before a command so that it runs as this user; it becomes the command, with the same process.
    ///
    /// A child of a process with threads cannot change its user itself between fork and exec: the system's library would wait there for
    /// threads that only the parent has.
    func prefix(service: String) throws(AuroraError) -> [String] {
        guard isOther else { return [] }
        guard let program = Self.switchers.first(where: { access($0, X_OK) == 0 }) else {
            throw AuroraError(
                .notFound, "service '\(service)' is to run as another user, and there is no program 'setpriv'", hint: "install util-linux")
        }
        return [program, "--reuid=\(uid)", "--regid=\(gid)", "--groups=\(groups.map(String.init).joined(separator: ","))", "--"]
    }
}

/// The system's lists of users and groups.
enum Accounts {
    struct User: Sendable, Equatable {
        var name: String
        var uid: uid_t
        var gid: gid_t
        var home: String
    }

    private static let size = 65_536

    static func user(_ name: String) -> User? { user { getpwnam_r(name, $0, $1, $2, $3) } }

    static func user(id: uid_t) -> User? { user { getpwuid_r(id, $0, $1, $2, $3) } }

    private typealias Found = UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>

    private static func user(_ ask: (UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, Found) -> Int32) -> User? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: size)
        return buffer.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, ask(&entry, base, buffer.count, &found) == 0, found != nil, let name = entry.pw_name,
                let home = entry.pw_dir
            else { return nil }
            return User(name: String(cString: name), uid: entry.pw_uid, gid: entry.pw_gid, home: String(cString: home))
        }
    }

    static func group(_ name: String) -> gid_t? {
        var entry = Foundation.group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: size)
        return getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0 && found != nil ? entry.gr_gid : nil
    }

    /// All groups of a user, at most 256.
    static func groups(of name: String, _ gid: gid_t) -> [gid_t] {
        var count: Int32 = 256
        #if os(macOS)
        var all = [Int32](repeating: 0, count: Int(count))
        guard getgrouplist(name, Int32(bitPattern: gid), &all, &count) >= 0 else { return [gid] }
        return all.prefix(Int(max(0, count))).map { gid_t(bitPattern: $0) }
        #else
        var all = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(name, gid, &all, &count) >= 0 else { return [gid] }
        return Array(all.prefix(Int(max(0, count))))
        #endif
    }
}
