import AuroraModel
import Testing

/// Outputs as drivers of several versions wrote them.
@Suite("What drivers say about GPUs")
struct GPUTextTests {
    private static let mebibyte: Int64 = 1_048_576

    @Test func nvidiaTellsAllAboutEachGPU() {
        let text = """
            0, NVIDIA A100-SXM4-80GB, 81920, 62400, 73, 61
            1, NVIDIA GeForce RTX 4090, 24564, 1, 0, 34
            """
        #expect(
            NvidiaText.gpus(text) == [
                GPUReport(
                    name: "NVIDIA A100-SXM4-80GB", vendor: "nvidia", memoryBytes: 81_920 * Self.mebibyte,
                    memoryUsedBytes: 62_400 * Self.mebibyte, utilisationPercent: 73, temperatureCelsius: 61),
                GPUReport(
                    name: "NVIDIA GeForce RTX 4090", vendor: "nvidia", memoryBytes: 24_564 * Self.mebibyte, memoryUsedBytes: Self.mebibyte,
                    utilisationPercent: 0, temperatureCelsius: 34),
            ])
    }

    @Test(arguments: [
        // MIG enabled, driver 535: no utilisation of the whole.
        (
            "0, NVIDIA A800-SXM4-80GB, 81920, 36537, [N/A], 33",
            GPUReport(
                name: "NVIDIA A800-SXM4-80GB", vendor: "nvidia", memoryBytes: 81_920 * 1_048_576, memoryUsedBytes: 36_537 * 1_048_576,
                temperatureCelsius: 33)
        ),
        // Memory shared with the machine, driver 580.
        (
            "0, NVIDIA GB10, [N/A], [N/A], 0, 39",
            GPUReport(name: "NVIDIA GB10", vendor: "nvidia", utilisationPercent: 0, temperatureCelsius: 39)
        ),
        // An old board, driver 470.
        (
            "0, Tesla K80, 11441, 512, [Not Supported], [Unknown Error]",
            GPUReport(
                name: "Tesla K80", vendor: "nvidia", memoryBytes: 11_441 * 1_048_576, memoryUsedBytes: 512 * 1_048_576)
        ),
        (
            "0, NVIDIA Jetson, [Not Supported], [Not Supported], [Not Supported], [Not Supported]",
            GPUReport(name: "NVIDIA Jetson", vendor: "nvidia")
        ),
        (
            "3, A, B, 10, 1, 5, 40\r",
            GPUReport(
                name: "A, B", vendor: "nvidia", memoryBytes: 10_485_760, memoryUsedBytes: 1_048_576, utilisationPercent: 5,
                temperatureCelsius: 40)
        ),
    ])
    func whatAGPUCannotTellIsLeftOpen(_ line: String, _ gpu: GPUReport) { #expect(NvidiaText.gpus(line) == [gpu]) }

    @Test(arguments: [
        "", "\n\n", "No devices were found", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54", "0, [N/A], 1, 1, 1, 1",
        "x, GPU, 1, 1, 1, 1",
        "0,,,,,", "-1, GPU, 1, 1, 1, 1", "0, GPU", ",,,,,,,,,,,", "99999999999999999999, GPU, 1, 1, 1, 1",
    ])
    func whatIsNoGPUIsPassedOver(_ text: String) { #expect(NvidiaText.gpus(text) == []) }

    @Test func numbersThatCannotBeAreLeftOut() {
        let gpu = NvidiaText.gpus("0, GPU, 1e300, -5, 4000, 9999\nWARNING: infoROM is corrupted at gpu 0000:17:00.0")
        #expect(gpu == [GPUReport(name: "GPU", vendor: "nvidia")])
        #expect(NvidiaText.gpus("0, GPU, nan, inf, 0x10, ") == [GPUReport(name: "GPU", vendor: "nvidia")])
    }

    @Test func rocmOfTodayTellsCardSeries() {
        let text = """
            WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status

            {"card1": {"Temperature (Sensor edge) (C)": "N/A", "Temperature (Sensor junction) (C)": "44.0", "GPU use (%)": "100",
            "VRAM Total Memory (B)": "206141652992", "VRAM Total Used Memory (B)": "150000000000", "Card Series": "AMD Instinct MI300X",
            "Card Model": "0x74a1", "GFX Version": "gfx942"},
            "card0": {"GPU use (%)": "0", "VRAM Total Memory (B)": "21458059264", "VRAM Total Used Memory (B)": "27856896",
            "Card Series": "Radeon RX 7900 XT", "Card Model": "0x744c", "Card Vendor": "Advanced Micro Devices, Inc. [AMD/ATI]",
            "Temperature (Sensor edge) (C)": "35.0"}, "system": {"Driver version": "6.8.5"}}
            """
        #expect(
            ROCmText.gpus(text) == [
                GPUReport(
                    name: "Radeon RX 7900 XT", vendor: "amd", memoryBytes: 21_458_059_264, memoryUsedBytes: 27_856_896,
                    utilisationPercent: 0,
                    temperatureCelsius: 35),
                GPUReport(
                    name: "AMD Instinct MI300X", vendor: "amd", memoryBytes: 206_141_652_992, memoryUsedBytes: 150_000_000_000,
                    utilisationPercent: 100, temperatureCelsius: 44),
            ])
    }

    @Test func olderROCmTellsInOtherWords() {
        let text =
            #"{"card0": {"GPU use (%)": "19", "VRAM Total Memory (B)": "17163091968", "VRAM Total Used Memory (B)": "17453056", "Card series": "Navi 21 [Radeon RX 6800]", "Card model": "0x0e3a"}}"#
        #expect(ROCmText.gpus(text).map(\.name) == ["Navi 21 [Radeon RX 6800]"])
        #expect(ROCmText.gpus(#"{"card0":{"Device Name":"Phoenix3","GPU use (%)":"19"}}"#).map(\.name) == ["Phoenix3"])
        #expect(ROCmText.gpus(#"{"card0":{"VRAM Total Memory (B)":8}}"#) == [GPUReport(name: "AMD GPU", vendor: "amd", memoryBytes: 8)])
    }

    @Test(arguments: [
        "", "{", "}{", "[]", "{}", "null", #"{"card0":7}"#, #"{"cardx":{"GPU use (%)":"1"}}"#, "ERROR: no driver {not} json",
        #"{"card0":{}}"#,
    ])
    func garbageIsNoCard(_ text: String) {
        #expect(ROCmText.gpus(text) == [])
        #expect(AppleText.gpus(text) == [])
    }

    @Test func macsTellTheModelAndTheMemoryOfCardsThatHaveSome() {
        let apple =
            #"{"SPDisplaysDataType":[{"_name":"Apple M2 Max","sppci_model":"Apple M2 Max","sppci_cores":"30","spdisplays_vendor":"sppci_vendor_Apple","spdisplays_ndrvs":[{}]}]}"#
        #expect(AppleText.gpus(apple) == [GPUReport(name: "Apple M2 Max (30 cores)", vendor: "apple")])
        let intel =
            #"{"SPDisplaysDataType":[{"sppci_model":"AMD Radeon Pro 5500M","spdisplays_vram":"8 GB"},{"sppci_model":"Intel UHD Graphics 630","spdisplays_vram":"1536 MB"},{"_name":7},3]}"#
        #expect(
            AppleText.gpus(intel) == [
                GPUReport(name: "AMD Radeon Pro 5500M", vendor: "amd", memoryBytes: 8 << 30),
                GPUReport(name: "Intel UHD Graphics 630", vendor: "apple", memoryBytes: 1536 << 20),
            ])
        #expect(AppleText.gpus(#"{"SPDisplaysDataType":{}}"#) == [])
    }
}
