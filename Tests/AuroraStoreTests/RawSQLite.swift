import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// SQLite without the store and its library, to write old files and to look at new ones.
enum RawSQLite {
    struct Failure: Error { let message: String }

    private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Row =
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> Int32
    private typealias Exec =
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>, Row?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> Int32
    private typealias Close = @convention(c) (OpaquePointer?) -> Int32

    /// Runs statements and returns the first column of every row.
    @discardableResult
    static func run(_ sql: String, on path: String) throws -> [String] {
        let library = dlopen(nil, RTLD_NOW)
        let open = try function("sqlite3_open", library, as: Open.self)
        let exec = try function("sqlite3_exec", library, as: Exec.self)
        let close = try function("sqlite3_close", library, as: Close.self)
        var connection: OpaquePointer?
        defer { _ = close(connection) }
        guard open(path, &connection) == 0 else { throw Failure(message: "can not open \(path)") }
        var rows: [String] = []
        var message: UnsafeMutablePointer<CChar>?
        let code = withUnsafeMutablePointer(to: &rows) { exec(connection, sql, collect, $0, &message) }
        guard code == 0 else { throw Failure(message: message.map { String(cString: $0) } ?? "code \(code)") }
        return rows
    }

    private static let collect: Row = { rows, count, values, _ in
        guard count > 0, let value = values?[0] else { return 0 }
        rows?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: value))
        return 0
    }

    private static func function<Function>(_ name: String, _ library: UnsafeMutableRawPointer?, as type: Function.Type) throws -> Function {
        guard let symbol = dlsym(library, name) else { throw Failure(message: "no \(name)") }
        return unsafeBitCast(symbol, to: type)
    }
}
