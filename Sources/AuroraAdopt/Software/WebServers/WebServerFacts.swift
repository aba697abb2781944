/// Where something is written.
public struct FilePlace: Sendable, Hashable, Codable, CustomStringConvertible {
    public var file: String
    /// 1-based.
    public var line: Int

    public init(_ file: String, _ line: Int) { (self.file, self.line) = (file, line) }

    public var description: String { "\(file):\(line)" }
}

/// A web server as its own configuration files describe it.
public struct WebServerFacts: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable { case nginx, caddy, apache }

    public var kind: Kind
    public var mainFile: String
    /// Every file that was read, in the order of reading.
    public var files: [String] = []
    public var sites: [WebSite] = []
    public var upstreams: [UpstreamGroup] = []
    public var maps: [WebMap] = []

    public init(kind: Kind, mainFile: String) { (self.kind, self.mainFile) = (kind, mainFile) }
}

/// One `server` of nginx, one site of Caddy, one virtual host of Apache.
public struct WebSite: Sendable, Equatable, Codable {
    public var place: FilePlace
    /// Names as written, patterns among them; empty: the server answers for any name.
    public var names: [String] = []
    public var listens: [WebListen] = []
    public var root: String?
    public var index: [String] = []
    /// Passes bytes on without reading HTTP in them.
    public var isStream = false
    /// What the whole server hands on when no location does.
    public var proxy: ProxyTarget?
    public var tryFiles: [String] = []
    public var locations: [WebLocation] = []

    public init(place: FilePlace) { self.place = place }
}

/// Where a site takes connections.
public struct WebListen: Sendable, Hashable, Codable {
    /// Nil: every address.
    public var address: String?
    /// Nil for a unix socket.
    public var port: Int?
    public var socket: String?
    public var isTLS: Bool
    /// Answers when no other site has the name.
    public var isDefault: Bool
    public var isUDP: Bool

    public init(
        address: String? = nil, port: Int?, socket: String? = nil, isTLS: Bool = false, isDefault: Bool = false, isUDP: Bool = false
    ) {
        self.address = address
        self.port = port
        self.socket = socket
        self.isTLS = isTLS
        self.isDefault = isDefault
        self.isUDP = isUDP
    }
}

/// Which requests are treated in a way of their own, and how.
public struct WebLocation: Sendable, Equatable, Codable {
    public enum Match: String, Sendable, Codable {
        case prefix = ""
        /// A prefix that keeps patterns from being looked at.
        case preferredPrefix = "^~"
        case exact = "="
        case pattern = "~"
        case patternAnyCase = "~*"
        /// `location @name`, reached only from inside.
        case named = "@"
    }

    public var place: FilePlace
    public var match: Match
    /// The path or the pattern; for a named one its name, `@` included.
    public var path: String
    public var root: String?
    public var alias: String?
    public var index: [String] = []
    public var tryFiles: [String] = []
    public var proxy: ProxyTarget?
    public var locations: [WebLocation] = []

    public init(place: FilePlace, match: Match, path: String) { (self.place, self.match, self.path) = (place, match, path) }
}

/// Where requests are handed on to.
public struct ProxyTarget: Sendable, Equatable, Codable {
    public enum Wire: String, Sendable, Codable { case http, https, fastcgi, uwsgi, scgi, grpc, grpcs, tcp, memcached }

    public var wire: Wire
    /// As written, without a password.
    public var written: String
    /// The group that it names.
    public var upstream: String?
    /// `host:port` or `unix:/path`; empty when it is computed for each request.
    public var addresses: [String] = []
    /// What takes the place of the matched path; nil: the path is passed on as it is.
    public var path: String?

    public init(wire: Wire, written: String) { (self.wire, self.written) = (wire, written) }
}

/// A name for several servers.
public struct UpstreamGroup: Sendable, Equatable, Codable {
    public struct Server: Sendable, Equatable, Codable {
        /// `host:port` or `unix:/path`, as written.
        public var address: String
        public var weight: Int?
        public var isBackup: Bool
        public var isDown: Bool

        public init(_ address: String, weight: Int? = nil, isBackup: Bool = false, isDown: Bool = false) {
            (self.address, self.weight, self.isBackup, self.isDown) = (address, weight, isBackup, isDown)
        }
    }

    public var place: FilePlace
    public var name: String
    public var servers: [Server] = []

    public init(place: FilePlace, name: String) { (self.place, self.name) = (place, name) }
}

/// A variable that is made of others.
public struct WebMap: Sendable, Equatable, Codable {
    public var place: FilePlace
    public var source: String
    public var variable: String

    public init(place: FilePlace, source: String, variable: String) {
        (self.place, self.source, self.variable) = (place, source, variable)
    }
}
