import Testing

@testable import AuroraTasks
