import Testing

@testable import AuroraModel

@Suite("An error tells")
struct AuroraErrorTests {
    private static let meanings: [(AuroraError.Code, exit: Int32, status: Int)] = [
        (.failed, 1, 500), (.invalid, 2, 400), (.manifest, 2, 400), (.refused, 3, 403), (.portTaken, 1, 500), (.daemonUnreachable, 1, 503),
        (.notFound, 1, 404), (.conflict, 1, 409), (.unauthorized, 1, 401), (.forbidden, 1, 403), (.tooLarge, 1, 413), (.overloaded, 1, 503),
        (.unavailable, 1, 503), (.timedOut, 1, 504),
    ]

    @Test(arguments: meanings) func shellsAndClientsTheSame(code: AuroraError.Code, exit: Int32, status: Int) {
        let error = AuroraError(code, "it happened")
        #expect(error.exitCode == exit)
        #expect(error.httpStatus == status)
    }

    @Test func theMeaningOfEveryCode() {
        #expect(Set(Self.meanings.map(\.0)) == Set(AuroraError.Code.allCases))
    }

    @Test func programsItsCodeInSnakeCase() {
        #expect(AuroraError.Code.allCases.allSatisfy { $0.rawValue.allSatisfy { $0.isLowercase || $0 == "_" } })
        #expect(AuroraError.Code.daemonUnreachable.rawValue == "daemon_unreachable")
    }

    @Test func whatToDoOnALineOfItsOwn() {
        #expect("\(AuroraError(.failed, "port 80 is taken", hint: "stop nginx"))" == "port 80 is taken\n  fix: stop nginx")
        #expect("\(AuroraError(.failed, "port 80 is taken"))" == "port 80 is taken")
    }

    @Test func whereItCameThroughAndKeepsCauseAndHint() {
        let error = AuroraError(.portTaken, "port 80 is taken", hint: "stop nginx").adding("starting the gateway").adding("up")
        #expect(error == AuroraError(.portTaken, "up: starting the gateway: port 80 is taken", hint: "stop nginx"))
    }
}
