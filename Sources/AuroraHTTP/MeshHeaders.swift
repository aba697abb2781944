public import NIOHTTP1

/// Headers that nodes send one another with a request they pass on.
public enum MeshHeaders {
    /// How many nodes the request has passed. From 1 on only engines of the node itself may take it, so that no request goes in circles.
    public static let hop = "X-Aurora-Hop"
    /// Which engine of the node is meant.
    public static let worker = "X-Aurora-Worker"

    /// Whether another node has passed the request on. What is no number counts as yes: the safe side is not to pass it on again.
    public static func wasPassedOn(_ headers: HTTPHeaders) -> Bool {
        headers[canonicalForm: hop].contains { $0 != "0" }
    }
}
