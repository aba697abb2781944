import Testing

@testable import AuroraRouting
