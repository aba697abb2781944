import Testing

@testable import AuroraMesh
