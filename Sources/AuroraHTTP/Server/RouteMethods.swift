import HTTPTypes
public import Hummingbird

/// Answers for the methods that a router's routes do not take.
public enum RouteMethods {
    private static let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]

    /// Gives every path that has routes `OPTIONS` (204), `HEAD` where there is `GET`, and 405 for what is left, each with the header `Allow`.
    /// Call it when all routes are there.
    public static func complete(_ router: Router<NodeContext>) {
        var paths: [String: (path: RouterPath, methods: Set<HTTPRequest.Method>)] = [:]
        for route in router.routes { paths[route.path.description, default: (route.path, [])].methods.insert(route.method) }
        for (path, methods) in paths.values { complete(path, taken: methods, router) }
    }

    private static func complete(_ path: RouterPath, taken: Set<HTTPRequest.Method>, _ router: Router<NodeContext>) {
        // The router makes HEAD out of GET by itself (`autoGenerateHeadEndpoints`).
        let served = taken.contains(.get) ? taken.union([.head]) : taken
        let allow = (known.filter(served.contains) + [.options]).map(\.rawValue).joined(separator: ", ")
        if !taken.contains(.options) {
            router.on(path, method: .options) { _, _ in Response(status: .noContent, headers: [.allow: allow]) }
        }
        for method in known where !served.contains(method) {
            router.on(path, method: method) { _, _ -> Response in throw HTTPError(.methodNotAllowed, headers: [.allow: allow]) }
        }
    }
}
