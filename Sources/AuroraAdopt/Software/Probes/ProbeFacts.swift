/// Where a server is reached on this machine, and who runs it.
public struct ServerPlace: Sendable, Hashable, Codable {
    /// As a client of this machine writes it: `127.0.0.1`, `::1`; for PostgreSQL also the folder of its unix socket.
    public var host: String
    public var port: Int
    public var pid: Int32?
    public var unit: String?
    /// The name of the container that publishes the port.
    public var container: String?

    public init(host: String, port: Int, pid: Int32? = nil, unit: String? = nil, container: String? = nil) {
        (self.host, self.port, self.pid, self.unit, self.container) = (host, port, pid, unit, container)
    }
}

/// A PostgreSQL server on this machine.
public struct PostgresFacts: Sendable, Equatable, Codable {
    public struct Database: Sendable, Equatable, Codable {
        public var name: String
        /// Nil: this user may not connect to it.
        public var bytes: Int?

        public init(name: String, bytes: Int?) { (self.name, self.bytes) = (name, bytes) }
    }

    public struct Slot: Sendable, Equatable, Codable {
        public var name: String
        /// `physical` or `logical`.
        public var kind: String
        public var isActive: Bool

        public init(name: String, kind: String, isActive: Bool) { (self.name, self.kind, self.isActive) = (name, kind, isActive) }
    }

    public var place: ServerPlace
    /// `15.6` from the server itself, `15` where only the program's folder tells.
    public var version: String?
    public var dataFolder: String?
    public var databases: [Database]?
    public var isStandby: Bool?
    /// `wal_level`, `max_wal_senders`, `max_replication_slots`, `hot_standby`, … as the server says them.
    public var settings: [String: String] = [:]
    public var slots: [Slot] = []
    /// Of the database that was connected to.
    public var extensions: [String] = []
    /// Where the credentials came from, such as `DATABASE_URL in /srv/app/.env`; nil: nobody was asked.
    public var credentials: String?

    public init(place: ServerPlace) { self.place = place }
}

/// A database on another machine that files here refer to. It is not connected to.
public struct DatabaseElsewhere: Sendable, Hashable, Codable {
    public var host: String
    public var port: Int
    public var database: String?
    /// The variable and file that name it.
    public var source: String

    public init(host: String, port: Int, database: String?, source: String) {
        (self.host, self.port, self.database, self.source) = (host, port, database, source)
    }
}

/// A Redis, Valkey or KeyDB on this machine.
public struct RedisFacts: Sendable, Equatable, Codable {
    public var place: ServerPlace
    public var version: String?
    /// `standalone`, `sentinel`, `cluster`.
    public var mode: String?
    /// `master`, `slave`.
    public var role: String?
    public var usedBytes: Int?
    /// In all databases together.
    public var keys: Int?
    public var replicas: Int?
    public var keepsLog: Bool?
    public var configFile: String?
    public var wantsPassword = false

    public init(place: ServerPlace) { self.place = place }
}

/// A server that runs models.
public struct EngineFacts: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable { case ollama, openai }

    public var kind: Kind
    public var place: ServerPlace
    public var version: String?
    public var models: [String] = []
    /// Those in memory now; only Ollama tells.
    public var loaded: [String] = []

    public init(kind: Kind, place: ServerPlace) { (self.kind, self.place) = (kind, place) }
}

/// Prometheus or Grafana.
public struct MonitorFacts: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable { case prometheus, grafana }

    public var kind: Kind
    public var place: ServerPlace
    public var version: String?

    public init(kind: Kind, place: ServerPlace, version: String?) { (self.kind, self.place, self.version) = (kind, place, version) }
}

/// A port on which another Aurora answers.
public struct AuroraFacts: Sendable, Equatable, Codable {
    public var place: ServerPlace
    public var version: String?

    public init(place: ServerPlace, version: String?) { (self.place, self.version) = (place, version) }
}

/// A program that answers HTTP.
public struct WebAppFacts: Sendable, Equatable, Codable {
    /// Nil when it listens on a unix socket only.
    public var place: ServerPlace?
    /// `uvicorn`, `gunicorn`, `node`, … as its command line says.
    public var runner: String
    /// `main:app`, `server.js`, …
    public var app: String?
    public var workingFolder: String?
    /// The folder of its Python environment.
    public var environmentFolder: String?
    /// The first path of the usual ones that answered well; nil when none did.
    public var healthPath: String?
    /// The unix socket that it is bound to.
    public var socket: String?
    public var pid: Int32?

    public init(runner: String) { self.runner = runner }
}

/// A `.env` file: which names it sets, never what to.
public struct EnvFileFacts: Sendable, Hashable, Codable {
    public var path: String
    public var names: [String]

    public init(path: String, names: [String]) { (self.path, self.names) = (path, names) }
}
