/// The header names that Aurora treats in a way of its own, told apart once while a head is parsed; all others are `other`.
public enum HeaderName: UInt8, Sendable {
    case other
    case host, connection, keepAlive, transferEncoding, contentLength, contentType, te, trailer, upgrade, expect
    case proxyConnection, proxyAuthenticate, proxyAuthorization
    case authorization, apiKey, cookie, origin, acceptEncoding, contentEncoding, server, requestID
    case accessControl, cacheControl, accelBuffering
    /// `X-Aurora-…`: what the client asks of the gateway itself.
    case aurora

    /// Belongs to one connection and is never passed on (RFC 9110, section 7.6.1).
    public var isHop: Bool {
        switch self {
        case .connection, .keepAlive, .transferEncoding, .te, .trailer, .upgrade, .proxyConnection, .proxyAuthenticate, .proxyAuthorization:
            true
        default: false
        }
    }

    /// - Parameter name: any case.
    init(_ name: UnsafeRawBufferPointer) {
        self =
            Self.known(name) ?? (Self.starts(name, with: "x-aurora-") ? .aurora : nil)
            ?? (Self.starts(name, with: "access-control-") ? .accessControl : .other)
    }

    /// Lengths first: most names differ in it, and then nothing is compared.
    private static func known(_ name: UnsafeRawBufferPointer) -> HeaderName? {
        func isName(_ known: StaticString) -> Bool { starts(name, with: known) }
        switch name.count {
        case 2: return isName("te") ? .te : nil
        case 4: return isName("host") ? .host : nil
        case 6:
            return isName("cookie") ? .cookie : isName("expect") ? .expect : isName("origin") ? .origin : isName("server") ? .server : nil
        case 7: return isName("upgrade") ? .upgrade : isName("trailer") ? .trailer : nil
        case 9: return isName("x-api-key") ? .apiKey : nil
        case 10: return isName("connection") ? .connection : isName("keep-alive") ? .keepAlive : nil
        case 12: return isName("content-type") ? .contentType : isName("x-request-id") ? .requestID : nil
        case 13: return isName("authorization") ? .authorization : isName("cache-control") ? .cacheControl : nil
        case 14: return isName("content-length") ? .contentLength : nil
        case 15: return isName("accept-encoding") ? .acceptEncoding : nil
        case 16: return isName("content-encoding") ? .contentEncoding : isName("proxy-connection") ? .proxyConnection : nil
        case 17: return isName("transfer-encoding") ? .transferEncoding : isName("x-accel-buffering") ? .accelBuffering : nil
        case 18: return isName("proxy-authenticate") ? .proxyAuthenticate : nil
        case 19: return isName("proxy-authorization") ? .proxyAuthorization : nil
        default: return nil
        }
    }

    /// ASCII letters compare without regard to case; `lowercased` has none that are upper.
    static func starts(_ name: UnsafeRawBufferPointer, with lowercased: StaticString) -> Bool {
        let count = lowercased.utf8CodeUnitCount
        guard name.count >= count else { return false }
        let wanted = lowercased.utf8Start
        for place in 0..<count {
            let byte = name[place]
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            guard lower == wanted[place] else { return false }
        }
        return true
    }
}
