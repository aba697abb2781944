import AuroraConfig
import AuroraModel
import Testing

@Suite struct AdoptedManifestTests {
    private let ports = PortsProposal(gateway: 8001, chat: 8005, console: 8004, reasons: ["Port 8003 is held by node (pid 4)."])

    @Test func theFirstManifestHoldsWhatWasFoundAndLoads() throws {
        let text = AdoptedManifest.text(keep: [Found.cache, Found.web], ports: ports)
        #expect(try words(text) == [])
        let loaded = try manifest(text)
        #expect(loaded.keep.map(\.name) == ["redis", "backend"])
        #expect(loaded.keep.last?.unit == "backend.service")
        #expect(loaded.ports.chat == 8005)
        #expect(text.contains("\n# Port 8003 is held by node (pid 4).\nports: { gateway: 8001, chat: 8005, console: 8004 }\n"))
    }

    @Test func withNothingFoundItIsStillWholeAndCanBeFilledLater() throws {
        let text = AdoptedManifest.text(keep: [], ports: ports)
        #expect(try manifest(text).keep == [])
        #expect(try manifest(try edited(text, Found.edit([Found.web]))).keep.map(\.name) == ["backend"])
    }

    @Test func itDiffersFromTheTemplateOnlyInWhatWasFound() {
        let standard = PortsProposal(gateway: 8001, chat: 8003, console: 8004)
        let lines = Set(ManifestTemplate.text.split(separator: "\n"))
        #expect(AdoptedManifest.text(keep: [], ports: standard).split(separator: "\n").filter { !lines.contains($0) } == ["keep: {}"])
    }
}
