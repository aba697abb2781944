// The real router in virtual time, against an all-knowing scheduler.
//
//     aurora-simulator [--json] [--quick] [--decisions] [WORKERS ...]

import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
let flags = Set(arguments.filter { $0.hasPrefix("-") })
let sizes = arguments.filter { !$0.hasPrefix("-") }
let workers = sizes.isEmpty ? [4, 16, 100, 1000] : sizes.compactMap(Int.init)

guard flags.isSubset(of: ["--json", "--quick", "--decisions"]), workers.count == max(sizes.count, workers.count),
    workers.allSatisfy({ $0 > 0 })
else {
    print(
        "usage: aurora-simulator [--json] [--quick] [--decisions] [WORKERS ...]\n  numbers of workers are whole and above 0, such as 4 16 100"
    )
    exit(2)
}

let isQuick = flags.contains("--quick")
let study = UnequalMesh(load: 0.7, seeds: isQuick ? [11] : [11, 12, 13], requests: isQuick ? 8000 : 20_000)
let report = Report(
    load: study.load, requests: study.requests, mesh: flags.contains("--decisions") ? [] : workers.flatMap { study.rows(workers: $0) },
    residency: Residency.rows(),
    decisions: ([1] + workers).map { DecisionTime.row(workers: $0, requests: isQuick ? 50_000 : 200_000) })
print(flags.contains("--json") ? try report.json() : report.markdown)
