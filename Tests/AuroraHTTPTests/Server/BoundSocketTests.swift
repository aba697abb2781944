import AuroraModel
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraHTTP

@Suite("A bound socket")
struct BoundSocketTests {
    @Test func onPortZeroHasARealPort() throws {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        defer { close(socket.descriptor) }
        #expect((1...65535).contains(socket.port))
        #expect(socket.url == "http://127.0.0.1:\(socket.port)")
    }

    @Test func onIPv6HasAnAddressThatCanBeOpened() throws {
        let socket = try BoundSocket.tcp(host: "::1", port: 0)
        defer { close(socket.descriptor) }
        #expect(socket.url == "http://[::1]:\(socket.port)")
    }

    @Test func takesNoPortThatSomebodyHolds() throws {
        let holder = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        defer { close(holder.descriptor) }
        let error = #expect(throws: AuroraError.self) { try BoundSocket.tcp(host: "127.0.0.1", port: holder.port) }
        #expect(error?.code == .portTaken)
        #expect(error?.message == "port \(holder.port) on 127.0.0.1 is taken")
        #expect(error?.hint?.contains("ports:") == true)
    }

    @Test func isFreeAgainOnceClosed() throws {
        let first = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        close(first.descriptor)
        let second = try BoundSocket.tcp(host: "127.0.0.1", port: first.port)
        close(second.descriptor)
        #expect(second.port == first.port)
    }

    @Test(arguments: [-1, 65536, .max, .min]) func refusesNumbersThatAreNoPorts(port: Int) {
        let error = #expect(throws: AuroraError.self) { try BoundSocket.tcp(host: "127.0.0.1", port: port) }
        #expect(error?.code == .invalid)
        #expect(error?.message == "'\(port)' is not a port")
    }

    @Test(arguments: ["localhost", "", "127.0.0", "300.1.1.1", "::1::", "a\0b"]) func refusesWhatIsNoAddress(host: String) {
        let error = #expect(throws: AuroraError.self) { try BoundSocket.tcp(host: host, port: 0) }
        #expect(error?.code == .invalid)
        #expect(error?.message == "'\(host)' is not an IP address")
    }

    @Test func refusesAnAddressOfAnotherMachine() {
        let error = #expect(throws: AuroraError.self) { try BoundSocket.tcp(host: "192.0.2.1", port: 0) }
        #expect(error?.code == .invalid)
        #expect(error?.message == "this machine has no address '192.0.2.1'")
    }
}

@Suite("A unix socket")
struct UnixSocketTests {
    @Test func isForItsOwnerOnly() async throws {
        try await withTemporaryFolder { folder async throws in
            let socket = try BoundSocket.unix(path: "\(folder)/s")
            defer { close(socket.descriptor) }
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/s")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(socket.url == "\(folder)/s")
        }
    }

    @Test func replacesThatOfADeadProcess() async throws {
        try await withTemporaryFolder { folder async throws in
            close(try BoundSocket.unix(path: "\(folder)/s").descriptor)
            let next = try BoundSocket.unix(path: "\(folder)/s")
            close(next.descriptor)
        }
    }

    @Test func leavesThatOfALiveOneAlone() async throws {
        try await withTemporaryFolder { folder async throws in
            let live = try BoundSocket.unix(path: "\(folder)/s")
            defer { close(live.descriptor) }
            let error = #expect(throws: AuroraError.self) { try BoundSocket.unix(path: "\(folder)/s") }
            #expect(error?.code == .portTaken)
            #expect(error?.message == "another node already answers on '\(folder)/s'")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/s"))
        }
    }

    @Test func neverReplacesAFile() async throws {
        try await withTemporaryFolder { folder async throws in
            try "notes".write(toFile: "\(folder)/s", atomically: true, encoding: .utf8)
            let error = #expect(throws: AuroraError.self) { try BoundSocket.unix(path: "\(folder)/s") }
            #expect(error?.code == .refused)
            #expect(try String(contentsOfFile: "\(folder)/s", encoding: .utf8) == "notes")
        }
    }

    @Test func needsItsFolder() async throws {
        try await withTemporaryFolder { folder async throws in
            let error = #expect(throws: AuroraError.self) { try BoundSocket.unix(path: "\(folder)/none/s") }
            #expect(error?.message == "cannot listen on '\(folder)/none/s': No such file or directory")
        }
    }

    @Test func refusesAPathThatIsTooLong() {
        let path = "/" + String(repeating: "x", count: 200)
        let error = #expect(throws: AuroraError.self) { try BoundSocket.unix(path: path) }
        #expect(error?.code == .invalid)
        #expect(error?.message == "the socket path '\(path)' is too long")
    }
}
