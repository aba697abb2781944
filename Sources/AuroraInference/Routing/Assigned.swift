import AuroraRouting
import NIOCore

/// A worker that was given a request.
struct Assigned {
    let worker: Worker
    let run: Run
    let silence: SilenceLimit
    /// When it was given the request.
    let at: NIODeadline
    /// Sent to the client as `X-Aurora-Reason`.
    let reason: String

    /// What the worker calls the model.
    var model: String { run.model }
}
