import Testing

@testable import AuroraModel

@Suite("A caller may")
struct PrincipalTests {
    @Test(arguments: Scope.allCases) func whatTheTokenAllowsAndNothingElse(scope: Scope) {
        let caller = Principal(name: "phone", scopes: [scope])
        for other in Scope.allCases { #expect(caller.may(other) == (other == scope || scope == .admin)) }
    }

    @Test func nothingWithoutAScope() {
        #expect(Scope.allCases.allSatisfy { !Principal(name: "nobody", scopes: []).may($0) })
    }

    @Test(arguments: [Principal.local, .anonymous]) func everythingOnTheMachineItself(caller: Principal) {
        #expect(Scope.allCases.allSatisfy(caller.may))
    }
}
