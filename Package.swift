// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let modules = [
    "AuroraModel", "AuroraSystem", "AuroraConfig", "AuroraDialects", "AuroraHTTP", "AuroraStore", "AuroraLive", "AuroraMonitoring",
    "AuroraRouting", "AuroraServices", "AuroraInference", "AuroraTasks", "AuroraRuntime", "AuroraMesh", "AuroraChat", "AuroraAdopt",
    "AuroraApply", "AuroraAPI", "AuroraNode",
    "AuroraCommands",
]

/// Every module has its tests beside it; they may use any module, the fakes and the server libraries.
let testTargets: [Target] = modules.filter { !["AuroraSystem", "AuroraAPI"].contains($0) }.map { name in
    .testTarget(
        name: "\(name)Tests",
        dependencies: modules.map { .init(stringLiteral: $0) } + [
            "AuroraTestSupport",
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "Metrics", package: "swift-metrics"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "Yams", package: "Yams"),
        ],
        swiftSettings: settings)
}

/// Modules from the bottom up. ARCHITECTURE.md draws them; `make check` keeps features from importing one another.
let package = Package(
    name: "aurora",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "aurora", targets: ["aurora"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .executableTarget(name: "aurora", dependencies: ["AuroraCommands"], swiftSettings: settings),
        .target(
            name: "AuroraCommands",
            dependencies: [
                "AuroraNode", "AuroraAdopt", "AuroraAPI", "AuroraConfig", "AuroraDialects", "AuroraHTTP", "AuroraLive", "AuroraMesh",
                "AuroraModel", "AuroraServices", "AuroraStore", "AuroraSystem",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraNode",
            dependencies: [
                "AuroraAPI", "AuroraChat", "AuroraConfig", "AuroraHTTP", "AuroraInference", "AuroraLive", "AuroraMesh", "AuroraModel",
                "AuroraMonitoring", "AuroraRouting", "AuroraRuntime", "AuroraServices", "AuroraStore", "AuroraSystem", "AuroraTasks",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: settings),
        .target(
            name: "AuroraAPI",
            dependencies: ["AuroraModel"],
            swiftSettings: settings),
        .target(
            name: "AuroraConfig",
            dependencies: ["AuroraModel", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(
            name: "AuroraServices",
            dependencies: ["AuroraModel", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(
            name: "AuroraInference",
            dependencies: [
                "AuroraDialects", "AuroraHTTP", "AuroraModel", "AuroraRouting", "AuroraSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(name: "AuroraRouting", dependencies: ["AuroraModel"], swiftSettings: settings),
        .executableTarget(
            name: "aurora-simulator", dependencies: ["AuroraModel", "AuroraRouting"], path: "bench/simulator", swiftSettings: settings),
        .target(
            name: "AuroraTasks",
            dependencies: [
                "AuroraDialects", "AuroraHTTP", "AuroraModel", "AuroraSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraRuntime",
            dependencies: [
                "AuroraModel", "AuroraSystem",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraMesh",
            dependencies: [
                "AuroraHTTP", "AuroraModel", "AuroraSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraDialects",
            dependencies: ["AuroraModel", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings),
        .target(
            name: "AuroraChat",
            dependencies: [
                "AuroraDialects", "AuroraHTTP", "AuroraModel", "AuroraSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: settings),
        .target(name: "AuroraAdopt", dependencies: ["AuroraModel", "AuroraSystem"], swiftSettings: settings),
        .target(name: "AuroraApply", dependencies: ["AuroraModel", "AuroraSystem"], swiftSettings: settings),
        .target(
            name: "AuroraMonitoring",
            dependencies: [
                "AuroraModel",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraHTTP",
            dependencies: [
                "AuroraModel", "AuroraSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraStore",
            dependencies: [
                "AuroraModel", "AuroraSystem",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuroraLive",
            dependencies: [
                "AuroraAdopt", "AuroraApply", "AuroraModel", "AuroraSystem",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: settings),
        .target(
            name: "AuroraSystem",
            dependencies: [
                "AuroraModel",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(name: "AuroraModel", swiftSettings: settings),
        .target(
            name: "AuroraTestSupport",
            dependencies: [
                "AuroraModel", "AuroraSystem",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/AuroraTestSupport",
            swiftSettings: settings),
    ] + testTargets
)
