import AuroraLive
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraAdopt

@Suite("cron itself", .enabled(if: RealMachine.program("crontab") != nil && geteuid() == 0, "cron is not installed, or this is not root"))
struct RealCronTests {
    /// Installs each of the files in turn, in a mount namespace where the folder of crontabs is an empty one in memory, and says which
    /// of them cron takes.
    private static let script = """
        mount -t tmpfs tmpfs /var/spool/cron && mkdir -m 1730 /var/spool/cron/crontabs || exit 9
        for file in "$@"; do crontab "$file" >/dev/null 2>&1 && echo taken || echo refused; done
        """
    private static let tables = [
        "* * * * * a", "*/5 0-23/2 1,15 jan-mar mon,fri a", "0 0 * * 7 a", "* * * Jan-MAR * a", "*/99 * * * * a", "01 00 * * 00 a",
        "* * * * 5-7 a",
        "*/5,7 * * * * a", "* * 1,2-4/2 * * a", "@daily a", "@reboot a", "@Daily a", "@every_minute a", "60 * * * * a",
        "* 24 * * * a",
        "* * 0 * * a", "* * * 13 * a", "* * * * 8 a", "*/0 * * * * a", "5-5/0 * * * * a", "*/ * * * * a", "5/15 * * * * a", "-1 * * * * a",
        "mon * * * * a", "1, * * * * a", "1,,2 * * * * a", "* * * january * a", "* * * * monday a", "foo", "A = b", "A=",
        "\"A B\" = 'c d' ",
        "A=\"b\" c", "A=it's", "# only this", "",
    ]

    @Test func agreesOnWhatATableMayHold() async throws {
        try await withTemporaryFolder { folder in
            let files = try Self.tables.enumerated().map { index, table in
                let path = "\(folder)/\(index)"
                try RealMachine.write(table + "\n", to: path)
                return path
            }
            let end = try await RealMachine.here().run(
                "unshare", ["-m", "sh", "-c", Self.script, "sh"] + files, environment: [:], limit: .seconds(60))
            let answers = try #require(end).output.split(separator: "\n").map { $0 == "taken" }
            try #require(answers.count == Self.tables.count, "\(String(describing: end))")
            for (table, isTaken) in zip(Self.tables, answers) {
                let findings = CronTable(table + "\n", file: "t", style: .user("a")).findings
                #expect(findings.isEmpty == isTaken, "'\(table)': \(findings)")
            }
        }
    }
}
