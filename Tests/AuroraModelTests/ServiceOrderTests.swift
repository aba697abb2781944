import AuroraModel
import Testing

@Suite struct ServiceOrderTests {
    private func services(_ text: String) -> [ServiceSpec] {
        text.split(separator: " ").map { word in
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            var spec = ServiceSpec(name: String(parts[0]))
            spec.dependsOn = parts.dropFirst().flatMap { $0.split(separator: ",") }.map { ServiceDependency(String($0)) }
            return spec
        }
    }

    @Test(arguments: [
        ("a b c", "a b c"), ("a:b b:c c", "c b a"), ("a:b,c b:c c", "c b a"), ("a:b b:a c", "c a b"), ("a:none b", "a b"), ("", ""),
    ])
    func whatIsWaitedForComesFirst(written: String, order: String) {
        #expect(ServiceOrder.sorted(services(written)).map(\.name).joined(separator: " ") == order)
    }

    @Test func servicesInACircleAreTold() {
        #expect(ServiceOrder.circle(in: services("a:b b:a c:a d")) == ["a", "b", "c"])
        #expect(ServiceOrder.circle(in: services("a:a")) == ["a"])
    }

    @Test func whatIsNeededIncludesWhatThatNeeds() {
        #expect(ServiceOrder.needed(by: ["a"], in: services("d a:b b:c c")).map(\.name) == ["a", "b", "c"])
        #expect(ServiceOrder.needed(by: ["a"], in: services("a:b b:a")).map(\.name) == ["a", "b"])
    }
}
