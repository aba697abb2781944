import AuroraModel

/// What a look at the software says about a port of this machine.
struct Recognised: Equatable {
    var port: Int
    var kind: KeptKind
    /// As it may be written; nil: made of the kind and the listener.
    var url: String?
    var health: String?
    /// Files and folders that belong to it.
    var config: [String] = []
    /// A name that its own configuration gives it.
    var name: String?
    /// A few words for the comment: `PostgreSQL 15.8`, `uvicorn main:app`.
    var detail: String?
}
