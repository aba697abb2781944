import AuroraLive
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraAdopt

@Suite("cron itself", .enabled(if: RealMachine.program("crontab") != nil, "cron is not installed"))
struct RealCronTests {
    /// `crontab -T` of Debian 12 and later checks a file and installs nothing.
    @Test func agreesOnWhatIsASchedule() async throws {
        let machine = try RealMachine.here()
        for text in [
            "* * * * *", "*/5 0-23/2 1,15 jan-mar mon,fri", "0 0 * * 7", "@daily", "@reboot", "60 * * * *", "* 24 * * *", "* * 0 * *",
            "* * * 13 *",
            "* * * * 8", "*/0 * * * *", "1,,2 * * * *", "@never", "a * * * *", "* * * january *", "1- * * * *",
        ] {
            try await withTemporaryFolder { folder in
                try RealMachine.write("\(text) /bin/true\n", to: "\(folder)/t")
                let end = try await machine.run("crontab", ["-T", "\(folder)/t"], environment: [:], limit: .seconds(5))
                let output = try #require(end).output
                guard !output.contains("invalid option") else { return }
                #expect(
                    (end?.exitCode == 0) == CronTable("\(text) /bin/true\n", file: "t", style: .user("a")).findings.isEmpty,
                    "\(text): \(output)")
            }
        }
    }
}
